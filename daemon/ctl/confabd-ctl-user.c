/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-config-database.h"
#include "confabd-config-server.h"
#include "confabd-ctl.h"
#include "confabd-profile-rules.h"
#include "confabd-store-letters.h"
#include "confabd-store-people.h"
#include "confabd-store-registration.h"
#include "confabd-store-users.h"

/* confabctl user: accounts. Works while the daemon runs. No password ever stands on a command line:
 * who is added gets a link to set one. */

#define RESET_HOURS 1
#define LIST_LIMIT  1000

typedef struct {
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  GDateTime *now;            /* (owned) */
} Session;

static void
session_clear (Session *self)
{
  g_clear_object (&self->store);
  g_clear_object (&self->database);
  g_clear_pointer (&self->now, g_date_time_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)

static gboolean
session_open (Session *self, ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();

  self->now = confab_clock_dup_now (clock);
  self->database = confabd_database_open (confabd_config_get_database (ctl->config)->url,
                                          CONFABD_DATABASE_LOOK, error);
  self->store = self->database != NULL ? confabd_store_attach (self->database, clock, error) : NULL;
  return self->store != NULL;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
}

static gboolean
write_down (Session *self, ConfabdAuditAction action, const char *target, GError **error)
{
  const ConfabdAuditFacts facts = { .action = action,
                                    .actor = g_get_user_name (),
                                    .target = target,
                                    .is_success = TRUE,
                                    .detail = "confabctl user" };

  return confabd_audit_chain_append_sync (self->database, &facts, g_get_real_time (), error);
}

static const char *
id_of (ConfabProfile *profile)
{
  return confab_user_get_id (confab_profile_get_user (profile));
}

static ConfabProfile *
find (Session *self, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdAccount) account = NULL;
  GError *local_error = NULL;

  confabd_store_find_user_async (self->store, CONFABD_USER_BY_LOGIN, name, NULL, on_result,
                                 &result);
  wait_for (&result);
  account = confabd_store_find_user_finish (self->store, result, &local_error);
  if (account != NULL) {
    return confab_profile_ref (account->profile);
  }
  if (local_error == NULL) {
    g_set_error (&local_error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no user “%s”", name);
  }
  g_propagate_error (error, local_error);
  return NULL;
}

/* Showing */

static void
add_profile (JsonBuilder *builder, ConfabProfile *profile)
{
  ConfabUser *user = confab_profile_get_user (profile);
  const ConfabProfileFields *f = confab_profile_get_fields (profile);
  g_autofree char *created_at = confab_time_format (confab_user_get_created_at (user));

  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "id", confab_user_get_id (user));
  confabd_ctl_add_string (builder, "login_name", f->login_name != NULL ? f->login_name : "");
  confabd_ctl_add_string (builder, "display_name", confab_user_get_display_name (user));
  confabd_ctl_add_string (builder, "role",
                          confab_user_role_to_string (confab_user_get_role (user)));
  confabd_ctl_add_string (builder, "created_at", created_at);
  json_builder_set_member_name (builder, "disabled");
  json_builder_add_boolean_value (builder, f->disabled_at != NULL);
  json_builder_end_object (builder);
}

static void
print_profile (ConfabdCtl *ctl, ConfabProfile *profile)
{
  ConfabUser *user = confab_profile_get_user (profile);
  const ConfabProfileFields *f = confab_profile_get_fields (profile);
  g_autoptr (JsonBuilder) builder = NULL;

  if (ctl->as_json) {
    builder = json_builder_new ();
    add_profile (builder, profile);
    confabd_ctl_print_json (builder);
    return;
  }
  g_print ("%s  %-20s %-8s %s%s\n", confab_user_get_id (user),
           f->login_name != NULL ? f->login_name : "-",
           confab_user_role_to_string (confab_user_get_role (user)),
           confab_user_get_display_name (user), f->disabled_at != NULL ? "  (disabled)" : "");
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  const ConfabdUserQuery query = { .prefix = "", .limit = LIST_LIMIT, .with_disabled = TRUE };
  g_auto (Session) session = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdUserPage) page = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!confabd_ctl_parse (ctl, NULL, 0, error) || !session_open (&session, ctl, error)) {
    return FALSE;
  }
  confabd_store_search_users_async (session.store, &query, NULL, on_result, &result);
  wait_for (&result);
  page = confabd_store_search_users_finish (session.store, result, error);
  if (page == NULL) {
    return FALSE;
  }
  json_builder_begin_array (builder);
  for (guint i = 0; i < page->profiles->len; i++) {
    if (ctl->as_json) {
      add_profile (builder, page->profiles->pdata[i]);
    } else {
      print_profile (ctl, page->profiles->pdata[i]);
    }
  }
  json_builder_end_array (builder);
  if (ctl->as_json) {
    confabd_ctl_print_json (builder);
  }
  return TRUE;
}

static gboolean
run_show (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error) || !session_open (&session, ctl, error)) {
    return FALSE;
  }
  profile = find (&session, ctl->arguments[1], error);
  if (profile != NULL) {
    print_profile (ctl, profile);
  }
  return profile != NULL;
}

/* Links */

/* label: "link" or "secret" */
static void
print_secret (ConfabdCtl *ctl, const char *label, const char *secret)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("%s\n", secret);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, label, secret);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
print_reset_link (Session *self, ConfabdCtl *ctl, ConfabProfile *profile, GError **error)
{
  const char *base_url = confabd_config_get_server (ctl->config)->base_url;
  g_autofree char *token = confab_secret_new ();
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  g_autofree char *link =
      g_strdup_printf ("%s/account#reset=%s", base_url != NULL ? base_url : "", token);
  g_autoptr (GDateTime) expires_at = g_date_time_add_hours (self->now, RESET_HOURS);
  const ConfabdLetterProof proof = {
    .purpose = CONFABD_LETTER_RESET,
    .hash = hash,
    .user_id = id_of (profile),
    .created_at = self->now,
    .expires_at = expires_at,
  };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_letter_async (self->store, &proof, NULL, on_result, &result);
  wait_for (&result);
  if (!confabd_store_add_letter_finish (self->store, result, error)) {
    return FALSE;
  }
  print_secret (ctl, "link", link);
  return TRUE;
}

static gboolean
run_reset_link (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error) || !session_open (&session, ctl, error)) {
    return FALSE;
  }
  profile = find (&session, ctl->arguments[1], error);
  return profile != NULL &&
         write_down (&session, CONFABD_AUDIT_PASSWORD_RESET, id_of (profile), error) &&
         print_reset_link (&session, ctl, profile, error);
}

static gboolean
read_role (const char *name, ConfabUserRole *role, GError **error)
{
  if (confab_user_role_from_string (name, role) && *role != CONFAB_USER_ROLE_GUEST) {
    return TRUE;
  }
  g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0, "A role is member, admin or owner, not “%s”",
               name);
  return FALSE;
}

/* Adding and changing */

static ConfabProfile *
add (Session *self, const char *name, const char *display_name, ConfabUserRole role, GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (ConfabUser) user =
      confab_user_new (id, display_name != NULL ? display_name : name, role, self->now);
  const ConfabProfileFields fields = { .login_name = name };
  g_autoptr (ConfabProfile) profile = confab_profile_new (user, &fields);
  g_autoptr (GAsyncResult) result = NULL;

  if (!confabd_profile_check_login_name (name, error)) {
    return NULL;
  }
  confabd_store_add_user_async (self->store, profile, NULL, NULL, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_add_user_finish (self->store, result, error);
}

static gboolean
run_add (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *role_name = NULL;
  g_autofree char *display_name = NULL;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role_name, NULL, NULL },
    { "display-name", 0, 0, G_OPTION_ARG_STRING, &display_name, NULL, NULL },
    { NULL },
  };
  g_auto (Session) session = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;
  ConfabUserRole role = CONFAB_USER_ROLE_MEMBER;

  if (!confabd_ctl_parse (ctl, entries, 1, error) ||
      (role_name != NULL && !read_role (role_name, &role, error)) ||
      !session_open (&session, ctl, error)) {
    return FALSE;
  }
  profile = add (&session, ctl->arguments[1], display_name, role, error);
  return profile != NULL &&
         write_down (&session, CONFABD_AUDIT_REGISTERED, id_of (profile), error) &&
         print_reset_link (&session, ctl, profile, error);
}

static gboolean
change (ConfabdCtl *ctl,
        Session *session,
        const ConfabdUserChange *change,
        ConfabdAuditAction action,
        GError **error)
{
  g_autoptr (ConfabProfile) profile = find (session, ctl->arguments[1], error);
  g_autoptr (ConfabProfile) changed = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (profile == NULL) {
    return FALSE;
  }
  confabd_store_change_user_async (session->store, id_of (profile), change, session->now, NULL,
                                   on_result, &result);
  wait_for (&result);
  changed = confabd_store_change_user_finish (session->store, result, error);
  if (changed == NULL || !write_down (session, action, id_of (profile), error)) {
    return FALSE;
  }
  print_profile (ctl, changed);
  return TRUE;
}

static gboolean
run_role (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  ConfabdUserChange role = { .members = CONFABD_USER_ROLE };

  return confabd_ctl_parse (ctl, NULL, 2, error) &&
         read_role (ctl->arguments[2], &role.role, error) && session_open (&session, ctl, error) &&
         change (ctl, &session, &role, CONFABD_AUDIT_ROLE_CHANGED, error);
}

static gboolean
run_disable (ConfabdCtl *ctl, GError **error)
{
  const ConfabdUserChange disabled = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_auto (Session) session = { NULL };

  return confabd_ctl_parse (ctl, NULL, 1, error) && session_open (&session, ctl, error) &&
         change (ctl, &session, &disabled, CONFABD_AUDIT_USER_DISABLED, error);
}

static gboolean
run_enable (ConfabdCtl *ctl, GError **error)
{
  const ConfabdUserChange enabled = { .members = CONFABD_USER_DISABLED };
  g_auto (Session) session = { NULL };

  return confabd_ctl_parse (ctl, NULL, 1, error) && session_open (&session, ctl, error) &&
         change (ctl, &session, &enabled, CONFABD_AUDIT_USER_ENABLED, error);
}

static gboolean
run_delete (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error) || !session_open (&session, ctl, error)) {
    return FALSE;
  }
  profile = find (&session, ctl->arguments[1], error);
  if (profile == NULL) {
    return FALSE;
  }
  confabd_store_delete_user_async (session.store, id_of (profile), session.now, NULL, on_result,
                                   &result);
  wait_for (&result);
  return confabd_store_delete_user_finish (session.store, result, error) &&
         write_down (&session, CONFABD_AUDIT_USER_DELETED, id_of (profile), error);
}

/* Inviting */

static gboolean
run_invite (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *role_name = NULL;
  int uses = 1;
  int days = 7;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role_name, NULL, NULL },
    { "uses", 0, 0, G_OPTION_ARG_INT, &uses, NULL, NULL },
    { "days", 0, 0, G_OPTION_ARG_INT, &days, NULL, NULL },
    { NULL },
  };
  g_auto (Session) session = { NULL };
  g_autofree char *secret = confab_secret_new ();
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
  g_autoptr (ConfabdRegistrationInvite) kept = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  ConfabdRegistrationInvite *invite = NULL;
  ConfabUserRole role = CONFAB_USER_ROLE_MEMBER;

  if (!confabd_ctl_parse (ctl, entries, 0, error) ||
      (role_name != NULL && !read_role (role_name, &role, error))) {
    return FALSE;
  }
  if (role == CONFAB_USER_ROLE_OWNER || uses < 1 || days < 1 || days > 3650) {
    g_set_error_literal (error, CONFABD_CTL_USAGE_ERROR, 0,
                         "A member or an admin is invited, once or more often, for 1 to 3650 days");
    return FALSE;
  }
  if (!session_open (&session, ctl, error)) {
    return FALSE;
  }
  invite = g_new0 (ConfabdRegistrationInvite, 1);
  invite->id = confab_id_new ();
  invite->role = role;
  invite->uses_left = uses;
  invite->created_at = g_date_time_ref (session.now);
  invite->expires_at = g_date_time_add_days (session.now, days);
  confabd_store_add_registration_invite_async (session.store, invite, hash, NULL, on_result,
                                               &result);
  wait_for (&result);
  kept = confabd_store_add_registration_invite_finish (session.store, result, error);
  if (kept == NULL || !write_down (&session, CONFABD_AUDIT_INVITE_CREATED, kept->id, error)) {
    return FALSE;
  }
  print_secret (ctl, "invite", secret);
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_user_commands[] = {
  { "user", "add", "NAME [--role ROLE] [--display-name NAME]",
    "Make an account, and print a link to set its password within an hour", run_add },
  { "user", "list", "", "List the accounts", run_list },
  { "user", "show", "NAME", "Show one", run_show },
  { "user", "role", "NAME ROLE", "Make somebody a member, an admin, or the owner", run_role },
  { "user", "disable", "NAME", "Keep somebody from signing in and from staying signed in",
    run_disable },
  { "user", "enable", "NAME", "Let them sign in again", run_enable },
  { "user", "delete", "NAME", "Delete somebody; the calls of others stay", run_delete },
  { "user", "reset-link", "NAME", "Print a link to set another password within an hour",
    run_reset_link },
  { "user", "invite", "[--role ROLE] [--uses N] [--days N]",
    "Print the secret of an invitation to make an account", run_invite },
  { NULL },
};
