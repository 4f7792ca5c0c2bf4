/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-safety-code"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "confab-audio-resources.h"
#include "confab-audio-safety-code.h"
#include "confab-id.h"

#define COMMITMENT_DOMAIN "Confab safety commitment 1"
#define CODE_DOMAIN       "Confab safety code 1"

#define N_SYMBOLS       64 /* in the list: 6 bits each */
#define BITS            6
#define MIN_NONCE_CHARS 20 /* 100 bits of what confab_secret_new () makes */
#define MAX_NONCE_CHARS 64

#define LIST_PATH "/app/confab/audio/safety-code.txt"

/* A line of the list. */
typedef enum { EMOJI, ENGLISH, GERMAN, N_COLUMNS } Column;

/**
 * confab_audio_safety_new_nonce:
 *
 * Returns: (transfer full): 130 random bits as text, for one connection alone
 */
char *
confab_audio_safety_new_nonce (void)
{
  return confab_secret_new ();
}

/**
 * confab_audio_safety_nonce_is_valid:
 * @nonce: (nullable): from the other side
 *
 * Returns: whether it is 20 to 64 digits and lower-case letters of ASCII
 */
gboolean
confab_audio_safety_nonce_is_valid (const char *nonce)
{
  gsize length = nonce != NULL ? strlen (nonce) : 0;

  if (length < MIN_NONCE_CHARS || length > MAX_NONCE_CHARS)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isdigit (nonce[i]) && !g_ascii_islower (nonce[i]))
      return FALSE;
  }
  return TRUE;
}

/**
 * confab_audio_safety_commit:
 * @nonce: of the side that offers
 *
 * What that side says of its nonce before it knows the other one's.
 *
 * Returns: (transfer full): SHA-256 in 64 lower-case hexadecimal digits
 */
char *
confab_audio_safety_commit (const char *nonce)
{
  g_autofree char *text = g_strdup_printf (COMMITMENT_DOMAIN "\n%s\n", nonce);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* ---- the list, the same file that the guest page reads ---- */

static gpointer
load_list (gpointer unused)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (GStrv) lines = NULL;

  confab_audio_register_resource ();
  bytes = g_resources_lookup_data (LIST_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (bytes != NULL);
  lines = g_strsplit (g_bytes_get_data (bytes, NULL), "\n", -1);
  for (guint i = 0; i < N_SYMBOLS; i++) {
    GStrv words = g_strsplit (lines[i], " ", -1);

    g_assert (g_strv_length (words) == N_COLUMNS);
    g_ptr_array_add (list, words);
  }
  return list;
}

static const char *
get_word (guint index, Column column)
{
  static GOnce once = G_ONCE_INIT;
  GPtrArray *list = g_once (&once, load_list, NULL);

  return ((char **) g_ptr_array_index (list, index))[column];
}

static gboolean
find_symbol (const char *name, guint *index)
{
  for (*index = 0; *index < N_SYMBOLS; (*index)++) {
    if (g_str_equal (get_word (*index, ENGLISH), name))
      return TRUE;
  }
  return FALSE;
}

static Column
choose_column (const char *const *languages)
{
  for (guint i = 0; languages != NULL && languages[i] != NULL; i++) {
    if (g_str_has_prefix (languages[i], "de"))
      return GERMAN;
    if (g_str_has_prefix (languages[i], "en"))
      return ENGLISH;
  }
  return ENGLISH;
}

/* ---- the code ---- */

static char *
make_line (const ConfabAudioSafetyEnd *end)
{
  return g_strdup_printf ("%s %s\n", end->fingerprint, end->nonce);
}

/**
 * confab_audio_safety_code_derive:
 * @one: an end
 * @other: the other end
 *
 * The safety code of a connection, the same whichever end is named first.
 * Safe to call from any thread. Source: docs/safety-code.md.
 *
 * Returns: (transfer full): four English names with spaces between
 */
char *
confab_audio_safety_code_derive (const ConfabAudioSafetyEnd *one, const ConfabAudioSafetyEnd *other)
{
  g_autofree char *one_line = make_line (one);
  g_autofree char *other_line = make_line (other);
  gboolean is_sorted = strcmp (one_line, other_line) <= 0;
  g_autofree char *text = g_strconcat (CODE_DOMAIN "\n", is_sorted ? one_line : other_line,
                                       is_sorted ? other_line : one_line, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *names[CONFAB_AUDIO_SAFETY_SYMBOLS + 1] = { NULL };
  guint8 digest[32];
  gsize size = sizeof digest;
  guint32 bits = 0;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  bits = (guint32) digest[0] << 16 | (guint32) digest[1] << 8 | digest[2];
  for (guint i = CONFAB_AUDIO_SAFETY_SYMBOLS; i > 0; i--) {
    names[i - 1] = get_word (bits % N_SYMBOLS, ENGLISH);
    bits >>= BITS;
  }
  return g_strjoinv (" ", (char **) names);
}

static void
free_symbol (gpointer data)
{
  ConfabAudioSafetySymbol *symbol = data;

  g_free (symbol->emoji);
  g_free (symbol->name);
  g_free (symbol);
}

/**
 * confab_audio_safety_code_describe:
 * @code: of confab_audio_safety_code_derive ()
 * @languages: (nullable) (array zero-terminated=1): best first, as g_get_language_names ()
 *
 * Words that are no symbol are left out.
 *
 * Returns: (transfer full) (element-type ConfabAudioSafetySymbol): the symbols in their order
 */
GPtrArray *
confab_audio_safety_code_describe (const char *code, const char *const *languages)
{
  g_auto (GStrv) names = g_strsplit (code, " ", -1);
  GPtrArray *symbols = g_ptr_array_new_with_free_func (free_symbol);
  Column column = choose_column (languages);

  for (guint i = 0; names[i] != NULL; i++) {
    ConfabAudioSafetySymbol *symbol = NULL;
    guint index = 0;

    if (!find_symbol (names[i], &index))
      continue;
    symbol = g_new0 (ConfabAudioSafetySymbol, 1);
    symbol->emoji = g_strdup (get_word (index, EMOJI));
    symbol->name = g_strdup (get_word (index, column));
    g_ptr_array_add (symbols, symbol);
  }
  return symbols;
}

/**
 * confab_audio_safety_code_dup_sentence:
 * @code: of confab_audio_safety_code_derive ()
 * @languages: (nullable) (array zero-terminated=1): best first, as g_get_language_names ()
 *
 * Returns: (transfer full): "🐙 octopus, 🌵 cactus, 🎈 balloon, 💍 ring"
 */
char *
confab_audio_safety_code_dup_sentence (const char *code, const char *const *languages)
{
  g_autoptr (GPtrArray) symbols = confab_audio_safety_code_describe (code, languages);
  GString *sentence = g_string_new (NULL);

  for (guint i = 0; i < symbols->len; i++) {
    const ConfabAudioSafetySymbol *symbol = g_ptr_array_index (symbols, i);

    g_string_append_printf (sentence, "%s%s %s", i > 0 ? ", " : "", symbol->emoji, symbol->name);
  }
  return g_string_free (sentence, FALSE);
}
