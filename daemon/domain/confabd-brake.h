/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_BRAKE (confabd_brake_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdBrake, confabd_brake, CONFABD, BRAKE, GObject)

/* What came of the attempts so far. */
typedef struct {
  guint64 n_successes;
  guint64 n_failures;
  guint64 n_refused; /* not even tried */
} ConfabdBrakeCounts;

ConfabdBrake *confabd_brake_new (ConfabClock *clock, guint max_entries);
gboolean confabd_brake_check (
    ConfabdBrake *self, const char *name, const char *address, guint *delay_ms, GError **error);
void confabd_brake_note_failure (ConfabdBrake *self, const char *name, const char *address);
void confabd_brake_note_success (ConfabdBrake *self, const char *name, const char *address);
void confabd_brake_get_counts (ConfabdBrake *self, ConfabdBrakeCounts *counts);

G_END_DECLS
