/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-metrics"

#include "config.h"

#include "confabd-metrics.h"
#include "confabd-store-census.h"

#define CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/*
 * /metrics: figures for whoever watches over many daemons, gathered at the moment they are asked
 * for. They name no user and no call.
 */
struct _ConfabdMetrics {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabdJobs *jobs;   /* (owned) */
  ConfabdCollector collector;
  gpointer collector_data; /* (unowned) the owner outlives its routes */
};

/* A request that waits for the store. */
typedef struct {
  ConfabdMetrics *metrics;  /* (owned) */
  ConfabdRequest *request;  /* (owned) */
  ConfabdMetricsText *text; /* (owned) so far */
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdMetrics, confabd_metrics, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->metrics);
  g_object_unref (pending->request);
  confabd_metrics_text_free (pending->text);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
write_job_counts (ConfabdJobs *jobs, const char *kind, ConfabdMetricsText *text)
{
  ConfabdJobCounts counts;

  confabd_jobs_get_counts (jobs, kind, &counts);
  confabd_metrics_text_add (text, (double) counts.n_done, "kind", kind, "result", "done", NULL);
  confabd_metrics_text_add (text, (double) (counts.n_failed - counts.n_dead), "kind", kind,
                            "result", "retry", NULL);
  confabd_metrics_text_add (text, (double) counts.n_dead, "kind", kind, "result", "dead", NULL);
}

static void
write_jobs (ConfabdJobs *jobs, const ConfabdJobFigures *figures, ConfabdMetricsText *text)
{
  static const char *const kinds[] = { "mail", "webhook", "retention" };

  confabd_metrics_text_begin (text, "confab_jobs", CONFABD_METRIC_GAUGE, NULL,
                              "Jobs in the store.");
  confabd_metrics_text_add (text, figures->n_waiting, "state", "waiting", NULL);
  confabd_metrics_text_add (text, figures->n_running, "state", "running", NULL);
  confabd_metrics_text_add (text, figures->n_dead, "state", "dead", NULL);
  confabd_metrics_text_begin (text, "confab_job_attempts", CONFABD_METRIC_COUNTER, NULL,
                              "What this daemon did of them.");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    write_job_counts (jobs, kinds[i], text);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GBytes) body = NULL;
  guint n_sessions = 0;

  if (confabd_store_count_sessions_finish (CONFABD_STORE (source), result, &n_sessions, NULL)) {
    confabd_metrics_text_begin (pending->text, "confab_sessions", CONFABD_METRIC_GAUGE, NULL,
                                "Devices on which somebody is signed in.");
    confabd_metrics_text_add (pending->text, n_sessions, NULL);
  }
  body = confabd_metrics_text_finish (pending->text);
  confabd_request_reply_bytes (pending->request, SOUP_STATUS_OK, CONTENT_TYPE, body);
}

/* A database that does not answer is no reason to tell nothing. */
static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  ConfabdMetrics *self = pending->metrics;
  ConfabdJobFigures figures = { 0 };

  self->collector (pending->text, self->collector_data);
  if (confabd_jobs_look_finish (CONFABD_JOBS (source), result, &figures, NULL))
    write_jobs (self->jobs, &figures, pending->text);
  confabd_store_count_sessions_async (self->store, g_get_real_time (), NULL, on_counted,
                                      g_steal_pointer (&pending));
}

static void
handle_metrics (ConfabdRequest *request, gpointer api)
{
  ConfabdMetrics *self = CONFABD_METRICS (api);
  Pending *pending = g_new0 (Pending, 1);

  pending->metrics = g_object_ref (self);
  pending->request = g_object_ref (request);
  pending->text = confabd_metrics_text_new ();
  confabd_jobs_look_async (self->jobs, NULL, on_looked, pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/metrics", CONFAB_PERMISSION_READ_METRICS, CONFABD_LIMIT_NONE, handle_metrics },
};
/* clang-format on */

static void
confabd_metrics_finalize (GObject *object)
{
  ConfabdMetrics *self = CONFABD_METRICS (object);

  g_object_unref (self->store);
  g_object_unref (self->jobs);

  G_OBJECT_CLASS (confabd_metrics_parent_class)->finalize (object);
}

static void
confabd_metrics_class_init (ConfabdMetricsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_metrics_finalize;
}

static void
confabd_metrics_init (ConfabdMetrics *self)
{
}

/**
 * confabd_metrics_new:
 * @store: counts who is signed in
 * @jobs: work for later, which is counted in the store
 * @collector: writes all other figures
 * @user_data: for @collector
 *
 * Returns: (transfer full): the page of figures
 */
ConfabdMetrics *
confabd_metrics_new (ConfabdStore *store,
                     ConfabdJobs *jobs,
                     ConfabdCollector collector,
                     gpointer user_data)
{
  ConfabdMetrics *self = g_object_new (CONFABD_TYPE_METRICS, NULL);

  self->store = g_object_ref (store);
  self->jobs = g_object_ref (jobs);
  self->collector = collector;
  self->collector_data = user_data;
  return self;
}

/**
 * confabd_metrics_add_routes:
 * @self: the page
 * @router: a router
 */
void
confabd_metrics_add_routes (ConfabdMetrics *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
