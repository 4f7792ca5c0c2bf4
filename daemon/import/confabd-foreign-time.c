/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include <string.h>

#include "confab-time.h"
#include "confabd-foreign-time.h"

#define MAX_LENGTH   48 /* with nine digits of a second and an offset of seven characters: 36 */
#define DATE_LENGTH  10 /* 2026-03-29 */
#define CLOCK_LENGTH 8  /* 01:30:00 */

/* “01:30”, “01:30:00”, “01:30:00.5”, “01:30:00,5” → “01:30:00.5”. Moves @text behind it. */
static gboolean
take_clock (const char **text, GString *wire)
{
  const char *at = *text;
  gsize length = strspn (at, "0123456789:");

  if (length == strlen ("01:30")) {
    g_string_append_len (wire, at, (gssize) length);
    g_string_append (wire, ":00");
  } else if (length == CLOCK_LENGTH) {
    g_string_append_len (wire, at, (gssize) length);
  } else {
    return FALSE;
  }
  at += length;
  if (*at == '.' || *at == ',') {
    gsize n_digits = strspn (at + 1, "0123456789");

    g_string_append_c (wire, '.');
    g_string_append_len (wire, at + 1, (gssize) n_digits);
    at += 1 + n_digits;
  }
  *text = at;
  return TRUE;
}

/* Nothing, “Z”, “UTC”, “+02”, “+0200”, “+02:00” → “Z” or “+02:00”. */
static gboolean
take_offset (const char *text, GString *wire)
{
  gsize length;

  text += strspn (text, " ");
  length = strlen (text);
  if (length == 0 || g_ascii_strcasecmp (text, "Z") == 0 || g_ascii_strcasecmp (text, "UTC") == 0) {
    g_string_append_c (wire, 'Z');
    return TRUE;
  }
  if (*text != '+' && *text != '-') {
    return FALSE;
  }
  switch (length) {
  case 3: /* +02 */
    g_string_append_printf (wire, "%s:00", text);
    return TRUE;
  case 5: /* +0200 */
    g_string_append_printf (wire, "%.3s:%s", text, text + 3);
    return TRUE;
  case 6: /* +02:00 */
    g_string_append (wire, text);
    return TRUE;
  default:
    return FALSE;
  }
}

/**
 * confabd_foreign_time_parse:
 * @text: (nullable): a date, `T` or spaces, a time of day with or without seconds and their
 *   fractions, and an offset or none, as Python and databases write them
 * @unix_us: (out): microseconds since 1970; untouched when it is no time
 *
 * Reads a time of another server's database. One without an offset is of UTC. What comes after
 * bringing it into one form is for confab_time_parse() to judge, which knows the calendar.
 *
 * Returns: whether it is a moment of the years 1 to 9999
 */
gboolean
confabd_foreign_time_parse (const char *text, gint64 *unix_us)
{
  g_autoptr (GString) wire = g_string_new (NULL);
  g_autoptr (GDateTime) time = NULL;
  const char *rest;

  if (text == NULL || strnlen (text, MAX_LENGTH + 1) > MAX_LENGTH || strlen (text) < DATE_LENGTH) {
    return FALSE;
  }
  g_string_append_len (wire, text, DATE_LENGTH);
  g_string_append_c (wire, 'T');
  rest = text + DATE_LENGTH;
  if (g_ascii_toupper (*rest) == 'T') {
    rest++;
  } else if (*rest == ' ') {
    rest += strspn (rest, " ");
  } else {
    return FALSE;
  }
  if (!take_clock (&rest, wire) || !take_offset (rest, wire)) {
    return FALSE;
  }
  time = confab_time_parse (wire->str, NULL);
  if (time == NULL) {
    return FALSE;
  }
  *unix_us = confab_time_to_unix_us (time);
  return TRUE;
}
