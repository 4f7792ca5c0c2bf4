/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-calls"

#include "config.h"

#include "confab-error.h"
#include "confab-join-link.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-api-calls.h"

#define MAX_POLICY_CHARS 16
#define MAX_CODE_CHARS   64 /* as somebody types it, with dashes and spaces */

/*
 * /api/v1/calls: make, find, join, change and end calls.
 */
struct _ConfabdApiCalls {
  GObject parent_instance;

  ConfabdCalls *calls; /* (owned) */
  char *base_url;      /* (owned) */
};

/* A request on its way through the calls. */
typedef struct {
  ConfabdApiCalls *api;    /* (owned) */
  ConfabdRequest *request; /* (owned) */
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdApiCalls, confabd_api_calls, G_TYPE_OBJECT)

static Pending *
pending_new (ConfabdApiCalls *api, ConfabdRequest *request)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->api = g_object_ref (api);
  pending->request = g_object_ref (request);
  return pending;
}

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->api);
  g_object_unref (pending->request);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
set_link (ConfabdApiCalls *self, ConfabMessage *body, const char *code_or_secret)
{
  g_autofree char *link = confab_join_link_build (self->base_url, code_or_secret);

  confab_message_set_string (body, "link", link);
}

static ConfabMessage *
invite_to_message (ConfabdApiCalls *self, ConfabInvite *invite, const char *secret)
{
  ConfabMessage *message = confab_invite_to_message (invite);

  confab_message_set_string (message, "secret", secret);
  set_link (self, message, secret);
  return message;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (ConfabInvite) invite = NULL;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call =
      confabd_calls_create_finish (CONFABD_CALLS (source), result, &invite, &secret, &error);

  if (call == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  confab_message_take_object (body, "call", confab_call_to_message (call));
  set_link (pending->api, body, confab_call_get_code (call));
  confab_message_take_object (body, "invite", invite_to_message (pending->api, invite, secret));
  confabd_request_reply (pending->request, SOUP_STATUS_CREATED, body);
}

static gboolean
read_policy (ConfabMessage *body,
             ConfabFieldPresence presence,
             ConfabRecordingPolicy *recording_policy,
             GError **error)
{
  const char *policy = NULL;

  if (!confab_message_get_string (body, "recording_policy", presence, MAX_POLICY_CHARS, &policy,
                                  error))
    return FALSE;
  if (policy == NULL || confab_recording_policy_from_string (policy, recording_policy))
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
               "Those who may record are “never”, “host” or “everyone”, not “%s”", policy);
  return FALSE;
}

static gboolean
read_create (ConfabMessage *body,
             const char **title,
             gint64 *max_participants,
             ConfabRecordingPolicy *recording_policy,
             GError **error)
{
  return read_policy (body, CONFAB_FIELD_OPTIONAL, recording_policy, error) &&
         confab_message_get_string (body, "title", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_TITLE_CHARS,
                                    title, error) &&
         confab_message_get_integer (body, "max_participants", CONFAB_FIELD_OPTIONAL, 2,
                                     CONFAB_LIMIT_PARTICIPANTS, max_participants, error);
}

static void
handle_create (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  const char *title = NULL;
  gint64 max_participants = 0;
  ConfabRecordingPolicy recording_policy = CONFAB_RECORDING_NEVER;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_create (body, &title, &max_participants, &recording_policy, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_calls_create_async (self->calls, confabd_request_get_principal (request), title,
                              (guint) max_participants, recording_policy, NULL, on_created,
                              pending_new (self, request));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = confabd_calls_list_finish (CONFABD_CALLS (source), result, &error);
  GPtrArray *items;

  if (calls == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  items = g_ptr_array_new_full (calls->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < calls->len; i++) {
    ConfabMessage *item = confab_call_to_message (calls->pdata[i]);

    set_link (pending->api, item, confab_call_get_code (calls->pdata[i]));
    g_ptr_array_add (items, item);
  }
  confab_message_take_list (body, "items", items);
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);

  confabd_calls_list_async (self->calls, confabd_request_get_user (request), NULL, on_listed,
                            pending_new (self, request));
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GPtrArray) participants = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call =
      confabd_calls_get_finish (CONFABD_CALLS (source), result, &participants, &error);
  GPtrArray *list;

  if (call == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  list = g_ptr_array_new_full (participants->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < participants->len; i++)
    g_ptr_array_add (list, confab_participant_to_message (participants->pdata[i]));
  confab_message_take_object (body, "call", confab_call_to_message (call));
  set_link (pending->api, body, confab_call_get_code (call));
  confab_message_take_list (body, "participants", list);
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static void
handle_get (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);

  confabd_calls_get_async (self->calls, confabd_request_get_user (request),
                           confabd_request_get_argument (request, 0), NULL, on_got,
                           pending_new (self, request));
}

static void
on_admitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  ConfabRole role = CONFAB_ROLE_LISTENER;
  g_autoptr (ConfabCall) call =
      confabd_calls_admit_finish (CONFABD_CALLS (source), result, &role, &error);

  if (call == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  confab_message_take_object (body, "call", confab_call_to_message (call));
  confab_message_set_string (body, "role", confab_role_to_string (role));
  set_link (pending->api, body, confab_call_get_code (call));
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static gboolean
read_join (ConfabMessage *body, const char **code, const char **secret, GError **error)
{
  if (!confab_message_get_string (body, "code", CONFAB_FIELD_OPTIONAL, MAX_CODE_CHARS, code,
                                  error) ||
      !confab_message_get_string (body, "secret", CONFAB_FIELD_OPTIONAL, MAX_CODE_CHARS, secret,
                                  error))
    return FALSE;
  if ((*code == NULL) != (*secret == NULL))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                       "Exactly one of “code” and “secret” is needed");
  return FALSE;
}

static void
handle_join (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  const char *code = NULL;
  const char *secret = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_join (body, &code, &secret, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_calls_admit_async (self->calls, confabd_request_get_user (request), code, secret, NULL,
                             on_admitted, pending_new (self, request));
}

static void
reply_call (ConfabdRequest *request, ConfabCall *call)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_take_object (body, "call", confab_call_to_message (call));
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call =
      confabd_calls_change_finish (CONFABD_CALLS (source), result, &error);

  if (call == NULL)
    confabd_request_fail (pending->request, error);
  else
    reply_call (pending->request, call);
}

static void
handle_change (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  ConfabRecordingPolicy policy = CONFAB_RECORDING_NEVER;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_policy (body, CONFAB_FIELD_REQUIRED, &policy, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_calls_change_async (self->calls, confabd_request_get_principal (request),
                              confabd_request_get_argument (request, 0), policy, on_changed,
                              pending_new (self, request));
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call = confabd_calls_end_finish (CONFABD_CALLS (source), result, &error);

  if (call == NULL)
    confabd_request_fail (pending->request, error);
  else
    reply_call (pending->request, call);
}

static void
handle_end (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (api);
  ConfabdPrincipal *principal = confabd_request_get_principal (request);
  gboolean is_console = confabd_principal_get_kind (principal) == CONFABD_PRINCIPAL_CONSOLE;

  confabd_calls_end_async (self->calls, principal, confabd_request_get_argument (request, 0),
                           is_console ? "ended-by-admin" : "ended-by-host", NULL, on_ended,
                           pending_new (self, request));
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/calls",          CONFAB_PERMISSION_CREATE_CALLS, CONFABD_LIMIT_CREATE_CALL, handle_create },
  { "GET",  "/api/v1/calls",          CONFAB_PERMISSION_READ_CALLS,   CONFABD_LIMIT_SIGNED_IN,   handle_list },
  { "POST", "/api/v1/calls/join",     CONFAB_PERMISSION_JOIN_CALLS,   CONFABD_LIMIT_JOIN,        handle_join },
  { "GET",  "/api/v1/calls/{id}",     CONFAB_PERMISSION_READ_CALLS,   CONFABD_LIMIT_SIGNED_IN,   handle_get },
  { "PATCH", "/api/v1/calls/{id}",    CONFAB_PERMISSION_JOIN_CALLS,   CONFABD_LIMIT_SIGNED_IN,   handle_change },
  { "POST", "/api/v1/calls/{id}/end", CONFAB_PERMISSION_JOIN_CALLS,   CONFABD_LIMIT_SIGNED_IN,   handle_end },
};
/* clang-format on */

static void
confabd_api_calls_finalize (GObject *object)
{
  ConfabdApiCalls *self = CONFABD_API_CALLS (object);

  g_clear_object (&self->calls);
  g_free (self->base_url);

  G_OBJECT_CLASS (confabd_api_calls_parent_class)->finalize (object);
}

static void
confabd_api_calls_class_init (ConfabdApiCallsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_calls_finalize;
}

static void
confabd_api_calls_init (ConfabdApiCalls *self)
{
}

/**
 * confabd_api_calls_new:
 * @calls: what happens to calls
 * @base_url: the beginning of join links
 *
 * Returns: (transfer full): the group
 */
ConfabdApiCalls *
confabd_api_calls_new (ConfabdCalls *calls, const char *base_url)
{
  ConfabdApiCalls *self = g_object_new (CONFABD_TYPE_API_CALLS, NULL);

  self->calls = g_object_ref (calls);
  self->base_url = g_strdup (base_url);
  return self;
}

/**
 * confabd_api_calls_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_calls_add_routes (ConfabdApiCalls *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
