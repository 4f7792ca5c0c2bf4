/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-server-info"

#include "config.h"

#include "confabd-api-server-info.h"

/*
 * /api/v1/server: who may come in, and how. For everybody, so it says no more than a page for
 * signing in shows.
 */
struct _ConfabdApiServerInfo {
  GObject parent_instance;

  ConfabdServerInfo info;
};

G_DEFINE_FINAL_TYPE (ConfabdApiServerInfo, confabd_api_server_info, G_TYPE_OBJECT)

static void
handle_describe (ConfabdRequest *request, gpointer api)
{
  const ConfabdServerInfo *info = &CONFABD_API_SERVER_INFO (api)->info;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_set_string (body, "registration", info->registration);
  confab_message_set_string (body, "guests", confab_guest_access_to_string (info->guests));
  confab_message_set_boolean (body, "telegram", info->has_telegram);
  confab_message_set_boolean (body, "mail", info->has_mail);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/api/v1/server", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_ANONYMOUS, handle_describe },
};
/* clang-format on */

static void
confabd_api_server_info_class_init (ConfabdApiServerInfoClass *klass)
{
}

static void
confabd_api_server_info_init (ConfabdApiServerInfo *self)
{
}

/**
 * confabd_api_server_info_new:
 * @info: what there is to tell; its texts are static
 *
 * Returns: (transfer full): the group
 */
ConfabdApiServerInfo *
confabd_api_server_info_new (const ConfabdServerInfo *info)
{
  ConfabdApiServerInfo *self = g_object_new (CONFABD_TYPE_API_SERVER_INFO, NULL);

  self->info = *info;
  return self;
}

/**
 * confabd_api_server_info_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_server_info_add_routes (ConfabdApiServerInfo *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
