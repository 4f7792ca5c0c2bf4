/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_STATEMENTS_SLOW_MS 100

/* What this process had its databases do. */
typedef struct {
  guint64 n_run;
  guint64 n_slow;
  gint64 took_us;  /* all of them together */
  guint n_waiting; /* pieces of work that have no connection yet */
  guint n_running; /* those that have */
} ConfabdStatementCounts;

void confabd_statements_set_slow_ms (guint slow_ms);
void confabd_statements_note_work (int n_waiting_change, int n_running_change);
void confabd_statements_note (const char *sql, gint64 took_us);
void confabd_statements_get_counts (ConfabdStatementCounts *counts);

G_END_DECLS
