/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-ctl-user-private.h"

/* confabctl user: who has an account, and what they may. Works while the daemon runs, which learns
 * within seconds that sessions have ended. */

#define PAGE 500

static const char *
id_of (ConfabProfile *profile)
{
  return confab_user_get_id (confab_profile_get_user (profile));
}

static ConfabUserRole
role_of (ConfabProfile *profile)
{
  return confab_user_get_role (confab_profile_get_user (profile));
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
  confabd_ctl_add_string (builder, "login_name", f->login_name);
  confabd_ctl_add_string (builder, "display_name", confab_user_get_display_name (user));
  confabd_ctl_add_string (builder, "role",
                          confab_user_role_to_string (confab_user_get_role (user)));
  confabd_ctl_add_string (builder, "created_at", created_at);
  json_builder_set_member_name (builder, "disabled");
  json_builder_add_boolean_value (builder, f->disabled_at != NULL);
  json_builder_end_object (builder);
}

static void
print_line (ConfabProfile *profile)
{
  ConfabUser *user = confab_profile_get_user (profile);
  const ConfabProfileFields *f = confab_profile_get_fields (profile);

  g_print ("%s  %-20s %-8s %s%s\n", confab_user_get_id (user),
           f->login_name != NULL ? f->login_name : "-",
           confab_user_role_to_string (confab_user_get_role (user)),
           confab_user_get_display_name (user), f->disabled_at != NULL ? "  (disabled)" : "");
}

static void
print_profile (ConfabdCtl *ctl, ConfabProfile *profile)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    print_line (profile);
    return;
  }
  builder = json_builder_new ();
  add_profile (builder, profile);
  confabd_ctl_print_json (builder);
}

/* builder: (nullable): NULL for lines, which are printed as they come */
static gboolean
show_pages (ConfabdCtlAccounts *accounts, JsonBuilder *builder, GError **error)
{
  ConfabdUserQuery query = { .prefix = "", .limit = PAGE, .with_disabled = TRUE };
  g_autoptr (ConfabdUserPage) page = NULL;

  do {
    ConfabdUserPage *next = confabd_ctl_accounts_search (accounts, &query, error);

    g_clear_pointer (&page, confabd_user_page_free);
    page = next;
    for (guint i = 0; page != NULL && i < page->profiles->len; i++) {
      if (builder != NULL) {
        add_profile (builder, page->profiles->pdata[i]);
      } else {
        print_line (page->profiles->pdata[i]);
      }
    }
    query.after_name = page != NULL ? page->next_name : NULL;
    query.after_id = page != NULL ? page->next_id : NULL;
  } while (query.after_id != NULL);
  return page != NULL;
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (JsonBuilder) builder = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 0, error) ||
      !confabd_ctl_accounts_open (&accounts, ctl->config, error)) {
    return FALSE;
  }
  if (!ctl->as_json) {
    return show_pages (&accounts, NULL, error);
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "users");
  json_builder_begin_array (builder);
  if (!show_pages (&accounts, builder, error)) {
    return FALSE;
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
  return TRUE;
}

static ConfabProfile *
open_and_find (ConfabdCtl *ctl, ConfabdCtlAccounts *accounts, guint n_arguments, GError **error)
{
  return confabd_ctl_parse (ctl, NULL, n_arguments, error) &&
                 confabd_ctl_accounts_open (accounts, ctl->config, error)
             ? confabd_ctl_accounts_find (accounts, ctl->arguments[1], error)
             : NULL;
}

static gboolean
run_show (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) profile = open_and_find (ctl, &accounts, 1, error);

  if (profile != NULL) {
    print_profile (ctl, profile);
  }
  return profile != NULL;
}

/* Changing */

/**
 * confabd_ctl_user_read_role:
 * @role: (out): of somebody with an account
 *
 * Returns: whether @name is such a role; else it is wrong usage
 */
gboolean
confabd_ctl_user_read_role (const char *name, ConfabUserRole *role, GError **error)
{
  if (confab_user_role_from_string (name, role) && *role != CONFAB_USER_ROLE_GUEST) {
    return TRUE;
  }
  g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0, "A role is member, admin or owner, not “%s”",
               name);
  return FALSE;
}

/* Tokens say the role for up to an hour: whose role is another one signs in anew. */
static gboolean
end_role (ConfabdCtlAccounts *accounts, const char *user_id, ConfabUserRole role, GError **error)
{
  g_autofree char *detail =
      g_strdup_printf ("confabctl user role: %s", confab_user_role_to_string (role));

  return confabd_ctl_write_down (accounts->database, CONFABD_AUDIT_ROLE_CHANGED, user_id, detail,
                                 error) &&
         confabd_ctl_accounts_sign_out (accounts, user_id, "role", error);
}

/* Of two people when there is another owner: the one before is an administrator then. */
static ConfabProfile *
change_role (ConfabdCtlAccounts *accounts,
             ConfabProfile *before,
             ConfabUserRole role,
             GError **error)
{
  const ConfabdUserChange change = { .members = CONFABD_USER_ROLE, .role = role };
  g_autofree char *owner_id = NULL;
  g_autoptr (ConfabProfile) after = NULL;

  if (role_of (before) == role) {
    return confab_profile_ref (before);
  }
  if (!confabd_ctl_accounts_find_owner (accounts, &owner_id, error)) {
    return NULL;
  }
  after = confabd_ctl_accounts_change (accounts, id_of (before), &change, error);
  if (after == NULL || !end_role (accounts, id_of (before), role, error)) {
    return NULL;
  }
  if (role == CONFAB_USER_ROLE_OWNER && owner_id != NULL &&
      !end_role (accounts, owner_id, CONFAB_USER_ROLE_ADMIN, error)) {
    return NULL;
  }
  return g_steal_pointer (&after);
}

static gboolean
run_role (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) before = NULL;
  g_autoptr (ConfabProfile) after = NULL;
  ConfabUserRole role;

  if (!confabd_ctl_parse (ctl, NULL, 2, error) ||
      !confabd_ctl_user_read_role (ctl->arguments[2], &role, error) ||
      !confabd_ctl_accounts_open (&accounts, ctl->config, error)) {
    return FALSE;
  }
  before = confabd_ctl_accounts_find (&accounts, ctl->arguments[1], error);
  after = before != NULL ? change_role (&accounts, before, role, error) : NULL;
  if (after != NULL) {
    print_profile (ctl, after);
  }
  return after != NULL;
}

/* Their API keys are worth nothing as long as they are disabled. */
static gboolean
run_disable (ConfabdCtl *ctl, GError **error)
{
  const ConfabdUserChange disabled = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) before = open_and_find (ctl, &accounts, 1, error);
  g_autoptr (ConfabProfile) after = NULL;

  if (before != NULL) {
    after = confabd_ctl_accounts_change (&accounts, id_of (before), &disabled, error);
  }
  if (after == NULL ||
      !confabd_ctl_write_down (accounts.database, CONFABD_AUDIT_USER_DISABLED, id_of (before),
                               "confabctl user disable", error) ||
      !confabd_ctl_accounts_sign_out (&accounts, id_of (before), "disabled", error)) {
    return FALSE;
  }
  print_profile (ctl, after);
  return TRUE;
}

static gboolean
run_enable (ConfabdCtl *ctl, GError **error)
{
  const ConfabdUserChange enabled = { .members = CONFABD_USER_DISABLED };
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) before = open_and_find (ctl, &accounts, 1, error);
  g_autoptr (ConfabProfile) after = NULL;

  if (before != NULL) {
    after = confabd_ctl_accounts_change (&accounts, id_of (before), &enabled, error);
  }
  if (after == NULL || !confabd_ctl_write_down (accounts.database, CONFABD_AUDIT_USER_ENABLED,
                                                id_of (before), "confabctl user enable", error)) {
    return FALSE;
  }
  print_profile (ctl, after);
  return TRUE;
}

static void
print_deleted (ConfabdCtl *ctl, ConfabProfile *profile)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("“%s” is deleted\n", ctl->arguments[1]);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "deleted", id_of (profile));
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_delete (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) profile = open_and_find (ctl, &accounts, 1, error);

  if (profile == NULL || !confabd_ctl_accounts_delete (&accounts, id_of (profile), error) ||
      !confabd_ctl_write_down (accounts.database, CONFABD_AUDIT_USER_DELETED, id_of (profile),
                               "confabctl user delete", error)) {
    return FALSE;
  }
  print_deleted (ctl, profile);
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_user_commands[] = {
  { "user", "add", "NAME [--role ROLE] [--display-name NAME] [--password-file FILE]",
    "Make an account with the password of a file, “-” for the standard input, or print a link to "
    "set one",
    confabd_ctl_user_run_add },
  { "user", "list", "", "List the accounts", run_list },
  { "user", "show", "NAME", "Show one", run_show },
  { "user", "role", "NAME ROLE", "Make somebody a member, an admin, or the owner", run_role },
  { "user", "disable", "NAME", "Sign somebody out and keep them from signing in", run_disable },
  { "user", "enable", "NAME", "Let them sign in again", run_enable },
  { "user", "delete", "NAME", "Delete somebody; the calls of others stay", run_delete },
  { "user", "reset-link", "NAME", "Print a link to set another password within an hour",
    confabd_ctl_user_run_reset_link },
  { "user", "invite", "[--role ROLE] [--uses N] [--days N]",
    "Print the secret of an invitation to make an account", confabd_ctl_user_run_invite },
  { NULL },
};
