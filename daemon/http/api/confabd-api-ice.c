/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-ice"

#include "config.h"

#include "confab-wire-model.h"
#include "confabd-api-ice.h"

/*
 * /api/v1/ice-servers: what helps two people behind routers to find each other.
 */
struct _ConfabdApiIce {
  GObject parent_instance;

  GPtrArray *servers; /* (element-type ConfabIceServer) (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiIce, confabd_api_ice, G_TYPE_OBJECT)

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  GPtrArray *servers = CONFABD_API_ICE (api)->servers;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  GPtrArray *list = g_ptr_array_new_full (servers->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < servers->len; i++)
    g_ptr_array_add (list, confab_ice_server_to_message (servers->pdata[i]));
  confab_message_take_list (body, "ice_servers", list);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/api/v1/ice-servers", CONFABD_ACCESS_USER, handle_list },
};
/* clang-format on */

static void
confabd_api_ice_finalize (GObject *object)
{
  g_ptr_array_unref (CONFABD_API_ICE (object)->servers);

  G_OBJECT_CLASS (confabd_api_ice_parent_class)->finalize (object);
}

static void
confabd_api_ice_class_init (ConfabdApiIceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_ice_finalize;
}

static void
confabd_api_ice_init (ConfabdApiIce *self)
{
}

/**
 * confabd_api_ice_new:
 * @servers: (element-type ConfabIceServer): the configured ones
 *
 * Returns: (transfer full): the group
 */
ConfabdApiIce *
confabd_api_ice_new (GPtrArray *servers)
{
  ConfabdApiIce *self = g_object_new (CONFABD_TYPE_API_ICE, NULL);

  self->servers = g_ptr_array_ref (servers);
  return self;
}

/**
 * confabd_api_ice_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_ice_add_routes (ConfabdApiIce *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
