/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-json-text"

#include "config.h"

#include "confab-json-numbers-private.h"
#include "confab-json-text-private.h"

/* JSON written as it is said, without a tree: most of what we say is said once and to one peer. */

/* What RFC 8259 wants escaped, and DEL, which terminals take amiss. */
static gboolean
needs_escape (char c)
{
  return ((guchar) c < 0x20 && c != '\0') || c == '"' || c == '\\' || c == 0x7f;
}

static void
append_escape (GString *json, char c)
{
  static const char shorts[][2] = { { '"', '"' },  { '\\', '\\' }, { '\b', 'b' }, { '\f', 'f' },
                                    { '\n', 'n' }, { '\r', 'r' },  { '\t', 't' } };

  for (guint i = 0; i < G_N_ELEMENTS (shorts); i++) {
    if (shorts[i][0] == c) {
      g_string_append_c (json, '\\');
      g_string_append_c (json, shorts[i][1]);
      return;
    }
  }
  g_string_append_printf (json, "\\u%04x", (guint) (guchar) c);
}

/**
 * confab_json_text_append_string:
 * @json: what to append to
 * @text: UTF-8
 *
 * Appends a string with its quotes. Source: RFC 8259, 7.
 */
void
confab_json_text_append_string (GString *json, const char *text)
{
  const char *from = text;
  const char *at;

  g_string_append_c (json, '"');
  for (at = text; *at != '\0'; at++) {
    if (!needs_escape (*at))
      continue;
    g_string_append_len (json, from, at - from);
    append_escape (json, *at);
    from = at + 1;
  }
  g_string_append_len (json, from, at - from);
  g_string_append_c (json, '"');
}

/**
 * confab_json_text_append_name:
 * @json: an object, so far: `{` and its members
 * @name: of the next one
 *
 * Appends `"name":`, with a comma before it unless it is the first.
 */
void
confab_json_text_append_name (GString *json, const char *name)
{
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  confab_json_text_append_string (json, name);
  g_string_append_c (json, ':');
}

/**
 * confab_json_text_append_integer:
 * @json: what to append to
 * @number: a whole number
 */
void
confab_json_text_append_integer (GString *json, gint64 number)
{
  g_string_append_printf (json, "%" G_GINT64_FORMAT, number);
}

/**
 * confab_json_text_append_double:
 * @json: what to append to
 * @number: a finite number
 *
 * Appends the shortest text that reads as the same number.
 */
void
confab_json_text_append_double (GString *json, double number)
{
  char shortest[G_ASCII_DTOSTR_BUF_SIZE];

  confab_json_number_format (number, shortest, sizeof shortest);
  g_string_append (json, shortest);
}
