/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-admin-users"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-api-admin-users.h"
#include "confabd-api-people.h"
#include "confabd-page.h"

#define MAX_ROLE_CHARS 16
#define MAX_USES       100000

/*
 * /api/v1/admin: accounts, and invitations to make some.
 */
struct _ConfabdApiAdminUsers {
  GObject parent_instance;

  ConfabdPeople *people; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiAdminUsers, confabd_api_admin_users, G_TYPE_OBJECT)

/* Users */

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  confabd_api_people_search (request, CONFABD_API_ADMIN_USERS (api)->people, TRUE);
}

static void
on_administered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_people_administer_finish (CONFABD_PEOPLE (source), result, &error);

  if (profile == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  body = confab_profile_to_message (profile, CONFAB_PROFILE_VIEW_ADMINISTRATOR);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static gboolean
read_role (ConfabMessage *body, gboolean *is_there, ConfabUserRole *role, GError **error)
{
  const char *name = NULL;

  if (!confab_message_get_string (body, "role", CONFAB_FIELD_OPTIONAL, MAX_ROLE_CHARS, &name,
                                  error)) {
    return FALSE;
  }
  *is_there = name != NULL;
  if (name == NULL || confab_user_role_from_string (name, role)) {
    return TRUE;
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "There is no role “%s”", name);
  return FALSE;
}

static gboolean
read_change (ConfabMessage *body, ConfabdUserChange *change, GError **error)
{
  gboolean has_role = FALSE;

  if (!read_role (body, &has_role, &change->role, error) ||
      !confab_message_get_boolean (body, "disabled", CONFAB_FIELD_OPTIONAL, &change->is_disabled,
                                   error)) {
    return FALSE;
  }
  change->members = (has_role ? CONFABD_USER_ROLE : 0) |
                    (confab_message_has (body, "disabled") ? CONFABD_USER_DISABLED : 0);
  return TRUE;
}

static void
handle_patch (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAdminUsers *self = CONFABD_API_ADMIN_USERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdUserChange change = { 0 };

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_change (body, &change, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_people_administer_async (self->people, confabd_request_get_principal (request),
                                   confabd_request_get_argument (request, 0), &change,
                                   on_administered, g_object_ref (request));
}

/* Invitations to register */

static ConfabMessage *
invite_to_message (const ConfabdRegistrationInvite *invite)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_set_string (message, "id", invite->id);
  confab_message_set_string (message, "made_by", invite->made_by);
  confab_message_set_string (message, "role", confab_user_role_to_string (invite->role));
  if (invite->uses_left >= 0) {
    confab_message_set_integer (message, "uses_left", invite->uses_left);
  }
  confab_message_set_time (message, "created_at", invite->created_at);
  confab_message_set_time (message, "expires_at", invite->expires_at);
  return message;
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (ConfabMessage) body = NULL;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdRegistrationInvite) invite =
      confabd_people_invite_finish (CONFABD_PEOPLE (source), result, &secret, &error);

  if (invite == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  body = invite_to_message (invite);
  confab_message_set_string (body, "secret", secret);
  confabd_request_reply (request, SOUP_STATUS_CREATED, body);
}

static gboolean
read_invite (
    ConfabMessage *body, ConfabUserRole *role, gint64 *uses, GDateTime **expires_at, GError **error)
{
  gboolean has_role = FALSE;

  *role = CONFAB_USER_ROLE_MEMBER;
  if (!read_role (body, &has_role, role, error) ||
      !confab_message_get_integer (body, "uses", CONFAB_FIELD_OPTIONAL, 1, MAX_USES, uses, error) ||
      !confab_message_get_time (body, "expires_at", CONFAB_FIELD_OPTIONAL, expires_at, error)) {
    return FALSE;
  }
  if (!confab_message_has (body, "uses")) {
    *uses = 1;
  }
  if (*role == CONFAB_USER_ROLE_MEMBER || *role == CONFAB_USER_ROLE_ADMIN) {
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                       "Who is invited becomes “member” or “admin”");
  return FALSE;
}

static void
handle_invite (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAdminUsers *self = CONFABD_API_ADMIN_USERS (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GError) error = NULL;
  ConfabUserRole role = CONFAB_USER_ROLE_MEMBER;
  gint64 uses = 0;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_invite (body, &role, &uses, &expires_at, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_people_invite_async (self->people, confabd_request_get_principal (request), role,
                               (int) uses, expires_at, on_invited, g_object_ref (request));
}

/* A page on its way. */
typedef struct {
  ConfabdRequest *request; /* (owned) */
  guint limit;
} Pending;

static void
on_invites_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (ConfabdRequest) request = pending->request;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autofree char *cursor = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) invites =
      confabd_people_list_invites_finish (CONFABD_PEOPLE (source), result, &error);
  GPtrArray *items = NULL;

  if (invites == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  if (invites->len > pending->limit) {
    const ConfabdRegistrationInvite *last = invites->pdata[pending->limit - 1];

    cursor = confabd_page_make_cursor ((const char *const[]){ last->id, NULL });
    g_ptr_array_set_size (invites, (gint) pending->limit);
  }
  items = g_ptr_array_new_full (invites->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < invites->len; i++) {
    g_ptr_array_add (items, invite_to_message (invites->pdata[i]));
  }
  confab_message_take_list (body, "items", items);
  confab_message_set_string (body, "next_cursor", cursor);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
handle_list_invites (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAdminUsers *self = CONFABD_API_ADMIN_USERS (api);
  g_auto (ConfabdPage) page = { 0 };
  g_autoptr (GError) error = NULL;
  Pending *pending = NULL;

  if (!confabd_page_read (request, 1, &page, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->request = g_object_ref (request);
  pending->limit = page.limit;
  /* one more tells whether there is another page */
  confabd_people_list_invites_async (self->people, page.parts != NULL ? page.parts[0] : NULL,
                                     page.limit + 1, on_invites_listed, pending);
}

static void
on_invite_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;

  if (!confabd_people_revoke_invite_finish (CONFABD_PEOPLE (source), result, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_request_reply (request, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
handle_revoke_invite (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAdminUsers *self = CONFABD_API_ADMIN_USERS (api);

  confabd_people_revoke_invite_async (self->people, confabd_request_get_principal (request),
                                      confabd_request_get_argument (request, 0), on_invite_revoked,
                                      g_object_ref (request));
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET",    "/api/v1/admin/users",                     CONFAB_PERMISSION_REVIEW_USERS,     CONFABD_LIMIT_SIGNED_IN, handle_list },
  { "PATCH",  "/api/v1/admin/users/{id}",                CONFAB_PERMISSION_ADMINISTER_USERS, CONFABD_LIMIT_SIGNED_IN, handle_patch },
  { "GET",    "/api/v1/admin/registration-invites",      CONFAB_PERMISSION_REVIEW_USERS,     CONFABD_LIMIT_SIGNED_IN, handle_list_invites },
  { "POST",   "/api/v1/admin/registration-invites",      CONFAB_PERMISSION_ADMINISTER_USERS, CONFABD_LIMIT_SIGNED_IN, handle_invite },
  { "DELETE", "/api/v1/admin/registration-invites/{id}", CONFAB_PERMISSION_ADMINISTER_USERS, CONFABD_LIMIT_SIGNED_IN, handle_revoke_invite },
};
/* clang-format on */

static void
confabd_api_admin_users_finalize (GObject *object)
{
  ConfabdApiAdminUsers *self = CONFABD_API_ADMIN_USERS (object);

  g_clear_object (&self->people);

  G_OBJECT_CLASS (confabd_api_admin_users_parent_class)->finalize (object);
}

static void
confabd_api_admin_users_class_init (ConfabdApiAdminUsersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_admin_users_finalize;
}

static void
confabd_api_admin_users_init (ConfabdApiAdminUsers *self)
{
}

/**
 * confabd_api_admin_users_new:
 * @people: who they are
 *
 * Returns: (transfer full): the group
 */
ConfabdApiAdminUsers *
confabd_api_admin_users_new (ConfabdPeople *people)
{
  ConfabdApiAdminUsers *self = g_object_new (CONFABD_TYPE_API_ADMIN_USERS, NULL);

  self->people = g_object_ref (people);
  return self;
}

/**
 * confabd_api_admin_users_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_admin_users_add_routes (ConfabdApiAdminUsers *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
