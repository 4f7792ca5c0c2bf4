/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-metrics"

#include "config.h"

#include "confabd-metrics.h"

#define CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/*
 * /metrics: figures for whoever watches over many daemons, gathered at the moment they are asked
 * for. They name no user and no call.
 */
struct _ConfabdMetrics {
  GObject parent_instance;

  ConfabdCollector collector;
  gpointer collector_data; /* (unowned) the owner outlives its routes */
};

G_DEFINE_FINAL_TYPE (ConfabdMetrics, confabd_metrics, G_TYPE_OBJECT)

static void
handle_metrics (ConfabdRequest *request, gpointer api)
{
  ConfabdMetrics *self = CONFABD_METRICS (api);
  g_autoptr (ConfabdMetricsText) text = confabd_metrics_text_new ();
  g_autoptr (GBytes) body = NULL;

  self->collector (text, self->collector_data);
  body = confabd_metrics_text_finish (text);
  confabd_request_reply_bytes (request, SOUP_STATUS_OK, CONTENT_TYPE, body);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/metrics", CONFAB_PERMISSION_READ_METRICS, CONFABD_LIMIT_NONE, handle_metrics },
};
/* clang-format on */

static void
confabd_metrics_class_init (ConfabdMetricsClass *klass)
{
}

static void
confabd_metrics_init (ConfabdMetrics *self)
{
}

/**
 * confabd_metrics_new:
 * @collector: writes the figures
 * @user_data: for @collector
 *
 * Returns: (transfer full): the page of figures
 */
ConfabdMetrics *
confabd_metrics_new (ConfabdCollector collector, gpointer user_data)
{
  ConfabdMetrics *self = g_object_new (CONFABD_TYPE_METRICS, NULL);

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
