/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"

static void
assert_parses (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) time = confab_time_parse (text, &error);
  g_autofree char *formatted = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (g_date_time_get_utc_offset (time), ==, 0);
  formatted = confab_time_format (time);
  g_assert_cmpstr (formatted, ==, expected);
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confab_time_parse (text, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
}

static void
test_offsets (void)
{
  assert_parses ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.000000Z");
  assert_parses ("2024-05-01t10:00:00z", "2024-05-01T10:00:00.000000Z");
  assert_parses ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00.000000Z");
  assert_parses ("2024-05-01T00:30:00+05:45", "2024-04-30T18:45:00.000000Z");
  assert_parses ("2024-12-31T20:00:00-08:00", "2025-01-01T04:00:00.000000Z");
  assert_parses ("2024-05-01T10:00:00-00:00", "2024-05-01T10:00:00.000000Z");
  assert_parses ("2024-05-01T10:00:00+23:59", "2024-04-30T10:01:00.000000Z");
}

static void
test_fractions (void)
{
  assert_parses ("2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00.500000Z");
  assert_parses ("2024-05-01T10:00:00.000001Z", "2024-05-01T10:00:00.000001Z");
  assert_parses ("2024-05-01T10:00:59.999999Z", "2024-05-01T10:00:59.999999Z");
  assert_parses ("2024-05-01T10:00:59.9999999Z", "2024-05-01T10:00:59.999999Z");
}

static void
test_edges (void)
{
  assert_parses ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000000Z");
  assert_parses ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z");
  assert_parses ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z");
  assert_parses ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z");
  assert_parses ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z");
  assert_parses ("2017-01-01T00:59:60.25+01:00", "2017-01-01T00:00:00.250000Z");
  assert_refused ("2023-02-29T00:00:00Z");
  assert_refused ("1900-02-29T00:00:00Z");
  assert_refused ("2024-05-01T12:30:60Z");
  assert_refused ("0001-01-01T00:00:00+01:00");
  assert_refused ("9999-12-31T23:59:59-01:00");
  assert_refused ("0000-01-01T00:00:00Z");
}

static void
test_naive (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confab_time_parse ("2024-05-01T10:00:00", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
  g_assert_nonnull (strstr (error->message, "offset"));
  assert_refused ("2024-05-01T10:00:00.5");
}

static void
test_garbage (void)
{
  const char *const texts[] = {
    "",
    "Z",
    "now",
    "2024-05-01",
    "2024-05-01 10:00:00Z",
    "2024-05-01T10:00Z",
    "2024-05-01T10:00:00.Z",
    "2024-05-01T10:00:00+0200",
    "2024-05-01T10:00:00+02",
    "2024-05-01T10:00:00+24:00",
    "2024-05-01T10:00:00+02:60",
    "2024-05-01T10:00:00ZZ",
    "2024-05-01T10:00:00Z ",
    " 2024-05-01T10:00:00Z",
    "2024-13-01T10:00:00Z",
    "2024-00-01T10:00:00Z",
    "2024-05-32T10:00:00Z",
    "2024-05-00T10:00:00Z",
    "2024-05-01T24:00:00Z",
    "2024-05-01T10:60:00Z",
    "2024-05-01T10:00:61Z",
    "+2024-05-01T10:00:00Z",
    "2024-5-1T10:00:00Z",
    "20240501T100000Z",
    "2024-W18-3T10:00:00Z",
    "2024-05-01T10:00:00,5Z",
    "2024-05-01T-1:00:00Z",
    "٢٠٢٤-05-01T10:00:00Z",
  };
  g_autofree char *digits = g_strnfill (200, '1');
  g_autofree char *endless = g_strconcat ("2024-05-01T10:00:00.", digits, "Z", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i]);
  assert_refused (endless);
}

static void
test_unix (void)
{
  const gint64 values[] = {
    0, 1, -1, 1714557600123456, -62135596800000000, 253402300799999999, -1500000
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GDateTime) time = confab_time_from_unix_us (values[i]);

    g_assert_nonnull (time);
    g_assert_cmpint (confab_time_to_unix_us (time), ==, values[i]);
  }
  g_assert_null (confab_time_from_unix_us (G_MAXINT64));
  g_assert_null (confab_time_from_unix_us (G_MININT64));
}

static void
test_zones (void)
{
  const char *const bad[] = { "",
                              "Europe/Atlantis",
                              "+02:00",
                              "/etc/localtime",
                              "../zoneinfo/UTC",
                              "Europe/../UTC",
                              "CET-1CEST,M3.5.0,M10.5.0/3",
                              "Europe/Berlin " };
  g_autoptr (GTimeZone) berlin = confab_time_zone_new ("Europe/Berlin", NULL);
  g_autoptr (GTimeZone) utc = confab_time_zone_new ("UTC", NULL);
  g_autoptr (GDateTime) time = confab_time_parse ("2024-05-01T10:00:00Z", NULL);
  g_autoptr (GDateTime) local = confab_time_in_zone (time, berlin);

  g_assert_nonnull (utc);
  g_assert_cmpint (g_date_time_get_hour (local), ==, 12);
  g_assert_true (g_date_time_equal (time, local));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (confab_time_zone_new (bad[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
}

typedef struct {
  const char *zone;
  int year, month, day, hour, minute;
  const char *expected;
} WallCase;

static void
test_summer_time (void)
{
  /* clang-format off */
  const WallCase cases[] = {
    /* The clock goes from 02:00 to 03:00 on 31 March 2024, and from 03:00 to 02:00 on 27 October. */
    { "Europe/Berlin", 2024, 3, 30, 10, 0, "2024-03-30T09:00:00.000000Z" },
    { "Europe/Berlin", 2024, 3, 31, 1, 59, "2024-03-31T00:59:00.000000Z" },
    { "Europe/Berlin", 2024, 3, 31, 2, 0, "2024-03-31T01:00:00.000000Z" },
    { "Europe/Berlin", 2024, 3, 31, 2, 30, "2024-03-31T01:30:00.000000Z" },
    { "Europe/Berlin", 2024, 3, 31, 3, 0, "2024-03-31T01:00:00.000000Z" },
    { "Europe/Berlin", 2024, 3, 31, 10, 0, "2024-03-31T08:00:00.000000Z" },
    { "Europe/Berlin", 2024, 10, 26, 10, 0, "2024-10-26T08:00:00.000000Z" },
    { "Europe/Berlin", 2024, 10, 27, 1, 59, "2024-10-26T23:59:00.000000Z" },
    { "Europe/Berlin", 2024, 10, 27, 2, 30, "2024-10-27T00:30:00.000000Z" },
    { "Europe/Berlin", 2024, 10, 27, 3, 0, "2024-10-27T02:00:00.000000Z" },
    { "Europe/Berlin", 2024, 10, 27, 10, 0, "2024-10-27T09:00:00.000000Z" },
    /* From 02:00 to 03:00 on 10 March 2024, and from 02:00 to 01:00 on 3 November. */
    { "America/New_York", 2024, 3, 9, 10, 0, "2024-03-09T15:00:00.000000Z" },
    { "America/New_York", 2024, 3, 10, 1, 59, "2024-03-10T06:59:00.000000Z" },
    { "America/New_York", 2024, 3, 10, 2, 30, "2024-03-10T07:30:00.000000Z" },
    { "America/New_York", 2024, 3, 10, 3, 0, "2024-03-10T07:00:00.000000Z" },
    { "America/New_York", 2024, 3, 10, 10, 0, "2024-03-10T14:00:00.000000Z" },
    { "America/New_York", 2024, 11, 3, 0, 59, "2024-11-03T04:59:00.000000Z" },
    { "America/New_York", 2024, 11, 3, 1, 30, "2024-11-03T05:30:00.000000Z" },
    { "America/New_York", 2024, 11, 3, 2, 0, "2024-11-03T07:00:00.000000Z" },
    { "America/New_York", 2024, 11, 3, 10, 0, "2024-11-03T15:00:00.000000Z" },
    /* Half an hour, and the other half of the year. */
    { "Australia/Lord_Howe", 2024, 4, 7, 1, 45, "2024-04-06T14:45:00.000000Z" },
    { "Australia/Lord_Howe", 2024, 10, 6, 2, 15, "2024-10-05T15:45:00.000000Z" },
    /* A whole day that was left out. */
    { "Pacific/Apia", 2011, 12, 29, 12, 0, "2011-12-29T22:00:00.000000Z" },
    { "Pacific/Apia", 2011, 12, 31, 12, 0, "2011-12-30T22:00:00.000000Z" },
    { "UTC", 2024, 3, 31, 2, 30, "2024-03-31T02:30:00.000000Z" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const WallCase *c = &cases[i];
    g_autoptr (GTimeZone) zone = confab_time_zone_new (c->zone, NULL);
    g_autoptr (GDateTime) time =
        confab_time_from_wall_clock (zone, c->year, c->month, c->day, c->hour, c->minute, 0.0);
    g_autofree char *formatted = confab_time_format (time);

    g_test_message ("%s %d-%d-%d %d:%02d", c->zone, c->year, c->month, c->day, c->hour, c->minute);
    g_assert_cmpstr (formatted, ==, c->expected);
  }
}

/* What the clock shows comes back, wherever it shows it at all. */
static void
test_wall_clock_round_trip (void)
{
  const char *const zones[] = { "Europe/Berlin", "America/New_York", "Asia/Kathmandu" };

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++) {
    g_autoptr (GTimeZone) zone = confab_time_zone_new (zones[i], NULL);

    for (int hour = 0; hour < 24 * 366; hour++) {
      g_autoptr (GDateTime) start = g_date_time_new_utc (2024, 1, 1, 0, 30, 0);
      g_autoptr (GDateTime) time = g_date_time_add_hours (start, hour);
      g_autoptr (GDateTime) local = confab_time_in_zone (time, zone);
      g_autoptr (GDateTime) again = confab_time_from_wall_clock (
          zone, g_date_time_get_year (local), g_date_time_get_month (local),
          g_date_time_get_day_of_month (local), g_date_time_get_hour (local),
          g_date_time_get_minute (local), g_date_time_get_seconds (local));
      GTimeSpan off_us = g_date_time_difference (time, again);

      /* The second time of an hour that happens twice is read as the first. */
      g_assert_true (off_us == 0 || off_us == G_TIME_SPAN_HOUR);
    }
  }
  {
    g_autoptr (GTimeZone) utc = confab_time_zone_new ("UTC", NULL);

    g_assert_null (confab_time_from_wall_clock (utc, 2023, 2, 29, 0, 0, 0.0));
    g_assert_null (confab_time_from_wall_clock (utc, 2024, 1, 1, 24, 0, 0.0));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/time/offsets", test_offsets);
  g_test_add_func ("/time/fractions", test_fractions);
  g_test_add_func ("/time/edges", test_edges);
  g_test_add_func ("/time/naive", test_naive);
  g_test_add_func ("/time/garbage", test_garbage);
  g_test_add_func ("/time/unix", test_unix);
  g_test_add_func ("/time/zones", test_zones);
  g_test_add_func ("/time/summer-time", test_summer_time);
  g_test_add_func ("/time/wall-clock-round-trip", test_wall_clock_round_trip);

  return g_test_run ();
}
