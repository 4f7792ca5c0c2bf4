/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-accounts.h"
#include "confabd-config-server.h"
#include "confabd-ctl-user-private.h"
#include "confabd-password-rules.h"
#include "confabd-passwords.h"
#include "confabd-profile-rules.h"

/* How somebody gets in: an account with a password or a link to set one, and invitations. No
 * password ever stands on a command line. */

#define MAX_PASSWORD_BYTES (CONFABD_PASSWORD_MAX_CHARS * 4)
#define MAX_INVITE_DAYS    3650
#define MAX_INVITE_USES    100000

/* label: "link" or "invite" */
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

/* Links */

static gboolean
check_base_url (ConfabdCtl *ctl, GError **error)
{
  if (confabd_config_get_server (ctl->config)->base_url != NULL) {
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                       "A link needs the address of the server: set [server] base-url, or "
                       "CONFAB_SERVER_BASE_URL");
  return FALSE;
}

static gboolean
print_reset_link (ConfabdCtlAccounts *accounts,
                  ConfabdCtl *ctl,
                  ConfabProfile *profile,
                  GError **error)
{
  const char *base_url = confabd_config_get_server (ctl->config)->base_url;
  const char *user_id = confab_user_get_id (confab_profile_get_user (profile));
  g_autofree char *token = confabd_ctl_accounts_make_reset (accounts, user_id, error);
  g_autofree char *link = NULL;

  if (token == NULL || !confabd_ctl_write_down (accounts->database, CONFABD_AUDIT_PASSWORD_RESET,
                                                user_id, "confabctl user: a link", error)) {
    return FALSE;
  }
  link = g_strdup_printf ("%s/account#reset=%s", base_url, token);
  print_secret (ctl, "link", link);
  return TRUE;
}

/* confabctl user reset-link */
gboolean
confabd_ctl_user_run_reset_link (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error) || !check_base_url (ctl, error) ||
      !confabd_ctl_accounts_open (&accounts, ctl->config, error)) {
    return FALSE;
  }
  profile = confabd_ctl_accounts_find (&accounts, ctl->arguments[1], error);
  return profile != NULL && print_reset_link (&accounts, ctl, profile, error);
}

/* Passwords */

static void
wipe (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* Fills @buffer up to the end of a line, more or less. */
static gssize
read_all (int fd, char *buffer, gsize size)
{
  gsize n_read = 0;

  while (n_read < size && memchr (buffer, '\n', n_read) == NULL) {
    gssize n = read (fd, buffer + n_read, size - n_read);

    if (n < 0 && errno != EINTR) {
      return -1;
    }
    if (n == 0) {
      break;
    }
    n_read += (gsize) MAX (n, 0);
  }
  return (gssize) n_read;
}

/* The first line, as the daemon composes what people type (RFC 8265 §4.2.2). */
static char *
dup_first_line (char *text)
{
  text[strcspn (text, "\r\n")] = '\0';
  return g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

/* Returns: (transfer full): to be wiped */
static char *
read_password (const char *path, GError **error)
{
  gboolean is_stdin = g_str_equal (path, "-");
  char buffer[MAX_PASSWORD_BYTES + 2] = { 0 };
  int fd = is_stdin ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  gssize n = fd >= 0 ? read_all (fd, buffer, sizeof buffer - 1) : -1;
  int saved_errno = errno;
  char *password = n >= 0 ? dup_first_line (buffer) : NULL;

  explicit_bzero (buffer, sizeof buffer);
  if (fd >= 0 && !is_stdin) {
    close (fd);
  }
  if (n < 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "No password from “%s”: %s", path,
                 g_strerror (saved_errno));
  } else if (password == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_WEAK_PASSWORD,
                 "The password from “%s” is not valid UTF-8", path);
  }
  return password;
}

/* Returns: (transfer full): the hash of the password in @path */
static char *
make_hash (const char *path, const char *login_name, GError **error)
{
  ConfabdPasswordCost cost;
  char *password = read_password (path, error);
  char *hash = NULL;

  if (password == NULL) {
    return NULL;
  }
  if (confabd_password_check (password, login_name, error)) {
    cost = confabd_password_cost_calibrate ();
    hash = confabd_password_hash_make (password, &cost);
    if (hash == NULL) {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                           "There is no memory to hash the password with");
    }
  }
  wipe (password);
  return hash;
}

/* Adding */

typedef struct {
  char *role_name;     /* (owned) (nullable) */
  char *display_name;  /* (owned) (nullable) */
  char *password_file; /* (owned) (nullable) */
  ConfabUserRole role;
} Addition;

static void
addition_clear (Addition *self)
{
  g_free (self->role_name);
  g_free (self->display_name);
  g_free (self->password_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Addition, addition_clear)

static gboolean
parse_addition (ConfabdCtl *ctl, Addition *addition, GError **error)
{
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &addition->role_name, NULL, NULL },
    { "display-name", 0, 0, G_OPTION_ARG_STRING, &addition->display_name, NULL, NULL },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &addition->password_file, NULL, NULL },
    { NULL },
  };

  addition->role = CONFAB_USER_ROLE_MEMBER;
  return confabd_ctl_parse (ctl, entries, 1, error) &&
         (addition->role_name == NULL ||
          confabd_ctl_user_read_role (addition->role_name, &addition->role, error));
}

static ConfabProfile *
make_profile (const char *name, const Addition *addition, GDateTime *now, GError **error)
{
  const ConfabProfileFields fields = { .login_name = name };
  const char *wanted = addition->display_name != NULL ? addition->display_name : name;
  g_autofree char *id = confab_id_new ();
  g_autofree char *display_name = NULL;
  g_autoptr (ConfabUser) user = NULL;

  if (!confabd_profile_check_login_name (name, error)) {
    return NULL;
  }
  display_name = confabd_accounts_dup_name (wanted, error);
  if (display_name == NULL) {
    return NULL;
  }
  user = confab_user_new (id, display_name, addition->role, now);
  return confab_profile_new (user, &fields);
}

static ConfabProfile *
add (ConfabdCtlAccounts *accounts, const char *name, const Addition *addition, GError **error)
{
  g_autoptr (ConfabProfile) wanted = make_profile (name, addition, accounts->now, error);
  g_autoptr (ConfabProfile) kept = NULL;
  g_autofree char *hash = NULL;

  if (wanted == NULL) {
    return NULL;
  }
  if (addition->password_file != NULL) {
    hash = make_hash (addition->password_file, name, error);
    if (hash == NULL) {
      return NULL;
    }
  }
  kept = confabd_ctl_accounts_add (accounts, wanted, hash, error);
  return kept != NULL &&
                 confabd_ctl_write_down (accounts->database, CONFABD_AUDIT_REGISTERED,
                                         confab_user_get_id (confab_profile_get_user (kept)),
                                         "confabctl user add", error)
             ? g_steal_pointer (&kept)
             : NULL;
}

static void
print_added (ConfabdCtl *ctl, ConfabProfile *profile)
{
  const char *id = confab_user_get_id (confab_profile_get_user (profile));
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("“%s” can sign in now\n", ctl->arguments[1]);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "id", id);
  confabd_ctl_add_string (builder, "login_name", ctl->arguments[1]);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

/* confabctl user add */
gboolean
confabd_ctl_user_run_add (ConfabdCtl *ctl, GError **error)
{
  g_auto (Addition) addition = { NULL };
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autoptr (ConfabProfile) profile = NULL;

  if (!parse_addition (ctl, &addition, error) ||
      (addition.password_file == NULL && !check_base_url (ctl, error)) ||
      !confabd_ctl_accounts_open (&accounts, ctl->config, error)) {
    return FALSE;
  }
  profile = add (&accounts, ctl->arguments[1], &addition, error);
  if (profile == NULL) {
    return FALSE;
  }
  if (addition.password_file == NULL) {
    return print_reset_link (&accounts, ctl, profile, error);
  }
  print_added (ctl, profile);
  return TRUE;
}

/* Inviting */

static gboolean
parse_invite (ConfabdCtl *ctl, ConfabUserRole *role, int *uses, int *days, GError **error)
{
  g_autofree char *role_name = NULL;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role_name, NULL, NULL },
    { "uses", 0, 0, G_OPTION_ARG_INT, uses, NULL, NULL },
    { "days", 0, 0, G_OPTION_ARG_INT, days, NULL, NULL },
    { NULL },
  };

  if (!confabd_ctl_parse (ctl, entries, 0, error) ||
      (role_name != NULL && !confabd_ctl_user_read_role (role_name, role, error))) {
    return FALSE;
  }
  if (*role == CONFAB_USER_ROLE_OWNER || *uses < 1 || *uses > MAX_INVITE_USES || *days < 1 ||
      *days > MAX_INVITE_DAYS) {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0,
                 "A member or an admin is invited, for 1 to %d uses and 1 to %d days",
                 MAX_INVITE_USES, MAX_INVITE_DAYS);
    return FALSE;
  }
  return TRUE;
}

static ConfabdRegistrationInvite *
make_invite (ConfabUserRole role, int uses, int days, GDateTime *now)
{
  ConfabdRegistrationInvite *invite = g_new0 (ConfabdRegistrationInvite, 1);

  invite->id = confab_id_new ();
  invite->role = role;
  invite->uses_left = uses;
  invite->created_at = g_date_time_ref (now);
  invite->expires_at = g_date_time_add_days (now, days);
  return invite;
}

/* confabctl user invite */
gboolean
confabd_ctl_user_run_invite (ConfabdCtl *ctl, GError **error)
{
  g_auto (ConfabdCtlAccounts) accounts = { NULL };
  g_autofree char *secret = confab_secret_new ();
  g_autoptr (ConfabdRegistrationInvite) kept = NULL;
  ConfabUserRole role = CONFAB_USER_ROLE_MEMBER;
  int uses = 1;
  int days = 7;

  if (!parse_invite (ctl, &role, &uses, &days, error) ||
      !confabd_ctl_accounts_open (&accounts, ctl->config, error)) {
    return FALSE;
  }
  kept = confabd_ctl_accounts_invite (&accounts, make_invite (role, uses, days, accounts.now),
                                      secret, error);
  if (kept == NULL || !confabd_ctl_write_down (accounts.database, CONFABD_AUDIT_INVITE_CREATED,
                                               kept->id, "confabctl user invite", error)) {
    return FALSE;
  }
  print_secret (ctl, "invite", secret);
  return TRUE;
}
