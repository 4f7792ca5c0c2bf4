/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-json-text.h"

/*
 * JSON for those who only write, where a tree is too much: a log line, from any thread.
 */

static void
append_escaped (GString *json, const char *text)
{
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (json, "\\%c", *at);
    else if (g_ascii_iscntrl (*at))
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *at);
    else
      g_string_append_c (json, *at);
  }
}

/**
 * confabd_json_text_append:
 * @json: what to append to
 * @text: in any encoding; bytes that are not UTF-8 are replaced
 *
 * Appends a string of JSON, with its quotes. Source: RFC 8259, 7.
 */
void
confabd_json_text_append (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  if (g_utf8_validate (text, -1, NULL)) {
    append_escaped (json, text);
  } else {
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    append_escaped (json, valid);
  }
  g_string_append_c (json, '"');
}

/**
 * confabd_json_text_append_member:
 * @json: the inside of an object, so far
 * @name: of the member
 * @text: its value
 *
 * Appends `"name":"text"`, with a comma before it unless it is the first.
 */
void
confabd_json_text_append_member (GString *json, const char *name, const char *text)
{
  if (json->len > 0 && json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  confabd_json_text_append (json, name);
  g_string_append_c (json, ':');
  confabd_json_text_append (json, text);
}
