/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-gauges"

#include "config.h"

#include <sys/resource.h>

#include "confabd-gauges.h"
#include "confabd-statements.h"

/*
 * What the parts of the daemon say of themselves to whoever watches.
 */

static void
write_gauge (ConfabdMetricsText *text, const char *name, const char *help, double value)
{
  confabd_metrics_text_begin (text, name, CONFABD_METRIC_GAUGE, NULL, help);
  confabd_metrics_text_add (text, value, NULL);
}

static void
write_counter (ConfabdMetricsText *text, const char *name, const char *help, double value)
{
  confabd_metrics_text_begin (text, name, CONFABD_METRIC_COUNTER, NULL, help);
  confabd_metrics_text_add (text, value, NULL);
}

static double
to_seconds (const struct timeval *time)
{
  return (double) time->tv_sec + (double) time->tv_usec / G_USEC_PER_SEC;
}

static void
write_process (ConfabdMetricsText *text)
{
  struct rusage usage = { 0 };

  getrusage (RUSAGE_SELF, &usage);
  confabd_metrics_text_begin (text, "confab_build", CONFABD_METRIC_INFO, NULL, "What runs.");
  confabd_metrics_text_add (text, 1, "version", CONFAB_VERSION, NULL);
  confabd_metrics_text_begin (text, "process_cpu_seconds", CONFABD_METRIC_COUNTER, "seconds",
                              "Time on a processor.");
  confabd_metrics_text_add (text, to_seconds (&usage.ru_utime) + to_seconds (&usage.ru_stime),
                            NULL);
}

static void
write_database (ConfabdMetricsText *text)
{
  ConfabdStatementCounts counts;

  confabd_statements_get_counts (&counts);
  write_counter (text, "confab_database_statements", "Statements that were run.",
                 (double) counts.n_run);
  write_counter (text, "confab_database_slow_statements",
                 "Those that took longer than [database] slow-statement-ms.",
                 (double) counts.n_slow);
  confabd_metrics_text_begin (text, "confab_database_statement_seconds", CONFABD_METRIC_COUNTER,
                              "seconds", "How long all of them took together.");
  confabd_metrics_text_add (text, (double) counts.took_us / G_USEC_PER_SEC, NULL);
  confabd_metrics_text_begin (
      text, "confab_database_work", CONFABD_METRIC_GAUGE, NULL,
      "Pieces of work that wait for a connection of the pool, or have one.");
  confabd_metrics_text_add (text, counts.n_waiting, "state", "waiting", NULL);
  confabd_metrics_text_add (text, counts.n_running, "state", "running", NULL);
}

static void
write_log_ins (ConfabdMetricsText *text, ConfabdContext *context)
{
  ConfabdBrakeCounts counts;

  confabd_brake_get_counts (confabd_context_get_brake (context), &counts);
  confabd_metrics_text_begin (text, "confab_log_ins", CONFABD_METRIC_COUNTER, NULL,
                              "Attempts to sign in with a password.");
  confabd_metrics_text_add (text, (double) counts.n_successes, "result", "success", NULL);
  confabd_metrics_text_add (text, (double) counts.n_failures, "result", "failure", NULL);
  confabd_metrics_text_add (text, (double) counts.n_refused, "result", "too-often", NULL);
}

static void
write_reports (ConfabdMetricsText *text, ConfabdContext *context)
{
  ConfabdReports *reports = confabd_context_get_reports (context);
  ConfabdReportCounts counts = { 0 };

  if (reports != NULL)
    confabd_reports_get_counts (reports, &counts);
  confabd_metrics_text_begin (text, "confab_error_reports", CONFABD_METRIC_COUNTER, NULL,
                              "What became of reports of errors.");
  confabd_metrics_text_add (text, (double) counts.n_sent, "result", "sent", NULL);
  confabd_metrics_text_add (text, (double) counts.n_failed, "result", "failed", NULL);
  confabd_metrics_text_add (text, (double) counts.n_dropped, "result", "dropped", NULL);
}

static void
write_people (ConfabdMetricsText *text, ConfabdContext *context)
{
  ConfabdCalls *calls = confabd_context_get_calls (context);

  write_gauge (text, "confab_calls", "Calls with somebody in them.",
               confabd_calls_get_n_active (calls));
  write_gauge (text, "confab_participants", "People and programs in calls.",
               confabd_calls_get_n_present (calls));
  write_gauge (text, "confab_sockets", "Open signaling connections.",
               confabd_hub_get_n_legs (confabd_context_get_hub (context)));
  write_gauge (text, "confab_connections", "Open connections of every kind.",
               confabd_gate_get_n_connections (confabd_context_get_gate (context)));
  write_counter (text, "confab_connections_refused",
                 "Connections that the gate sent away: too many of them, or no HTTP.",
                 (double) confabd_gate_get_n_refused (confabd_context_get_gate (context)));
}

void
confabd_gauges_write (ConfabdMetricsText *text, gpointer context)
{
  ConfabdContext *self = CONFABD_CONTEXT (context);

  write_process (text);
  confabd_server_write_metrics (confabd_context_get_server (self), text);
  write_database (text);
  write_log_ins (text, self);
  write_people (text, self);
  write_reports (text, self);
}
