/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-people"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-api-people.h"
#include "confabd-cookies.h"
#include "confabd-export-message.h"
#include "confabd-page.h"

#define MAX_PASSWORD_CHARS 4096

/*
 * /api/v1/users: oneself, and others.
 */
struct _ConfabdApiPeople {
  GObject parent_instance;

  ConfabdPeople *people;   /* (owned) */
  ConfabdMembers *members; /* (owned) */
  gboolean is_exporting;
};

/* A change of one's profile on its way. */
typedef struct {
  ConfabdApiPeople *api;   /* (owned) */
  ConfabdRequest *request; /* (owned) */
  gboolean has_new_email;
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdApiPeople, confabd_api_people, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->api);
  g_object_unref (pending->request);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
reply_own (ConfabdRequest *request, ConfabProfile *profile)
{
  g_autoptr (ConfabMessage) body = confab_profile_to_message (profile, CONFAB_PROFILE_VIEW_OWN);

  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

/* A guest, or whom the bus vouches for before anything of theirs is kept. */
static void
reply_unkept (ConfabdRequest *request)
{
  g_autoptr (ConfabMessage) body = confab_user_to_message (confabd_request_get_user (request));

  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_people_get_finish (CONFABD_PEOPLE (source), result, &error);
  ConfabUser *user = confabd_request_get_user (request);

  if (profile != NULL) {
    reply_own (request, profile);
  } else if (confab_user_get_role (user) == CONFAB_USER_ROLE_GUEST &&
             g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND)) {
    reply_unkept (request);
  } else {
    confabd_request_fail (request, error);
  }
}

static void
handle_get (ConfabdRequest *request, gpointer api)
{
  ConfabdApiPeople *self = CONFABD_API_PEOPLE (api);

  confabd_people_get_async (self->people, confab_user_get_id (confabd_request_get_user (request)),
                            on_got, g_object_ref (request));
}

/* Changing */

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_people_change_finish (CONFABD_PEOPLE (source), result, &error);

  if (profile == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  if (pending->has_new_email && confab_profile_get_fields (profile)->email != NULL) {
    confabd_members_send_verification (pending->api->members, profile);
  }
  reply_own (pending->request, profile);
}

static const struct {
  const char *name;
  ConfabdUserMembers member;
  gsize offset;
  gsize max_chars;
} change_rows[] = {
  { "display_name", CONFABD_USER_DISPLAY_NAME, G_STRUCT_OFFSET (ConfabdUserChange, display_name),
    CONFAB_LIMIT_NAME_CHARS },
  { "email", CONFABD_USER_EMAIL, G_STRUCT_OFFSET (ConfabdUserChange, email),
    CONFAB_LIMIT_EMAIL_CHARS },
  { "avatar_url", CONFABD_USER_AVATAR_URL, G_STRUCT_OFFSET (ConfabdUserChange, avatar_url),
    CONFAB_LIMIT_URL_CHARS },
  { "time_zone", CONFABD_USER_TIME_ZONE, G_STRUCT_OFFSET (ConfabdUserChange, time_zone),
    CONFAB_LIMIT_NAME_CHARS },
  { "locale", CONFABD_USER_LOCALE, G_STRUCT_OFFSET (ConfabdUserChange, locale),
    CONFAB_LIMIT_NAME_CHARS },
};

/* What is not there stays as it is; what is null is taken away (RFC 7396). */
static gboolean
read_change (ConfabMessage *body, ConfabdUserChange *change, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (change_rows); i++) {
    const char **text = G_STRUCT_MEMBER_P (change, change_rows[i].offset);

    if (!confab_message_get_string (body, change_rows[i].name, CONFAB_FIELD_OPTIONAL,
                                    change_rows[i].max_chars, text, error)) {
      return FALSE;
    }
    if (confab_message_has (body, change_rows[i].name) ||
        confab_message_is_null (body, change_rows[i].name)) {
      change->members |= change_rows[i].member;
    }
  }
  return TRUE;
}

static void
handle_patch (ConfabdRequest *request, gpointer api)
{
  ConfabdApiPeople *self = CONFABD_API_PEOPLE (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdUserChange change = { 0 };
  Pending *pending = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_change (body, &change, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->api = g_object_ref (self);
  pending->request = g_object_ref (request);
  pending->has_new_email = (change.members & CONFABD_USER_EMAIL) != 0;
  confabd_people_change_async (self->people, confabd_request_get_principal (request), &change,
                               on_changed, pending);
}

/* Leaving */

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;

  if (!confabd_people_delete_finish (CONFABD_PEOPLE (source), result, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  if (confabd_cookies_are_sent (request)) {
    confabd_cookies_clear (request);
  }
  confabd_request_reply (request, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
handle_delete (ConfabdRequest *request, gpointer api)
{
  ConfabdApiPeople *self = CONFABD_API_PEOPLE (api);
  g_autoptr (ConfabMessage) body = NULL;
  g_autoptr (GError) error = NULL;
  const char *password = NULL;

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !confab_message_get_string (body, "password", CONFAB_FIELD_OPTIONAL,
                                                  MAX_PASSWORD_CHARS, &password, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_people_delete_async (self->people, confabd_request_get_principal (request), password,
                               on_deleted, g_object_ref (request));
}

/* All that is kept: a lot, so that one is enough at a time */

/* An export on its way. */
typedef struct {
  ConfabdApiPeople *api;   /* (owned) */
  ConfabdRequest *request; /* (owned) */
} Export;

static void
export_free (Export *export_)
{
  export_->api->is_exporting = FALSE;
  g_object_unref (export_->api);
  g_object_unref (export_->request);
  g_free (export_);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export_ = user_data;
  g_autoptr (ConfabMessage) body = confabd_export_to_message_finish (result);

  confabd_request_set_header (export_->request, "Content-Disposition",
                              "attachment; filename=\"confab-export.json\"");
  confabd_request_reply (export_->request, SOUP_STATUS_OK, body);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export_ = user_data;
  g_autoptr (GError) error = NULL;
  ConfabdExport *found = confabd_people_export_finish (CONFABD_PEOPLE (source), result, &error);

  if (found == NULL) {
    confabd_request_fail (export_->request, error);
    return;
  }
  confabd_export_to_message_async (found, on_written, g_steal_pointer (&export_));
}

static void
handle_export (ConfabdRequest *request, gpointer api)
{
  ConfabdApiPeople *self = CONFABD_API_PEOPLE (api);
  g_autoptr (GError) error = NULL;
  Export *export_ = NULL;

  if (self->is_exporting) {
    error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                                 "Another export is being made");
    confabd_request_fail (request, error);
    return;
  }
  self->is_exporting = TRUE;
  export_ = g_new0 (Export, 1);
  export_->api = g_object_ref (self);
  export_->request = g_object_ref (request);
  confabd_people_export_async (self->people, confabd_request_get_principal (request), on_exported,
                               export_);
}

/* Others */

static void
reply_page (ConfabdRequest *request,
            ConfabdUserPage *page,
            gboolean is_administrator,
            const GError *error)
{
  g_autoptr (ConfabdUserPage) owned = page;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autofree char *cursor = NULL;
  GPtrArray *items = NULL;

  if (page == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  items = g_ptr_array_new_full (page->profiles->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < page->profiles->len; i++) {
    g_ptr_array_add (items,
                     confab_profile_to_message (page->profiles->pdata[i],
                                                is_administrator ? CONFAB_PROFILE_VIEW_ADMINISTRATOR
                                                                 : CONFAB_PROFILE_VIEW_OTHERS));
  }
  if (page->next_id != NULL) {
    cursor =
        confabd_page_make_cursor ((const char *const[]){ page->next_name, page->next_id, NULL });
  }
  confab_message_take_list (body, "items", items);
  confab_message_set_string (body, "next_cursor", cursor);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  ConfabdUserPage *page = confabd_people_search_finish (CONFABD_PEOPLE (source), result, &error);

  reply_page (request, page, FALSE, error);
}

static void
on_searched_by_administrator (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  ConfabdUserPage *page = confabd_people_search_finish (CONFABD_PEOPLE (source), result, &error);

  reply_page (request, page, TRUE, error);
}

/**
 * confabd_api_people_search:
 * @request: with “query”, “limit” and “cursor”
 * @people: where to look
 * @is_administrator: whether whoever asks sees everybody, also without a query, and all of a
 * profile
 *
 * Answers with a page of users.
 */
void
confabd_api_people_search (ConfabdRequest *request,
                           ConfabdPeople *people,
                           gboolean is_administrator)
{
  g_autofree char *text = confabd_request_dup_query (request, "query");
  g_auto (ConfabdPage) page = { 0 };
  g_autoptr (GError) error = NULL;
  ConfabdUserQuery query = { .prefix = text != NULL ? text : "",
                             .with_disabled = is_administrator };
  glong n_least = is_administrator ? 0 : 1;
  glong n_chars = g_utf8_strlen (query.prefix, -1);

  if (confabd_page_read (request, 2, &page, &error) &&
      (n_chars < n_least || n_chars > CONFAB_LIMIT_NAME_CHARS)) {
    g_set_error (&error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "“query” has %ld to %d characters",
                 n_least, CONFAB_LIMIT_NAME_CHARS);
  }
  if (error != NULL) {
    confabd_request_fail (request, error);
    return;
  }
  query.limit = page.limit;
  query.after_name = page.parts != NULL ? page.parts[0] : NULL;
  query.after_id = page.parts != NULL ? page.parts[1] : NULL;
  confabd_people_search_async (people, &query,
                               is_administrator ? on_searched_by_administrator : on_searched,
                               g_object_ref (request));
}

static void
handle_search (ConfabdRequest *request, gpointer api)
{
  confabd_api_people_search (request, CONFABD_API_PEOPLE (api)->people, FALSE);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET",    "/api/v1/users",           CONFAB_PERMISSION_SEARCH_USERS,   CONFABD_LIMIT_SIGNED_IN, handle_search },
  { "GET",    "/api/v1/users/me",        CONFAB_PERMISSION_READ_PROFILE,   CONFABD_LIMIT_SIGNED_IN, handle_get },
  { "PATCH",  "/api/v1/users/me",        CONFAB_PERMISSION_MANAGE_PROFILE, CONFABD_LIMIT_SIGNED_IN, handle_patch },
  { "DELETE", "/api/v1/users/me",        CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_LOG_IN,    handle_delete },
  { "GET",    "/api/v1/users/me/export", CONFAB_PERMISSION_MANAGE_ACCOUNT, CONFABD_LIMIT_SIGNED_IN, handle_export },
};
/* clang-format on */

static void
confabd_api_people_finalize (GObject *object)
{
  ConfabdApiPeople *self = CONFABD_API_PEOPLE (object);

  g_clear_object (&self->people);
  g_clear_object (&self->members);

  G_OBJECT_CLASS (confabd_api_people_parent_class)->finalize (object);
}

static void
confabd_api_people_class_init (ConfabdApiPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_people_finalize;
}

static void
confabd_api_people_init (ConfabdApiPeople *self)
{
}

/**
 * confabd_api_people_new:
 * @people: who they are
 * @members: who sends letters to new addresses
 *
 * Returns: (transfer full): the group
 */
ConfabdApiPeople *
confabd_api_people_new (ConfabdPeople *people, ConfabdMembers *members)
{
  ConfabdApiPeople *self = g_object_new (CONFABD_TYPE_API_PEOPLE, NULL);

  self->people = g_object_ref (people);
  self->members = g_object_ref (members);
  return self;
}

/**
 * confabd_api_people_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_people_add_routes (ConfabdApiPeople *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
