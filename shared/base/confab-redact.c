/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-redact"

#include "config.h"

#include <string.h>

#include "confab-id.h"
#include "confab-redact.h"

typedef struct {
  const char *pattern;
  const char *replacement;
} RedactRule;

#define SYMBOL "[0-9a-hjkmnp-tv-z]"

/* In this order: a whole description goes before its lines, a header before the token in it. */
/* clang-format off */
static const RedactRule rules[] = {
  /* A session description, raw or as the inside of a JSON string, ends at the string's quote. */
  { "\\bv=0(?:\\\\[rn]|[\\r\\n])[^\"]*", "[sdp]" },
  { "\\ba=(?:ice-ufrag|ice-pwd|fingerprint|candidate|crypto|ssrc)\\b[^\\r\\n\"]*", "[sdp]" },
  { "\\bcandidate:[^\\r\\n\"]*", "[candidate]" },
  { "\\b(Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]+", "\\1 [token]" },
  { "\\bcf[kr]_[0-9a-z]+", "[token]" },
  { "\\beyJ[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*)?", "[token]" },
  { "(\"?\\b(?:token|ticket|secret|credential|password)\"?\\s*[:=]\\s*)(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s\"&,;]+)", "\\1[secret]" },
  { "[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)*", "[e-mail]" },
  /* In a path a code may be spelled as somebody typed it. */
  { "(/j/)[^\\s/?#\"]+", "\\1[link]" },
  { "\\b" SYMBOL "{4}-" SYMBOL "{4}-" SYMBOL "{4}\\b", "[code]" },
  { "\\b" SYMBOL "{26}\\b", "[id]" },
};
/* clang-format on */

/* Anything of hexadecimal digits, dots and two colons or more, or of four numbers: asked whether it
 * is an address, so that a time of day stays. */
#define ADDRESS_PATTERN                                                                            \
  "(?<![\\w.:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f]{0,4})(?![\\w:]" \
  ")"                                                                                              \
  "|(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w])"

static GRegex *
compile (const char *pattern)
{
  g_autoptr (GError) error = NULL;
  GRegex *regex = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error);

  if (regex == NULL)
    g_error ("The pattern “%s” does not compile: %s", pattern, error->message);
  return regex;
}

static GRegex *
get_rule_regex (guint i)
{
  static GRegex *compiled[G_N_ELEMENTS (rules)];

  if (g_once_init_enter (&compiled[i]))
    g_once_init_leave (&compiled[i], compile (rules[i].pattern));
  return compiled[i];
}

static GRegex *
get_address_regex (void)
{
  static GRegex *compiled = NULL;

  if (g_once_init_enter (&compiled))
    g_once_init_leave (&compiled, compile (ADDRESS_PATTERN));
  return compiled;
}

static gboolean
replace_address (const GMatchInfo *match, GString *result, gpointer user_data)
{
  g_autofree char *candidate = g_match_info_fetch (match, 0);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (candidate);

  g_string_append (result, address != NULL ? "[address]" : candidate);
  return FALSE;
}

/* Made once a process, so that two lines about one secret can be told to belong together and nobody
 * can try codes against a log. */
static const char *
get_process_key (void)
{
  static char *key = NULL;

  if (g_once_init_enter (&key))
    g_once_init_leave (&key, confab_secret_new ());
  return key;
}

/**
 * confab_redact_secret:
 * @secret: (nullable): a token, a ticket, a code: anything that opens a door
 *
 * Makes a tag for a log: the same for the same secret within this process, and worth nothing to
 * whoever reads it.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): as `[secret 3f9a1c02]`, or `[none]`
 * Since: 0.1
 */
char *
confab_redact_secret (const char *secret)
{
  const char *key = get_process_key ();
  g_autofree char *digest = NULL;

  if (secret == NULL)
    return g_strdup ("[none]");
  digest =
      g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) key, strlen (key), secret, -1);
  return g_strdup_printf ("[secret %.8s]", digest);
}

/**
 * confab_redact_text:
 * @text: (nullable): text that others had a hand in, in any encoding
 *
 * Takes out of a text what a log must not hold: session descriptions, ICE candidates, tokens,
 * secrets, call codes, e-mail and IP addresses. Each becomes a word in square brackets; the rest
 * stays. Bytes that are not UTF-8 are replaced.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): the text to log
 * Since: 0.1
 */
char *
confab_redact_text (const char *text)
{
  g_autofree char *redacted = NULL;
  char *without_addresses = NULL;

  if (text == NULL)
    return g_strdup ("");

  redacted = g_utf8_make_valid (text, -1);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    char *next =
        g_regex_replace (get_rule_regex (i), redacted, -1, 0, rules[i].replacement, 0, NULL);

    /* The one failure is a match beyond the limits of PCRE: then nothing of the text is safe. */
    g_free (redacted);
    redacted = next != NULL ? next : g_strdup ("[redacted]");
  }
  without_addresses =
      g_regex_replace_eval (get_address_regex (), redacted, -1, 0, 0, replace_address, NULL, NULL);
  return without_addresses != NULL ? without_addresses : g_strdup ("[redacted]");
}
