/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_REPORTS (confabd_reports_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdReports, confabd_reports, CONFABD, REPORTS, GObject)

/* What became of reports so far. */
typedef struct {
  guint64 n_sent;
  guint64 n_failed;
  guint64 n_dropped; /* there were too many */
} ConfabdReportCounts;

ConfabdReports *confabd_reports_new (const char *dsn,
                                     const char *environment,
                                     guint per_minute,
                                     GError **error);
void confabd_reports_listen (ConfabdReports *self);
void confabd_reports_watch_crashes (ConfabdReports *self, const char *path);
void confabd_reports_get_counts (ConfabdReports *self, ConfabdReportCounts *counts);

G_END_DECLS
