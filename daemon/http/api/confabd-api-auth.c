/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-auth"

#include "config.h"

#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-api-auth.h"
#include "confabd-sign-in-reply.h"

/*
 * /api/v1/auth: who somebody is.
 */
struct _ConfabdApiAuth {
  GObject parent_instance;

  ConfabdAccounts *accounts; /* (owned) */
  ConfabdTickets *tickets;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiAuth, confabd_api_auth, G_TYPE_OBJECT)

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdGrant) grant =
      confabd_accounts_sign_in_guest_finish (CONFABD_ACCOUNTS (source), result, &error);

  if (grant != NULL) {
    confabd_sign_in_reply_send (request, SOUP_STATUS_CREATED, grant);
  } else {
    confabd_request_fail (request, error);
  }
}

static void
handle_guest (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAuth *self = CONFABD_API_AUTH (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_auto (ConfabdSignIn) sign_in = { 0 };
  g_autoptr (GError) error = NULL;
  const char *name = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !confab_message_get_string (body, "name", CONFAB_FIELD_REQUIRED, CONFAB_LIMIT_NAME_CHARS,
                                  &name, &error) ||
      !confabd_sign_in_read (request, body, &sign_in, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_accounts_sign_in_guest_async (self->accounts, name, NULL, on_signed_in,
                                        g_object_ref (request));
}

static void
handle_ticket (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAuth *self = CONFABD_API_AUTH (api);
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ticket =
      confabd_tickets_issue (self->tickets, confabd_request_get_principal (request),
                             confabd_request_get_family (request), &expires_at, &error);

  if (ticket == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  confab_message_set_string (body, "ticket", ticket);
  confab_message_set_time (body, "expires_at", expires_at);
  confabd_request_reply (request, SOUP_STATUS_CREATED, body);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/auth/guest",     CONFAB_PERMISSION_PUBLIC,     CONFABD_LIMIT_GUEST,     handle_guest },
  { "POST", "/api/v1/auth/ws-ticket", CONFAB_PERMISSION_JOIN_CALLS, CONFABD_LIMIT_SIGNED_IN, handle_ticket },
};
/* clang-format on */

static void
confabd_api_auth_finalize (GObject *object)
{
  ConfabdApiAuth *self = CONFABD_API_AUTH (object);

  g_clear_object (&self->accounts);
  g_clear_object (&self->tickets);

  G_OBJECT_CLASS (confabd_api_auth_parent_class)->finalize (object);
}

static void
confabd_api_auth_class_init (ConfabdApiAuthClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_auth_finalize;
}

static void
confabd_api_auth_init (ConfabdApiAuth *self)
{
}

/**
 * confabd_api_auth_new:
 * @accounts: who signs people in
 * @tickets: who lets them open a session
 *
 * Returns: (transfer full): the group
 */
ConfabdApiAuth *
confabd_api_auth_new (ConfabdAccounts *accounts, ConfabdTickets *tickets)
{
  ConfabdApiAuth *self = g_object_new (CONFABD_TYPE_API_AUTH, NULL);

  self->accounts = g_object_ref (accounts);
  self->tickets = g_object_ref (tickets);
  return self;
}

/**
 * confabd_api_auth_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_auth_add_routes (ConfabdApiAuth *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
