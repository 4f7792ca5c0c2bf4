/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-json-numbers"

#include "config.h"

#include <string.h>

#include "confab-json-numbers-private.h"

#define FEWEST_DIGITS 15 /* so many survive every double, and 17 tell any two apart (IEEE 754) */
#define MOST_DIGITS   17

static gboolean
is_of_number (char c)
{
  return g_ascii_isdigit (c) || strchr ("+-.eE", c) != NULL;
}

/**
 * confab_json_number_format:
 * @number: a finite number
 * @buffer: (out caller-allocates) (array length=size): at least %G_ASCII_DTOSTR_BUF_SIZE
 * @size: its bytes
 *
 * Writes the shortest text that reads as the same number.
 */
void
confab_json_number_format (double number, char *buffer, gsize size)
{
  char format[8];

  for (guint digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits++) {
    g_snprintf (format, sizeof format, "%%.%ug", digits);
    g_ascii_formatd (buffer, (gint) size, format, number);
    if (memcmp (&(double){ g_ascii_strtod (buffer, NULL) }, &number, sizeof number) == 0)
      return;
  }
}

/* Copies the number at @in to @out, never more bytes than it had. Returns: how many it had. */
static gsize
copy_number (const char *in, gsize size, char *out, gsize *written)
{
  char token[64];
  char shortest[G_ASCII_DTOSTR_BUF_SIZE];
  gsize length = 0;

  while (length < size && is_of_number (in[length]))
    length++;
  *written = length;
  if (length >= sizeof token || memchr (in, '.', length) == NULL) {
    memmove (out, in, length);
    return length;
  }
  memcpy (token, in, length);
  token[length] = '\0';
  confab_json_number_format (g_ascii_strtod (token, NULL), shortest, sizeof shortest);
  *written = MIN (strlen (shortest), length);
  memcpy (out, strlen (shortest) <= length ? shortest : token, *written);
  return length;
}

static gsize
get_string_length (const char *in, gsize size)
{
  gsize length = 1;

  while (length < size && in[length] != '"')
    length += in[length] == '\\' ? 2 : 1;
  return MIN (length + 1, size);
}

/**
 * confab_json_numbers_shorten:
 * @json: (inout) (array length=size): valid JSON
 * @size: its bytes
 *
 * Writes every fraction in its shortest form, in place: json-glib 1.6 writes 17 digits, so that 3.4
 * becomes 3.3999999999999999. Each number still reads as the same.
 *
 * Returns: how many bytes there are now
 */
gsize
confab_json_numbers_shorten (char *json, gsize size)
{
  gsize from = 0;
  gsize to = 0;

  while (from < size) {
    gsize length = 1;
    gsize written = 1;

    if (json[from] == '-' || g_ascii_isdigit (json[from])) {
      length = copy_number (json + from, size - from, json + to, &written);
    } else {
      if (json[from] == '"')
        length = written = get_string_length (json + from, size - from);
      memmove (json + to, json + from, length);
    }
    from += length;
    to += written;
  }
  return to;
}
