/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-passwords"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-common-passwords.h"
#include "confabd-password-rules.h"

#define LIST "/app/confab/daemon/passwords/common-passwords.txt"

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_WEAK_PASSWORD, sentence);
  return FALSE;
}

/* The start of the line that the byte at @i belongs to. */
static gsize
find_line (const char *list, gsize i)
{
  while (i > 0 && list[i - 1] != '\n') {
    i--;
  }
  return i;
}

static int
compare_with_line (const char *word, gsize length, const char *line)
{
  gsize line_length = strcspn (line, "\n");
  int order = memcmp (word, line, MIN (length, line_length));

  return order != 0 ? order : (length > line_length) - (length < line_length);
}

/* The list is sorted by bytes, and every line ends. */
static gboolean
is_in_list (const char *list, gsize size, const char *word)
{
  gsize length = strlen (word);
  gsize low = 0;
  gsize high = size;

  while (low < high) {
    gsize line = find_line (list, low + (high - low) / 2);
    int order = compare_with_line (word, length, list + line);

    if (order == 0) {
      return TRUE;
    }
    if (order < 0) {
      high = line;
    } else {
      low = line + strcspn (list + line, "\n") + 1;
    }
  }
  return FALSE;
}

/**
 * confabd_password_is_common:
 * @password: UTF-8
 *
 * Returns: whether @password, in small letters, is one of the commonest (data/passwords/README.md)
 */
gboolean
confabd_password_is_common (const char *password)
{
  g_autofree char *lower = g_ascii_strdown (password, -1);
  g_autoptr (GBytes) list = NULL;
  gsize size;
  const char *text;
  gboolean is_common;

  list = g_resource_lookup_data (confabd_common_passwords_get_resource (), LIST,
                                 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (list != NULL);
  text = g_bytes_get_data (list, &size);
  is_common = is_in_list (text, size, lower);
  explicit_bzero (lower, strlen (lower));
  return is_common;
}

static gboolean
has_good_length (const char *password)
{
  gsize n_bytes = strlen (password);
  glong n_chars;

  if (n_bytes > CONFABD_PASSWORD_MAX_CHARS * 4 || !g_utf8_validate (password, -1, NULL)) {
    return FALSE;
  }
  n_chars = g_utf8_strlen (password, -1);
  return n_chars >= CONFABD_PASSWORD_MIN_CHARS && n_chars <= CONFABD_PASSWORD_MAX_CHARS;
}

/**
 * confabd_password_check:
 * @password: what somebody wants as their password
 * @login_name: (nullable): the name it would be for
 * @error: return location for a #GError
 *
 * Looks whether a guesser would not try it first. No rules about kinds of characters: they make
 * passwords that are hard to keep and no harder to guess (NIST SP 800-63B §5.1.1.2).
 *
 * Returns: whether it will do; else with %CONFAB_ERROR_WEAK_PASSWORD
 */
gboolean
confabd_password_check (const char *password, const char *login_name, GError **error)
{
  g_return_val_if_fail (password != NULL, FALSE);

  if (!has_good_length (password)) {
    return refuse (error, "A password has 8 to 1024 characters");
  }
  if (login_name != NULL && g_ascii_strcasecmp (password, login_name) == 0) {
    return refuse (error, "The password is the name");
  }
  if (confabd_password_is_common (password)) {
    return refuse (error, "That is one of the passwords that are guessed first");
  }
  return TRUE;
}
