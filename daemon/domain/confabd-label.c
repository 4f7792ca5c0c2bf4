/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-domain"

#include "config.h"

#include <string.h>

#include "confabd-label-private.h"

/* Longer than any label before its spaces are taken out; normalising is not for novels. */
#define MAX_BYTES 4096

/* What would break a line, hide, or turn the text beside it around. */
static gboolean
is_allowed (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
    return FALSE;
  case G_UNICODE_FORMAT:
    return c == 0x200C || c == 0x200D; /* joiners: emoji, Persian, Indic scripts */
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_LOWERCASE_LETTER:
  case G_UNICODE_MODIFIER_LETTER:
  case G_UNICODE_OTHER_LETTER:
  case G_UNICODE_TITLECASE_LETTER:
  case G_UNICODE_UPPERCASE_LETTER:
  case G_UNICODE_SPACING_MARK:
  case G_UNICODE_ENCLOSING_MARK:
  case G_UNICODE_NON_SPACING_MARK:
  case G_UNICODE_DECIMAL_NUMBER:
  case G_UNICODE_LETTER_NUMBER:
  case G_UNICODE_OTHER_NUMBER:
  case G_UNICODE_CONNECT_PUNCTUATION:
  case G_UNICODE_DASH_PUNCTUATION:
  case G_UNICODE_CLOSE_PUNCTUATION:
  case G_UNICODE_FINAL_PUNCTUATION:
  case G_UNICODE_INITIAL_PUNCTUATION:
  case G_UNICODE_OTHER_PUNCTUATION:
  case G_UNICODE_OPEN_PUNCTUATION:
  case G_UNICODE_CURRENCY_SYMBOL:
  case G_UNICODE_MODIFIER_SYMBOL:
  case G_UNICODE_MATH_SYMBOL:
  case G_UNICODE_OTHER_SYMBOL:
  case G_UNICODE_SPACE_SEPARATOR:
  default:
    return TRUE;
  }
}

/* Trims, and makes each run of spaces one plain space. NULL: something is not allowed. */
static char *
squeeze (const char *text)
{
  g_autoptr (GString) label = g_string_new (NULL);
  gboolean is_space_due = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!is_allowed (c)) {
      return NULL;
    }
    if (g_unichar_isspace (c)) {
      is_space_due = label->len > 0;
      continue;
    }
    if (is_space_due) {
      g_string_append_c (label, ' ');
      is_space_due = FALSE;
    }
    g_string_append_unichar (label, c);
  }
  return g_string_free (g_steal_pointer (&label), FALSE);
}

/**
 * confabd_label_normalize:
 * @text: what somebody typed as a name or a title
 * @max_chars: how long it may be, in characters, after normalising
 *
 * Brings a label into the one form that is kept and shown: NFC, trimmed, single spaces, one line.
 *
 * Returns: (transfer full) (nullable): the label, which may be empty; %NULL when @text is too long,
 *   not UTF-8, or has characters that have no place in a label
 */
char *
confabd_label_normalize (const char *text, guint max_chars)
{
  g_autofree char *composed = NULL;
  g_autofree char *label = NULL;

  if (strlen (text) > MAX_BYTES || !g_utf8_validate (text, -1, NULL)) {
    return NULL;
  }
  composed = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  label = squeeze (composed);
  if (label == NULL || g_utf8_strlen (label, -1) > (glong) max_chars) {
    return NULL;
  }
  return g_steal_pointer (&label);
}
