/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-time"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-time.h"

#define MAX_TIME_LENGTH 64 /* RFC 3339 with more digits of a second than anybody measures */
#define TIME_SIZE       (sizeof "2024-03-31T08:00:00.500000Z")
#define DAY_US          (24 * G_TIME_SPAN_HOUR)

typedef struct {
  int year, month, day, hour, minute, second;
  int microsecond;
  int offset_minutes;
} TimeFields;

/* Takes exactly n digits off the text. */
static gboolean
take_digits (const char **text, guint n, int *value)
{
  *value = 0;
  for (guint i = 0; i < n; i++, (*text)++) {
    if (!g_ascii_isdigit (**text))
      return FALSE;
    *value = *value * 10 + (**text - '0');
  }
  return TRUE;
}

static gboolean
take_char (const char **text, char upper)
{
  if (g_ascii_toupper (**text) != upper)
    return FALSE;
  (*text)++;
  return TRUE;
}

/* An optional “.” and one digit or more: what is finer than a microsecond is cut off. */
static gboolean
take_fraction (const char **text, int *microsecond)
{
  int scale = 100000;

  *microsecond = 0;
  if (!take_char (text, '.'))
    return TRUE;
  if (!g_ascii_isdigit (**text))
    return FALSE;
  for (; g_ascii_isdigit (**text); (*text)++, scale /= 10)
    *microsecond += (**text - '0') * scale;
  return TRUE;
}

static gboolean
take_offset (const char **text, int *offset_minutes)
{
  int sign = **text == '-' ? -1 : 1;
  int hours = 0, minutes = 0;

  *offset_minutes = 0;
  if (take_char (text, 'Z'))
    return TRUE;
  if (!take_char (text, '+') && !take_char (text, '-'))
    return FALSE;
  if (!take_digits (text, 2, &hours) || !take_char (text, ':') || !take_digits (text, 2, &minutes))
    return FALSE;
  *offset_minutes = sign * (hours * 60 + minutes);
  return hours < 24 && minutes < 60;
}

static gboolean
take_date_and_time (const char **text, TimeFields *f)
{
  return take_digits (text, 4, &f->year) && take_char (text, '-') &&
         take_digits (text, 2, &f->month) && take_char (text, '-') &&
         take_digits (text, 2, &f->day) && take_char (text, 'T') &&
         take_digits (text, 2, &f->hour) && take_char (text, ':') &&
         take_digits (text, 2, &f->minute) && take_char (text, ':') &&
         take_digits (text, 2, &f->second) && take_fraction (text, &f->microsecond);
}

/* NULL for a date or a time of day that does not exist. */
static GDateTime *
fields_to_utc (const TimeFields *f)
{
  gboolean is_leap_second = f->second == 60;
  GTimeSpan shift_us = f->microsecond - f->offset_minutes * G_TIME_SPAN_MINUTE;
  g_autoptr (GDateTime) whole = NULL;
  g_autoptr (GDateTime) utc = NULL;

  /* g_date_time_new_utc () adds a fraction as a double, so that it gets whole seconds only. */
  whole = g_date_time_new_utc (f->year, f->month, f->day, f->hour, f->minute,
                               is_leap_second ? 59 : f->second);
  if (whole == NULL)
    return NULL;
  utc = g_date_time_add (whole, shift_us);
  if (utc == NULL || !is_leap_second)
    return g_steal_pointer (&utc);

  /* A leap second ends a day of UTC and nothing else; like POSIX we count it as the second after.
   */
  if (g_date_time_get_hour (utc) != 23 || g_date_time_get_minute (utc) != 59)
    return NULL;
  return g_date_time_add (utc, G_TIME_SPAN_SECOND);
}

/**
 * confab_time_parse:
 * @text: a date, a time and an offset, as `2024-03-31T10:00:00.5+02:00`
 * @error: return location for a #GError
 *
 * Reads an instant of the wire. Years 1 to 9999; digits after the sixth of a second are cut off; a
 * leap second counts as the second after it.
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for anything else, above all for a time without an offset:
 * it names no instant. Safe to call from any thread.
 * Source: RFC 3339 §5.6.
 *
 * Returns: (transfer full): the instant in UTC
 * Since: 0.1
 */
GDateTime *
confab_time_parse (const char *text, GError **error)
{
  g_autoptr (GDateTime) utc = NULL;
  TimeFields fields = { 0 };
  const char *rest = text;

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, MAX_TIME_LENGTH + 1) > MAX_TIME_LENGTH ||
      !take_date_and_time (&rest, &fields)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "A time is not in the form of RFC 3339");
    return NULL;
  }
  if (*rest == '\0') {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The time “%s” has no offset from UTC", text);
    return NULL;
  }
  if (take_offset (&rest, &fields.offset_minutes) && *rest == '\0')
    utc = fields_to_utc (&fields);
  if (utc == NULL)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "A time names no instant that exists");
  return g_steal_pointer (&utc);
}

/* Returns: (transfer none): what is behind the digits and the character that follows them */
static char *
put_digits (char *to, guint n, int value, char follower)
{
  for (guint i = n; i-- > 0; value /= 10)
    to[i] = (char) ('0' + value % 10);
  to[n] = follower;
  return to + n + 1;
}

/**
 * confab_time_format:
 * @time: an instant in any zone
 *
 * Writes an instant for the wire: in UTC, as `2024-03-31T08:00:00.500000Z`.
 *
 * Source: RFC 3339 §5.6.
 *
 * Returns: (transfer full): 27 ASCII characters
 * Since: 0.1
 */
char *
confab_time_format (GDateTime *time)
{
  g_autoptr (GDateTime) utc = NULL;
  char *text = NULL;
  char *end = NULL;
  int year, month, day;

  g_return_val_if_fail (time != NULL, NULL);

  utc = g_date_time_to_utc (time);
  g_date_time_get_ymd (utc, &year, &month, &day);
  text = end = g_malloc (TIME_SIZE);
  end = put_digits (end, 4, year, '-');
  end = put_digits (end, 2, month, '-');
  end = put_digits (end, 2, day, 'T');
  end = put_digits (end, 2, g_date_time_get_hour (utc), ':');
  end = put_digits (end, 2, g_date_time_get_minute (utc), ':');
  end = put_digits (end, 2, g_date_time_get_second (utc), '.');
  end = put_digits (end, 6, g_date_time_get_microsecond (utc), 'Z');
  *end = '\0';
  return text;
}

/**
 * confab_time_from_unix_us:
 * @unix_us: microseconds since 1970-01-01T00:00:00Z, also negative
 *
 * Reads an instant of the store. (GLib 2.80 has g_date_time_new_from_unix_utc_usec().)
 *
 * Returns: (transfer full) (nullable): the instant in UTC, or %NULL outside of the years 1 to 9999
 * Since: 0.1
 */
GDateTime *
confab_time_from_unix_us (gint64 unix_us)
{
  gint64 microseconds = unix_us % G_USEC_PER_SEC;
  gint64 seconds = unix_us / G_USEC_PER_SEC;
  g_autoptr (GDateTime) whole = NULL;

  if (microseconds < 0) {
    microseconds += G_USEC_PER_SEC;
    seconds--;
  }
  whole = g_date_time_new_from_unix_utc (seconds);
  return whole != NULL ? g_date_time_add (whole, microseconds) : NULL;
}

/**
 * confab_time_to_unix_us:
 * @time: an instant in any zone
 *
 * Writes an instant for the store.
 *
 * Returns: microseconds since 1970-01-01T00:00:00Z
 * Since: 0.1
 */
gint64
confab_time_to_unix_us (GDateTime *time)
{
  g_return_val_if_fail (time != NULL, 0);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

/* GLib also takes offsets, POSIX rules and paths for a zone's name: those follow no change of the
 * law, and a path is none of a peer's business. */
static gboolean
looks_like_iana_name (const char *name)
{
  return g_ascii_isalpha (name[0]) && strstr (name, "..") == NULL &&
         strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_+-/") == strlen (name);
}

/**
 * confab_time_zone_new:
 * @iana_name: a name of the time zone database, as `Europe/Berlin`, or `UTC`
 * @error: return location for a #GError
 *
 * Looks a zone up on this machine; reads a file.
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST for a name that is not there.
 * Source: RFC 6557, IANA time zone database.
 *
 * Returns: (transfer full): the zone
 * Since: 0.1
 */
GTimeZone *
confab_time_zone_new (const char *iana_name, GError **error)
{
  GTimeZone *zone = NULL;

  g_return_val_if_fail (iana_name != NULL, NULL);

  if (looks_like_iana_name (iana_name))
    zone = g_time_zone_new_identifier (iana_name);
  if (zone == NULL)
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "No time zone “%.64s”", iana_name);
  return zone;
}

/**
 * confab_time_in_zone:
 * @time: an instant
 * @zone: a zone
 *
 * Returns: (transfer full): the same instant, showing the wall clock of @zone
 * Since: 0.1
 */
GDateTime *
confab_time_in_zone (GDateTime *time, GTimeZone *zone)
{
  g_return_val_if_fail (time != NULL, NULL);
  g_return_val_if_fail (zone != NULL, NULL);

  return g_date_time_to_timezone (time, zone);
}

static GTimeSpan
offset_at (GTimeZone *zone, GDateTime *time)
{
  g_autoptr (GDateTime) local = g_date_time_to_timezone (time, zone);

  return g_date_time_get_utc_offset (local);
}

/* The offset in force about a day from what the wall clock shows. */
static GTimeSpan
offset_near (GTimeZone *zone, GDateTime *wall, GTimeSpan distance)
{
  g_autoptr (GDateTime) near = g_date_time_add (wall, distance);

  return offset_at (zone, near != NULL ? near : wall);
}

/**
 * confab_time_from_wall_clock:
 * @zone: the zone whose wall clock is meant
 * @year: 1 to 9999
 * @month: 1 to 12
 * @day: 1 to 31
 * @hour: 0 to 23
 * @minute: 0 to 59
 * @seconds: 0.0 up to but not including 60.0
 *
 * Finds the instant at which the wall clock of @zone shows this. An hour that happens twice, in
 * autumn, means its first time; one that is left out, in spring, is read by the offset before the
 * change, so that 02:30 becomes 03:30.
 *
 * Source: RFC 5545 §3.3.5, “local time”.
 *
 * Returns: (transfer full) (nullable): the instant in UTC, or %NULL when there is no such date
 * Since: 0.1
 */
GDateTime *
confab_time_from_wall_clock (
    GTimeZone *zone, int year, int month, int day, int hour, int minute, double seconds)
{
  g_autoptr (GDateTime) wall = NULL;
  g_autoptr (GDateTime) first = NULL;
  g_autoptr (GDateTime) second = NULL;
  GTimeSpan before = 0, after = 0;

  g_return_val_if_fail (zone != NULL, NULL);

  wall = g_date_time_new_utc (year, month, day, hour, minute, seconds);
  if (wall == NULL)
    return NULL;

  before = offset_near (zone, wall, -DAY_US);
  after = offset_near (zone, wall, DAY_US);
  first = g_date_time_add (wall, -before);
  second = g_date_time_add (wall, -after);
  if (first == NULL || second == NULL)
    return NULL;
  if (offset_at (zone, first) != before && offset_at (zone, second) == after)
    return g_steal_pointer (&second);
  return g_steal_pointer (&first);
}
