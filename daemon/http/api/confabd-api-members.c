/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-members"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confabd-api-members.h"
#include "confabd-sign-in-reply.h"
#include "confabd-telegram.h"

#define MAX_PASSWORD_CHARS  4096 /* the rules say how long one may be, in their own words */
#define MAX_TOKEN_CHARS     64
#define MAX_INIT_DATA_CHARS 8192

/*
 * /api/v1/auth: how people with an account come in, and what they do about their passwords.
 */
struct _ConfabdApiMembers {
  GObject parent_instance;

  ConfabdMembers *members; /* (owned) */
  ConfabdPeople *people;   /* (owned) */
  ConfabClock *clock;      /* (owned) */
  GBytes *telegram_token;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiMembers, confabd_api_members, G_TYPE_OBJECT)

static gboolean
get_text (ConfabMessage *body,
          const char *name,
          ConfabFieldPresence presence,
          gsize max_chars,
          const char **value,
          GError **error)
{
  return confab_message_get_string (body, name, presence, max_chars, value, error);
}

static char *
dup_address (ConfabdRequest *request)
{
  GInetAddress *address = confabd_request_get_address (request);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

/* Takes @grant over. */
static void
answer (ConfabdRequest *request, guint status, ConfabdGrant *grant, const GError *error)
{
  if (grant == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_sign_in_reply_send (request, status, grant);
  confabd_grant_free (grant);
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

/* Signing in */

static void
on_logged_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = confabd_members_log_in_finish (CONFABD_MEMBERS (source), result, &error);

  answer (request, SOUP_STATUS_OK, grant, error);
}

static void
handle_log_in (ConfabdRequest *request, gpointer api)
{
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_auto (ConfabdSignIn) sign_in = { 0 };
  g_autofree char *key = confabd_request_dup_address_key (request);
  g_autoptr (GError) error = NULL;
  const char *login = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !get_text (body, "login_name", CONFAB_FIELD_REQUIRED, CONFAB_LIMIT_EMAIL_CHARS, &login,
                 &error) ||
      !get_text (body, "password", CONFAB_FIELD_REQUIRED, MAX_PASSWORD_CHARS, &password, &error) ||
      !confabd_sign_in_read (request, body, &sign_in, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_log_in_async (self->members, login, password, key, &sign_in.session, on_logged_in,
                                g_object_ref (request));
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = confabd_members_register_finish (CONFABD_MEMBERS (source), result, &error);

  answer (request, SOUP_STATUS_CREATED, grant, error);
}

static gboolean
read_form (ConfabMessage *body, ConfabdRegistrationForm *form, GError **error)
{
  return get_text (body, "login_name", CONFAB_FIELD_REQUIRED, CONFAB_LIMIT_NAME_CHARS,
                   &form->login_name, error) &&
         get_text (body, "password", CONFAB_FIELD_REQUIRED, MAX_PASSWORD_CHARS, &form->password,
                   error) &&
         get_text (body, "display_name", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_NAME_CHARS,
                   &form->display_name, error) &&
         get_text (body, "email", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_EMAIL_CHARS, &form->email,
                   error) &&
         get_text (body, "invite", CONFAB_FIELD_OPTIONAL, MAX_TOKEN_CHARS, &form->invite, error) &&
         get_text (body, "time_zone", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_NAME_CHARS,
                   &form->time_zone, error) &&
         get_text (body, "locale", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_NAME_CHARS, &form->locale,
                   error);
}

static void
handle_register (ConfabdRequest *request, gpointer api)
{
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_auto (ConfabdSignIn) sign_in = { 0 };
  g_autoptr (GError) error = NULL;
  ConfabdRegistrationForm form = { 0 };

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_form (body, &form, &error) ||
      !confabd_sign_in_read (request, body, &sign_in, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_register_async (self->members, &form, &sign_in.session, on_registered,
                                  g_object_ref (request));
}

static void
on_telegram (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = confabd_members_telegram_finish (CONFABD_MEMBERS (source), result, &error);

  answer (request, SOUP_STATUS_OK, grant, error);
}

static ConfabdTelegramProof *
read_proof (ConfabdApiMembers *self,
            ConfabMessage *body,
            const char *address,
            const char **invite,
            GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  ConfabdTelegramProof *proof = NULL;
  const char *init_data = NULL;

  if (!get_text (body, "init_data", CONFAB_FIELD_REQUIRED, MAX_INIT_DATA_CHARS, &init_data,
                 error) ||
      !get_text (body, "invite", CONFAB_FIELD_OPTIONAL, MAX_TOKEN_CHARS, invite, error)) {
    return NULL;
  }
  proof = confabd_telegram_check (init_data, self->telegram_token, now, error);
  if (proof == NULL) {
    confabd_members_note_refused (self->members, "telegram", address);
  }
  return proof;
}

static void
handle_telegram (ConfabdRequest *request, gpointer api)
{
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_auto (ConfabdSignIn) sign_in = { 0 };
  g_autoptr (ConfabdTelegramProof) proof = NULL;
  g_autofree char *address = dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *invite = NULL;

  if (self->telegram_token == NULL) {
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "Nobody signs in with Telegram here");
    return;
  }
  body = confabd_request_read_body (request, &error);
  proof = body != NULL ? read_proof (self, body, address, &invite, &error) : NULL;
  if (proof == NULL || !confabd_sign_in_read (request, body, &sign_in, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_telegram_async (self->members, &proof->sign_in, invite, &sign_in.session,
                                  on_telegram, g_object_ref (request));
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
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *old_password = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !get_text (body, "old_password", CONFAB_FIELD_REQUIRED, MAX_PASSWORD_CHARS, &old_password,
                 &error) ||
      !get_text (body, "password", CONFAB_FIELD_REQUIRED, MAX_PASSWORD_CHARS, &password, &error)) {
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
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (ConfabMessage) nothing = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *login = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !get_text (body, "login_name", CONFAB_FIELD_REQUIRED,
                                 CONFAB_LIMIT_EMAIL_CHARS, &login, &error)) {
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
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *token = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !get_text (body, "token", CONFAB_FIELD_REQUIRED, MAX_TOKEN_CHARS, &token, &error) ||
      !get_text (body, "password", CONFAB_FIELD_REQUIRED, MAX_PASSWORD_CHARS, &password, &error)) {
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
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *address = dup_address (request);
  g_autoptr (GError) error = NULL;
  const char *token = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL ||
      !get_text (body, "token", CONFAB_FIELD_REQUIRED, MAX_TOKEN_CHARS, &token, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_members_verify_email_async (self->members, token, address, on_verified,
                                      g_object_ref (request));
}

typedef struct {
  ConfabdApiMembers *api;  /* (owned) */
  ConfabdRequest *request; /* (owned) */
} Pending;

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (ConfabdApiMembers) self = pending->api;
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
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (api);
  Pending *pending = g_new0 (Pending, 1);

  pending->api = g_object_ref (self);
  pending->request = g_object_ref (request);
  confabd_people_get_async (self->people, confab_user_get_id (confabd_request_get_user (request)),
                            on_got, pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/auth/login",           CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_log_in },
  { "POST", "/api/v1/auth/register",        CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_REGISTER, handle_register },
  { "POST", "/api/v1/auth/telegram",        CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_telegram },
  { "POST", "/api/v1/auth/password/forgot", CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LETTER,   handle_forgot },
  { "POST", "/api/v1/auth/password/reset",  CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_reset },
  { "POST", "/api/v1/auth/email/verify",    CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_verify },
  { "POST", "/api/v1/auth/email/send",      CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_LETTER,   handle_send },
  { "POST", "/api/v1/users/me/password",    CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_LOG_IN,   handle_change_password },
};
/* clang-format on */

static void
confabd_api_members_finalize (GObject *object)
{
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (object);

  g_clear_object (&self->members);
  g_clear_object (&self->people);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->telegram_token, g_bytes_unref);

  G_OBJECT_CLASS (confabd_api_members_parent_class)->finalize (object);
}

static void
confabd_api_members_class_init (ConfabdApiMembersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_members_finalize;
}

static void
confabd_api_members_init (ConfabdApiMembers *self)
{
}

/**
 * confabd_api_members_new:
 * @members: how people come in
 * @people: who they are
 * @clock: what proofs are as old by
 * @telegram_token: (nullable): of the bot whose proofs are believed
 *
 * Returns: (transfer full): the group
 */
ConfabdApiMembers *
confabd_api_members_new (ConfabdMembers *members,
                         ConfabdPeople *people,
                         ConfabClock *clock,
                         GBytes *telegram_token)
{
  ConfabdApiMembers *self = g_object_new (CONFABD_TYPE_API_MEMBERS, NULL);

  self->members = g_object_ref (members);
  self->people = g_object_ref (people);
  self->clock = g_object_ref (clock);
  self->telegram_token = telegram_token != NULL ? g_bytes_ref (telegram_token) : NULL;
  return self;
}

/**
 * confabd_api_members_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_members_add_routes (ConfabdApiMembers *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
