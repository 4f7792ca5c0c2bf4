/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include <string.h>

#include "confab-id.h"
#include "confabd-name-finder.h"

#define MIN_LOGIN     3
#define MAX_LOGIN     32
#define DISPLAY_CHARS 64
#define MAX_SUFFIX    12 /* of the id that makes a name unique; a longer one is no number */
#define RANDOM_CHARS  8

static const char login_symbols[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

/* U+0430 to U+0457, which g_str_to_ascii() leaves out; as in passports, ICAO Doc 9303 part 3. */
#define CYRILLIC_FIRST 0x0430
static const char *const cyrillic[] = {
  "a", "b", "v",  "g",  "d", "e", "zh", "z",  "i",  "i",  "k",  "l",    "m",  "n",
  "o", "p", "r",  "s",  "t", "u", "f",  "kh", "ts", "ch", "sh", "shch", "ie", "y",
  "",  "e", "iu", "ia", "e", "e", "d",  "g",  "ie", "dz", "i",  "i",
};

static gboolean
is_shown (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_SURROGATE && type != G_UNICODE_UNASSIGNED &&
         (type != G_UNICODE_FORMAT || c == 0x200C || c == 0x200D);
}

/**
 * confabd_name_finder_clean:
 * @text: (nullable): anything
 * @max_chars: the most characters to keep
 *
 * Makes a line that may be shown: UTF-8, composed, no control characters, nothing that turns the
 * text beside it around, single spaces between words and none around them.
 *
 * Returns: (transfer full): the line; an empty one when nothing is left
 */
char *
confabd_name_finder_clean (const char *text, guint max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  GString *line = g_string_new (NULL);
  gboolean is_space_due = FALSE;
  guint n = 0;

  for (const char *p = composed; *p != '\0' && n < max_chars; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_CONTROL) {
      is_space_due = n > 0;
      continue;
    }
    if (!is_shown (c)) {
      continue;
    }
    if (is_space_due && n + 1 < max_chars) {
      g_string_append_c (line, ' ');
      n++;
    }
    is_space_due = FALSE;
    g_string_append_unichar (line, c);
    n++;
  }
  return g_string_free (line, FALSE);
}

/* “Ada Lovelace”, of what there is. */
static char *
join_names (const ConfabdForeignName *name)
{
  g_autofree char *both = g_strjoin (" ", name->first_name != NULL ? name->first_name : "",
                                     name->last_name != NULL ? name->last_name : "", NULL);

  return confabd_name_finder_clean (both, DISPLAY_CHARS);
}

/**
 * confabd_name_finder_make_display:
 *
 * Returns: (transfer full): what others see: first and last name as they are, else the user name,
 *   else one made of the id; never empty, at most 64 characters
 */
char *
confabd_name_finder_make_display (const ConfabdForeignName *name)
{
  g_autofree char *names = join_names (name);
  g_autofree char *username = NULL;

  if (*names != '\0') {
    return g_steal_pointer (&names);
  }
  username = confabd_name_finder_clean (name->username, DISPLAY_CHARS);
  return *username != '\0' ? g_steal_pointer (&username)
                           : g_strdup_printf ("User %.*s", MAX_SUFFIX, name->id);
}

static char *
to_latin (const char *text)
{
  g_autoptr (GString) latin = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gunichar lower = g_unichar_tolower (c);

    if (lower >= CYRILLIC_FIRST && lower < CYRILLIC_FIRST + G_N_ELEMENTS (cyrillic)) {
      g_string_append (latin, cyrillic[lower - CYRILLIC_FIRST]);
    } else {
      g_string_append_unichar (latin, c);
    }
  }
  return g_str_to_ascii (latin->str, "C");
}

/* Letters of other scripts as Latin ones where there is a usual way; the rest is left out. Each gap
 * is one dot, none at the ends. NULL: too little is left to tell anybody by. */
static char *
to_login (const char *text)
{
  g_autofree char *clean = confabd_name_finder_clean (text, DISPLAY_CHARS);
  g_autofree char *latin = to_latin (clean);
  g_autoptr (GString) login = g_string_new (NULL);

  for (const char *p = latin; *p != '\0'; p++) {
    if (strchr (login_symbols, *p) != NULL) {
      g_string_append_c (login, *p);
    } else if (*p == ' ' && login->len > 0 && login->str[login->len - 1] != '.') {
      g_string_append_c (login, '.');
    }
  }
  g_string_truncate (login, MIN (login->len, MAX_LOGIN));
  while (login->len > 0 && login->str[login->len - 1] == '.') {
    g_string_truncate (login, login->len - 1);
  }
  return login->len >= MIN_LOGIN ? g_string_free (g_steal_pointer (&login), FALSE) : NULL;
}

static char *
make_base (const ConfabdForeignName *name)
{
  g_autofree char *names = NULL;
  char *login = NULL;

  if (name->username != NULL) {
    login = to_login (name->username + (*name->username == '@' ? 1 : 0));
  }
  if (login == NULL) {
    names = join_names (name);
    login = to_login (names);
  }
  return login != NULL ? login : g_strdup ("user");
}

static char *
add_suffix (const char *base, const char *suffix)
{
  int room = MAX_LOGIN - 1 - (int) strlen (suffix);

  return g_strdup_printf ("%.*s-%s", room, base, suffix);
}

/**
 * confabd_name_finder_make_login:
 * @attempt: 0 to %CONFABD_NAME_N_ATTEMPTS - 1: how many of these names are taken
 *
 * Makes a name to log in by, `[A-Za-z0-9_.-]{3,32}`: the user name, else first and last name; then
 * with the id behind it, which nobody else has there; at last a random one. The first ones are the
 * same each time.
 *
 * Returns: (transfer full): the name
 */
char *
confabd_name_finder_make_login (const ConfabdForeignName *name, guint attempt)
{
  g_autofree char *base = make_base (name);
  g_autofree char *id = confab_id_new ();
  g_autofree char *suffix = NULL;

  id[RANDOM_CHARS] = '\0';
  if (attempt == 0 && !g_str_equal (base, "user")) {
    return g_steal_pointer (&base);
  }
  if (attempt <= 1 && strlen (name->id) <= MAX_SUFFIX &&
      strspn (name->id, login_symbols) == strlen (name->id)) {
    return add_suffix (base, name->id);
  }
  return add_suffix (base, id);
}
