/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-traffic"

#include "config.h"

#include "confabd-router.h"
#include "confabd-traffic.h"

/*
 * ConfabdTraffic:
 *
 * How many requests each route had, what they were answered and how long it took. A path that a
 * stranger made up is no route: all of those are one row.
 */
struct _ConfabdTraffic {
  GHashTable *rows; /* (element-type ConfabdRoute TrafficRow) (owned); NULL: no route */
};

typedef struct {
  GHashTable *n_by_status; /* (element-type guint guint) (owned) as many as a route has answers */
  ConfabdHistogram durations;
} TrafficRow;

static TrafficRow *
row_new (void)
{
  TrafficRow *row = g_new0 (TrafficRow, 1);

  row->n_by_status = g_hash_table_new (NULL, NULL);
  return row;
}

static void
row_free (TrafficRow *row)
{
  g_hash_table_unref (row->n_by_status);
  g_free (row);
}

/**
 * confabd_traffic_new:
 *
 * Returns: (transfer full): no traffic yet; for one thread
 */
ConfabdTraffic *
confabd_traffic_new (void)
{
  ConfabdTraffic *self = g_new0 (ConfabdTraffic, 1);

  self->rows = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) row_free);
  return self;
}

/**
 * confabd_traffic_free:
 * @self: (transfer full): the traffic
 */
void
confabd_traffic_free (ConfabdTraffic *self)
{
  g_hash_table_unref (self->rows);
  g_free (self);
}

/**
 * confabd_traffic_note:
 * @self: the traffic
 * @request: a request that was answered just now
 */
void
confabd_traffic_note (ConfabdTraffic *self, ConfabdRequest *request)
{
  gpointer route = (gpointer) confabd_request_get_route (request);
  gpointer status = GUINT_TO_POINTER (confabd_request_get_status (request));
  TrafficRow *row = g_hash_table_lookup (self->rows, route);
  guint n;

  if (row == NULL) {
    row = row_new ();
    g_hash_table_insert (self->rows, route, row);
  }
  n = GPOINTER_TO_UINT (g_hash_table_lookup (row->n_by_status, status));
  g_hash_table_insert (row->n_by_status, status, GUINT_TO_POINTER (n + 1));
  confabd_histogram_add (&row->durations,
                         g_get_monotonic_time () - confabd_request_get_started_mono_us (request));
}

static const char *
get_method (const ConfabdRoute *route)
{
  return route != NULL ? route->method : "any";
}

static const char *
get_pattern (const ConfabdRoute *route)
{
  return route != NULL ? route->pattern : "none";
}

static void
write_counts (const ConfabdRoute *route, TrafficRow *row, ConfabdMetricsText *text)
{
  GHashTableIter iter;
  gpointer status, n;

  g_hash_table_iter_init (&iter, row->n_by_status);
  while (g_hash_table_iter_next (&iter, &status, &n)) {
    char code[8];

    g_snprintf (code, sizeof code, "%u", GPOINTER_TO_UINT (status));
    confabd_metrics_text_add (text, GPOINTER_TO_UINT (n), "method", get_method (route), "route",
                              get_pattern (route), "code", code, NULL);
  }
}

/**
 * confabd_traffic_write:
 * @self: the traffic
 * @text: where to
 */
void
confabd_traffic_write (ConfabdTraffic *self, ConfabdMetricsText *text)
{
  GHashTableIter iter;
  gpointer route, row;

  confabd_metrics_text_begin (text, "confab_http_requests", CONFABD_METRIC_COUNTER, NULL,
                              "Requests that were answered.");
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &route, &row))
    write_counts (route, row, text);
  confabd_metrics_text_begin (text, "confab_http_request_duration_seconds",
                              CONFABD_METRIC_HISTOGRAM, "seconds",
                              "From the last byte of a request to its answer.");
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &route, &row))
    confabd_metrics_text_add_histogram (text, &((TrafficRow *) row)->durations, "method",
                                        get_method (route), "route", get_pattern (route), NULL);
}
