/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-health"

#include "config.h"

#include "confabd-health.h"

/*
 * For whoever watches over the daemon: does it run, can it work?
 */

static const char *
verdict (gboolean is_well)
{
  return is_well ? "ok" : "failed";
}

static void
handle_live (ConfabdRequest *request, gpointer api)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_set_string (body, "status", verdict (TRUE));
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  ConfabMessage *checks = confab_message_new (NULL);
  gboolean schema_is_ours = FALSE;
  gboolean answers =
      confabd_store_check_finish (CONFABD_STORE (source), result, &schema_is_ours, &error);
  gboolean is_ready = answers && schema_is_ours;

  if (error != NULL)
    g_message ("The database does not answer: %s", error->message);
  confab_message_set_string (checks, "database", verdict (answers));
  confab_message_set_string (checks, "schema", verdict (schema_is_ours));
  confab_message_set_string (body, "status", verdict (is_ready));
  confab_message_take_object (body, "checks", checks);
  confabd_request_reply (request, is_ready ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE,
                         body);
}

static void
handle_ready (ConfabdRequest *request, gpointer api)
{
  confabd_store_check_async (CONFABD_STORE (api), NULL, on_checked, g_object_ref (request));
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/health/live",  CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_live },
  { "GET", "/health/ready", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_ready },
};
/* clang-format on */

/**
 * confabd_health_add_routes:
 * @router: a router
 * @store: what has to be well
 */
void
confabd_health_add_routes (ConfabdRouter *router, ConfabdStore *store)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (store));
}
