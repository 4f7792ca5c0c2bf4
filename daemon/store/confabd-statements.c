/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-statements.h"

/* Statements of all databases of the process, as the log is that of the process: what is counted
 * here is for an administrator, nothing depends on it. Threads of databases add, others look. */

static gint64 slow_us = CONFABD_STATEMENTS_SLOW_MS * G_TIME_SPAN_MILLISECOND;
static guint64 n_run;
static guint64 n_slow;
static gint64 all_took_us;
static int n_work_waiting;
static int n_work_running;

/**
 * confabd_statements_set_slow_ms:
 * @slow_ms: how long a statement may take before it is logged; %CONFABD_STATEMENTS_SLOW_MS at first
 *
 * From any thread.
 */
void
confabd_statements_set_slow_ms (guint slow_ms)
{
  __atomic_store_n (&slow_us, slow_ms * G_TIME_SPAN_MILLISECOND, __ATOMIC_RELAXED);
}

/**
 * confabd_statements_note_work:
 * @n_waiting_change: by how many more pieces of work wait for a connection
 * @n_running_change: by how many more have one
 *
 * From any thread.
 */
void
confabd_statements_note_work (int n_waiting_change, int n_running_change)
{
  __atomic_fetch_add (&n_work_waiting, n_waiting_change, __ATOMIC_RELAXED);
  __atomic_fetch_add (&n_work_running, n_running_change, __ATOMIC_RELAXED);
}

/**
 * confabd_statements_note:
 * @sql: a statement with `$1`, `$2` where its values are, so that none of them gets into the log
 * @took_us: how long it took, rows and all
 *
 * Counts a statement, and logs a slow one; whose request it was for, the trace of the thread says.
 * From any thread.
 */
void
confabd_statements_note (const char *sql, gint64 took_us)
{
  __atomic_fetch_add (&n_run, 1, __ATOMIC_RELAXED);
  __atomic_fetch_add (&all_took_us, took_us, __ATOMIC_RELAXED);
  if (took_us > __atomic_load_n (&slow_us, __ATOMIC_RELAXED)) {
    __atomic_fetch_add (&n_slow, 1, __ATOMIC_RELAXED);
    g_message ("A statement took %" G_GINT64_FORMAT " ms: %s", took_us / 1000, sql);
  }
}

/**
 * confabd_statements_get_counts:
 * @counts: (out caller-allocates): since the process began, and the work there is now
 *
 * From any thread.
 */
void
confabd_statements_get_counts (ConfabdStatementCounts *counts)
{
  counts->n_run = __atomic_load_n (&n_run, __ATOMIC_RELAXED);
  counts->n_slow = __atomic_load_n (&n_slow, __ATOMIC_RELAXED);
  counts->took_us = __atomic_load_n (&all_took_us, __ATOMIC_RELAXED);
  counts->n_waiting = (guint) __atomic_load_n (&n_work_waiting, __ATOMIC_RELAXED);
  counts->n_running = (guint) __atomic_load_n (&n_work_running, __ATOMIC_RELAXED);
}
