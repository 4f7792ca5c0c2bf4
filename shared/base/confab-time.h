/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_time_parse (const char *text, GError **error);
CONFAB_AVAILABLE_IN_ALL
char *confab_time_format (GDateTime *time);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_time_from_unix_us (gint64 unix_us);
CONFAB_AVAILABLE_IN_ALL
gint64 confab_time_to_unix_us (GDateTime *time);
CONFAB_AVAILABLE_IN_ALL
GTimeZone *confab_time_zone_new (const char *iana_name, GError **error);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_time_in_zone (GDateTime *time, GTimeZone *zone);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_time_from_wall_clock (
    GTimeZone *zone, int year, int month, int day, int hour, int minute, double seconds);

G_END_DECLS
