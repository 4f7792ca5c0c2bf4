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
 * /api/v1/auth: how people with an account come in.
 */
struct _ConfabdApiMembers {
  GObject parent_instance;

  ConfabdMembers *members; /* (owned) */
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
  g_autofree char *address = confabd_request_dup_address (request);
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

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/auth/login",           CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_log_in },
  { "POST", "/api/v1/auth/register",        CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_REGISTER, handle_register },
  { "POST", "/api/v1/auth/telegram",        CONFAB_PERMISSION_PUBLIC,         CONFABD_LIMIT_LOG_IN,   handle_telegram },
};
/* clang-format on */

static void
confabd_api_members_finalize (GObject *object)
{
  ConfabdApiMembers *self = CONFABD_API_MEMBERS (object);

  g_clear_object (&self->members);
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
 * @clock: what proofs are as old by
 * @telegram_token: (nullable): of the bot whose proofs are believed
 *
 * Returns: (transfer full): the group
 */
ConfabdApiMembers *
confabd_api_members_new (ConfabdMembers *members, ConfabClock *clock, GBytes *telegram_token)
{
  ConfabdApiMembers *self = g_object_new (CONFABD_TYPE_API_MEMBERS, NULL);

  self->members = g_object_ref (members);
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
