/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-sessions"

#include "config.h"

#include "confab-error.h"
#include "confabd-api-sessions.h"
#include "confabd-cookies.h"
#include "confabd-sign-in-reply.h"

#define MAX_TOKEN_CHARS 64

/*
 * /api/v1/sessions, and what keeps one going or ends it: /api/v1/auth/refresh and logout.
 */
struct _ConfabdApiSessions {
  GObject parent_instance;

  ConfabdSessions *sessions; /* (owned) */
  ConfabdAudit *audit;       /* (owned) */
};

/* A request that ends sessions. */
typedef struct {
  ConfabdApiSessions *api; /* (owned) */
  ConfabdRequest *request; /* (owned) */
} Ending;

G_DEFINE_FINAL_TYPE (ConfabdApiSessions, confabd_api_sessions, G_TYPE_OBJECT)

/* A token that is no good, and not a database that is away for a moment. */
static gboolean
is_refusal (const GError *error)
{
  return error->domain == CONFAB_ERROR &&
         confab_error_get_http_status ((ConfabError) error->code) == SOUP_STATUS_UNAUTHORIZED;
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdGrant) grant =
      confabd_sessions_refresh_finish (CONFABD_SESSIONS (source), result, &error);

  if (grant != NULL) {
    confabd_sign_in_reply_send (request, SOUP_STATUS_OK, grant);
    return;
  }
  if (is_refusal (error) && confabd_cookies_are_sent (request)) {
    confabd_cookies_clear (request);
  }
  confabd_request_fail (request, error);
}

static void
handle_refresh (ConfabdRequest *request, gpointer api)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  const char *token = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !confab_message_get_string (body, "refresh_token", CONFAB_FIELD_OPTIONAL,
                                                  MAX_TOKEN_CHARS, &token, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  if (token == NULL) {
    token = cookie = confabd_cookies_dup (request, CONFABD_COOKIE_REFRESH);
    confabd_sign_in_set_wants_cookies (request, TRUE);
  }
  address = confabd_request_dup_address_key (request);
  confabd_sessions_refresh_async (self->sessions, token, address, NULL, on_refreshed,
                                  g_object_ref (request));
}

static Ending *
ending_new (ConfabdApiSessions *api, ConfabdRequest *request)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->api = g_object_ref (api);
  ending->request = g_object_ref (request);
  return ending;
}

static void
ending_free (Ending *self)
{
  g_object_unref (self->api);
  g_object_unref (self->request);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ending, ending_free)

/* target: (nullable) which session; NULL for all */
static void
write_down (Ending *self, ConfabdAuditAction action, const char *target)
{
  g_autofree char *address = confabd_request_dup_address_key (self->request);
  const ConfabdAuditNote note = {
    .action = action,
    .principal = confabd_request_get_principal (self->request),
    .target = target,
    .address = address,
    .is_success = TRUE,
  };

  confabd_audit_write (self->api->audit, &note);
}

/* is_here: whether the session of the request is over, too */
static void
finish (Ending *self, gboolean is_done, gboolean is_here, const GError *error)
{
  if (!is_done) {
    confabd_request_fail (self->request, error);
    return;
  }
  if (is_here && confabd_cookies_are_sent (self->request)) {
    confabd_cookies_clear (self->request);
  }
  confabd_request_reply (self->request, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Ending) self = user_data;
  ConfabdPrincipal *principal = confabd_request_get_principal (self->request);
  g_autoptr (GError) error = NULL;
  gboolean is_done = confabd_sessions_sign_out_finish (CONFABD_SESSIONS (source), result, &error);

  if (is_done && confabd_principal_get_kind (principal) == CONFABD_PRINCIPAL_SESSION) {
    write_down (self, CONFABD_AUDIT_LOGOUT, confabd_principal_get_session_id (principal));
  }
  finish (self, is_done, TRUE, error);
}

static void
handle_logout (ConfabdRequest *request, gpointer api)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (api);

  confabd_sessions_sign_out_async (self->sessions, confabd_request_get_principal (request), NULL,
                                   on_signed_out, ending_new (self, request));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  ConfabdPrincipal *principal = confabd_request_get_principal (request);
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions =
      confabd_sessions_list_finish (CONFABD_SESSIONS (source), result, &error);
  GPtrArray *items;

  if (sessions == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  items = g_ptr_array_new_full (sessions->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < sessions->len; i++) {
    const ConfabdSession *session = sessions->pdata[i];
    ConfabMessage *item = confabd_sign_in_reply_from_session (session);

    confab_message_set_boolean (
        item, "current",
        g_strcmp0 (session->id, confabd_principal_get_session_id (principal)) == 0);
    g_ptr_array_add (items, item);
  }
  confab_message_take_list (body, "sessions", items);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (api);

  confabd_sessions_list_async (self->sessions,
                               confab_user_get_id (confabd_request_get_user (request)), NULL,
                               on_listed, g_object_ref (request));
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Ending) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = confabd_sessions_revoke_finish (CONFABD_SESSIONS (source), result, &error);

  if (is_done) {
    write_down (self, CONFABD_AUDIT_SESSION_REVOKED,
                confabd_request_get_argument (self->request, 0));
  }
  finish (self, is_done, FALSE, error);
}

static void
handle_revoke (ConfabdRequest *request, gpointer api)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (api);

  confabd_sessions_revoke_async (self->sessions,
                                 confab_user_get_id (confabd_request_get_user (request)),
                                 confabd_request_get_argument (request, 0), "revoked", NULL,
                                 on_revoked, ending_new (self, request));
}

static void
on_all_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Ending) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = confabd_sessions_revoke_all_finish (CONFABD_SESSIONS (source), result, &error);

  if (is_done) {
    write_down (self, CONFABD_AUDIT_SESSION_REVOKED, NULL);
  }
  finish (self, is_done, TRUE, error);
}

static void
handle_revoke_all (ConfabdRequest *request, gpointer api)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (api);

  confabd_sessions_revoke_all_async (self->sessions,
                                     confab_user_get_id (confabd_request_get_user (request)), NULL,
                                     "revoked", NULL, on_all_revoked, ending_new (self, request));
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST",   "/api/v1/auth/refresh",  CONFAB_PERMISSION_PUBLIC,          CONFABD_LIMIT_REFRESH,   handle_refresh },
  { "POST",   "/api/v1/auth/logout",   CONFAB_PERMISSION_SIGN_OUT,        CONFABD_LIMIT_SIGNED_IN, handle_logout },
  { "GET",    "/api/v1/sessions",      CONFAB_PERMISSION_MANAGE_SESSIONS, CONFABD_LIMIT_SIGNED_IN, handle_list },
  { "DELETE", "/api/v1/sessions",      CONFAB_PERMISSION_MANAGE_SESSIONS, CONFABD_LIMIT_SIGNED_IN, handle_revoke_all },
  { "DELETE", "/api/v1/sessions/{id}", CONFAB_PERMISSION_MANAGE_SESSIONS, CONFABD_LIMIT_SIGNED_IN, handle_revoke },
};
/* clang-format on */

static void
confabd_api_sessions_finalize (GObject *object)
{
  ConfabdApiSessions *self = CONFABD_API_SESSIONS (object);

  g_clear_object (&self->sessions);
  g_clear_object (&self->audit);

  G_OBJECT_CLASS (confabd_api_sessions_parent_class)->finalize (object);
}

static void
confabd_api_sessions_class_init (ConfabdApiSessionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_sessions_finalize;
}

static void
confabd_api_sessions_init (ConfabdApiSessions *self)
{
}

/**
 * confabd_api_sessions_new:
 * @sessions: who is signed in where
 * @audit: where it is written down that they are not any more
 *
 * Returns: (transfer full): the group
 */
ConfabdApiSessions *
confabd_api_sessions_new (ConfabdSessions *sessions, ConfabdAudit *audit)
{
  ConfabdApiSessions *self = g_object_new (CONFABD_TYPE_API_SESSIONS, NULL);

  self->sessions = g_object_ref (sessions);
  self->audit = g_object_ref (audit);
  return self;
}

/**
 * confabd_api_sessions_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_sessions_add_routes (ConfabdApiSessions *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
