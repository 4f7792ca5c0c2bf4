/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-credentials"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confabd-api-credentials.h"

#define MAX_PASSWORD_CHARS 4096 /* the rules say how long one may be, in their own words */
#define MAX_TOKEN_CHARS    64

/*
 * /api/v1/auth/password, /api/v1/auth/email and /api/v1/users/me/password: what people with an
 * account do about their passwords, and about the address that helps who has forgotten one.
 */
struct _ConfabdApiCredentials {
  GObject parent_instance;

  ConfabdMembers *members; /* (owned) */
  ConfabdPeople *people;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiCredentials, confabd_api_credentials, G_TYPE_OBJECT)

static gboolean
read_text (
    ConfabMessage *body, const char *name, gsize max_chars, const char **value, GError **error)
{
  return confab_message_get_string (body, name, CONFAB_FIELD_REQUIRED, max_chars, value, error);
}

static void
answer_done (ConfabdRequest *request, gboolean is_done, const GError *error)
{
  if (!is_done) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_request_reply (request, SOUP_STATUS_NO_CONTENT, NULL);
}

/* Passwords */

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  gboolean is_done =
      confabd_members_change_password_finish (CONFABD_MEMBERS (source), result, &error);

  answer_done (request, is_done, error);
}

static void
handle_change_password (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = confabd_request_dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *old_password = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !read_text (body, "old_password", MAX_PASSWORD_CHARS, &old_password, &error) ||
      !read_text (body, "password", MAX_PASSWORD_CHARS, &password, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_change_password_async (self->members, confabd_request_get_principal (request),
                                         old_password, password, address, on_password_changed,
                                         g_object_ref (request));
}

/* The same answer at once, whoever that is. */
static void
handle_forgot (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (ConfabMessage) nothing = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *login = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_text (body, "login_name", CONFAB_LIMIT_EMAIL_CHARS, &login, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_forgot_password (self->members, login);
  confabd_request_reply (request, SOUP_STATUS_ACCEPTED, nothing);
}

static void
on_reset (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  gboolean is_done =
      confabd_members_reset_password_finish (CONFABD_MEMBERS (source), result, &error);

  answer_done (request, is_done, error);
}

static void
handle_reset (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = confabd_request_dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *token = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_text (body, "token", MAX_TOKEN_CHARS, &token, &error) ||
      !read_text (body, "password", MAX_PASSWORD_CHARS, &password, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_reset_password_async (self->members, token, password, address, on_reset,
                                        g_object_ref (request));
}

/* Addresses */

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  gboolean is_done = confabd_members_verify_email_finish (CONFABD_MEMBERS (source), result, &error);

  answer_done (request, is_done, error);
}

static void
handle_verify (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = confabd_request_dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *token = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_text (body, "token", MAX_TOKEN_CHARS, &token, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_verify_email_async (self->members, token, address, on_verified,
                                      g_object_ref (request));
}

typedef struct {
  ConfabdApiCredentials *api; /* (owned) */
  ConfabdRequest *request;    /* (owned) */
} Pending;

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (ConfabdApiCredentials) self = pending->api;
  g_autoptr (ConfabdRequest) request = pending->request;
  g_autoptr (ConfabMessage) nothing = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_people_get_finish (CONFABD_PEOPLE (source), result, &error);

  if (profile != NULL && confab_profile_get_fields (profile)->email == NULL) {
    g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "The account has no address to send a letter to");
  }
  if (error != NULL) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_send_verification (self->members, profile);
  confabd_request_reply (request, SOUP_STATUS_ACCEPTED, nothing);
}

static void
handle_send (ConfabdRequest *request, gpointer api)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (api);
  Pending *pending = g_new0 (Pending, 1);

  pending->api = g_object_ref (self);
  pending->request = g_object_ref (request);
  confabd_people_get_async (self->people, confab_user_get_id (confabd_request_get_user (request)),
                            on_got, pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/auth/password/forgot", CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LETTER,   handle_forgot },
  { "POST", "/api/v1/auth/password/reset",  CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_reset },
  { "POST", "/api/v1/auth/email/verify",    CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_verify },
  { "POST", "/api/v1/auth/email/send",      CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_LETTER,   handle_send },
  { "POST", "/api/v1/users/me/password",    CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_LOG_IN,   handle_change_password },
};
/* clang-format on */

static void
confabd_api_credentials_finalize (GObject *object)
{
  ConfabdApiCredentials *self = CONFABD_API_CREDENTIALS (object);

  g_clear_object (&self->members);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (confabd_api_credentials_parent_class)->finalize (object);
}

static void
confabd_api_credentials_class_init (ConfabdApiCredentialsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_credentials_finalize;
}

static void
confabd_api_credentials_init (ConfabdApiCredentials *self)
{
}

/**
 * confabd_api_credentials_new:
 * @members: who changes passwords and writes letters
 * @people: who knows the address of an account
 *
 * Returns: (transfer full): the group
 */
ConfabdApiCredentials *
confabd_api_credentials_new (ConfabdMembers *members, ConfabdPeople *people)
{
  ConfabdApiCredentials *self = g_object_new (CONFABD_TYPE_API_CREDENTIALS, NULL);

  self->members = g_object_ref (members);
  self->people = g_object_ref (people);
  return self;
}

/**
 * confabd_api_credentials_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_credentials_add_routes (ConfabdApiCredentials *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
