/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who comes and goes, as people would tell it: a connection that is lost and comes back is not a
 * person who leaves and another who joins. */
typedef struct _ConfabAttendance ConfabAttendance;

typedef enum {
  CONFAB_ATTENDANCE_JOINED,
  CONFAB_ATTENDANCE_LEFT,
  CONFAB_ATTENDANCE_RETURNED, /* after an outage, or on another device */
} ConfabAttendanceKind;

/* names: NULL-terminated, those of whom the same is to be told at once, the latest first */
typedef void (*ConfabAttendanceFunc) (ConfabAttendanceKind kind,
                                      const char *const *names,
                                      gboolean is_first,
                                      gpointer user_data);

ConfabAttendance *confab_attendance_new (ConfabAttendanceFunc func, gpointer user_data);
void confab_attendance_free (ConfabAttendance *self);

void confab_attendance_came (ConfabAttendance *self,
                             const char *user_id,
                             const char *name,
                             gint64 now_ms);
void confab_attendance_went (
    ConfabAttendance *self, const char *user_id, const char *name, gboolean is_lost, gint64 now_ms);
void confab_attendance_tick (ConfabAttendance *self, gint64 now_ms);
void confab_attendance_restart (ConfabAttendance *self, gint64 now_ms);
void confab_attendance_found (ConfabAttendance *self,
                              const char *user_id,
                              const char *name,
                              gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAttendance, confab_attendance_free)

G_END_DECLS
