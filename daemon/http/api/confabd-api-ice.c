/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-ice"

#include "config.h"

#include "confab-error.h"
#include "confab-wire-model.h"
#include "confabd-api-ice.h"

/*
 * /api/v1/ice-servers: what helps two people behind routers to find each other, for those who are
 * in the call that they name. Who has joined gets the first of it with `joined`; here it is
 * renewed.
 */
struct _ConfabdApiIce {
  GObject parent_instance;

  ConfabdCalls *calls; /* (owned) */
  ConfabdTurn *turn;   /* (owned) */
};

/* A request on its way through the calls. */
typedef struct {
  ConfabdApiIce *api;      /* (owned) */
  ConfabdRequest *request; /* (owned) */
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdApiIce, confabd_api_ice, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->api);
  g_object_unref (pending->request);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static gboolean
is_open (ConfabCall *call, GError **error)
{
  if (confab_call_get_ended_at (call) == NULL)
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER, "The call is over");
  return FALSE;
}

static ConfabMessage *
make_body (ConfabdApiIce *self, ConfabUser *user)
{
  g_autoptr (GPtrArray) servers = confabd_turn_issue (self->turn, confab_user_get_id (user));
  ConfabMessage *body = confab_message_new (NULL);
  GPtrArray *list = g_ptr_array_new_full (servers->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < servers->len; i++)
    g_ptr_array_add (list, confab_ice_server_to_message (servers->pdata[i]));
  confab_message_take_list (body, "ice_servers", list);
  return body;
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call =
      confabd_calls_get_finish (CONFABD_CALLS (source), result, NULL, &error);

  if (call == NULL || !is_open (call, &error)) {
    confabd_request_fail (pending->request, error);
    return;
  }
  body = make_body (pending->api, confabd_request_get_user (pending->request));
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiIce *self = CONFABD_API_ICE (api);
  g_autofree char *call_id = confabd_request_dup_query (request, "call");
  g_autoptr (GError) error = NULL;
  Pending *pending = NULL;

  if (call_id == NULL) {
    error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                                 "“?call=” has to say for which call");
    confabd_request_fail (request, error);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->api = g_object_ref (self);
  pending->request = g_object_ref (request);
  confabd_calls_get_async (self->calls, confabd_request_get_user (request), call_id, NULL, on_got,
                           pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/api/v1/ice-servers", CONFAB_PERMISSION_JOIN_CALLS, CONFABD_LIMIT_SIGNED_IN, handle_list },
};
/* clang-format on */

static void
confabd_api_ice_finalize (GObject *object)
{
  ConfabdApiIce *self = CONFABD_API_ICE (object);

  g_object_unref (self->calls);
  g_object_unref (self->turn);

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
 * @calls: who is in which call
 * @turn: who makes credentials
 *
 * Returns: (transfer full): the group
 */
ConfabdApiIce *
confabd_api_ice_new (ConfabdCalls *calls, ConfabdTurn *turn)
{
  ConfabdApiIce *self = g_object_new (CONFABD_TYPE_API_ICE, NULL);

  self->calls = g_object_ref (calls);
  self->turn = g_object_ref (turn);
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
