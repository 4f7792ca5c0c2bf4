/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CLOCK (confab_clock_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (ConfabClock, confab_clock, CONFAB, CLOCK, GObject)

struct _ConfabClockInterface {
  GTypeInterface parent_iface;

  GDateTime *(*dup_now) (ConfabClock *self);
  gint64 (*get_mono_us) (ConfabClock *self);
};

CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_clock_dup_now (ConfabClock *self);
CONFAB_AVAILABLE_IN_ALL
gint64 confab_clock_get_mono_us (ConfabClock *self);

#define CONFAB_TYPE_SYSTEM_CLOCK (confab_system_clock_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabSystemClock, confab_system_clock, CONFAB, SYSTEM_CLOCK, GObject)
CONFAB_AVAILABLE_IN_ALL
ConfabClock *confab_system_clock_new (void);

#define CONFAB_TYPE_MANUAL_CLOCK (confab_manual_clock_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabManualClock, confab_manual_clock, CONFAB, MANUAL_CLOCK, GObject)
CONFAB_AVAILABLE_IN_ALL
ConfabClock *confab_manual_clock_new (GDateTime *start);
CONFAB_AVAILABLE_IN_ALL
void confab_manual_clock_advance (ConfabManualClock *self, gint64 by_us);

G_END_DECLS
