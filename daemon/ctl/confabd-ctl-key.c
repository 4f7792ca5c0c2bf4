/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-config-database.h"
#include "confabd-ctl.h"
#include "confabd-keys.h"

/* confabctl key: what programs show instead of a person. Works while the daemon runs, which looks a
 * key up each time it is shown. */

static ConfabdDatabase *
open_database (ConfabdCtl *ctl, GError **error)
{
  return confabd_database_open (confabd_config_get_database (ctl->config)->url,
                                CONFABD_DATABASE_LOOK, error);
}

static gpointer
run_find_user (ConfabdConnection *connection, gpointer name, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GDateTime) created_at = NULL;
  const char *id, *display_name, *role_name;
  ConfabUserRole role;
  gint64 created_us;

  if (!confabd_connection_query_one (
          connection,
          "SELECT u.id, u.display_name, u.role, u.created_at FROM users u"
          " WHERE lower(u.login_name) = lower($1) AND u.login_name IS NOT NULL",
          g_variant_new ("(s)", name), "(sssx)", &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no user “%s”",
                 (const char *) name);
    return NULL;
  }
  g_variant_get (row, "(&s&s&sx)", &id, &display_name, &role_name, &created_us);
  created_at = confab_time_from_unix_us (created_us);
  return confab_user_role_from_string (role_name, &role)
             ? confab_user_new (id, display_name, role, created_at)
             : NULL;
}

static ConfabUser *
find_user (ConfabdDatabase *database, const char *name, GError **error)
{
  const ConfabdWork work = { run_find_user, (gpointer) name, NULL, NULL };

  return confabd_database_read_sync (database, &work, error);
}

/* Does a piece of work that changes a key, and writes it down. */
static ConfabdKey *
change (ConfabdDatabase *database, ConfabdWork work, ConfabdAuditAction action, GError **error)
{
  g_autoptr (ConfabdKey) key = confabd_database_write_sync (database, &work, error);

  return key != NULL && confabd_ctl_write_down (database, action, key->id, "confabctl key", error)
             ? g_steal_pointer (&key)
             : NULL;
}

static void
add_key (JsonBuilder *builder, const ConfabdKey *key)
{
  g_autofree char *scopes = g_strjoinv (" ", key->scopes);
  g_autofree char *expires = key->expires_at != NULL ? confab_time_format (key->expires_at) : NULL;
  g_autofree char *used = key->last_used_at != NULL ? confab_time_format (key->last_used_at) : NULL;

  confabd_ctl_add_string (builder, "id", key->id);
  confabd_ctl_add_string (builder, "name", key->name);
  confabd_ctl_add_string (builder, "prefix", key->prefix);
  confabd_ctl_add_string (builder, "scopes", scopes);
  if (expires != NULL) {
    confabd_ctl_add_string (builder, "expires_at", expires);
  }
  if (used != NULL) {
    confabd_ctl_add_string (builder, "last_used_at", used);
  }
}

/* secret: (nullable) of a key that was made or rotated */
static void
print_key (ConfabdCtl *ctl, const ConfabdKey *key, const char *secret)
{
  g_autofree char *scopes = g_strjoinv (" ", key->scopes);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("%s  %s…  %s  (%s)\n", key->id, key->prefix, key->name, scopes);
    if (secret != NULL) {
      g_print ("The key, which is kept nowhere: %s\n", secret);
    }
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_key (builder, key);
  if (secret != NULL) {
    confabd_ctl_add_string (builder, "key", secret);
  }
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_create (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *name = NULL;
  g_auto (GStrv) scopes = NULL;
  int days = 0;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &scopes, NULL, NULL },
    { "days", 0, 0, G_OPTION_ARG_INT, &days, NULL, NULL },
    { NULL },
  };
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (ConfabdKey) proposal = NULL;
  g_autoptr (ConfabdKey) key = NULL;
  g_autofree char *secret = NULL;
  g_autofree char *hash = NULL;
  ConfabdKeyRequest request = { NULL };

  if (!confabd_ctl_parse (ctl, entries, 1, error)) {
    return FALSE;
  }
  if (days < 0 || days > 36500) {
    g_set_error_literal (error, CONFABD_CTL_USAGE_ERROR, 0, "--days is from 1 to 36500");
    return FALSE;
  }
  database = open_database (ctl, error);
  user = database != NULL ? find_user (database, ctl->arguments[1], error) : NULL;
  if (user == NULL) {
    return FALSE;
  }
  expires_at = days > 0 ? g_date_time_add_days (now, days) : NULL;
  request.name = name != NULL ? name : "confabctl";
  request.scopes = (const char *const *) scopes;
  request.expires_at = expires_at;
  proposal = confabd_key_make (user, &request, now, &secret, error);
  if (proposal == NULL) {
    return FALSE;
  }
  hash = confabd_key_hash (secret);
  key = change (database, confabd_key_work_add (proposal, hash), CONFABD_AUDIT_KEY_CREATED, error);
  if (key == NULL) {
    return FALSE;
  }
  print_key (ctl, key, secret);
  return TRUE;
}

static void
print_keys (ConfabdCtl *ctl, GPtrArray *keys)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  for (guint i = 0; !ctl->as_json && i < keys->len; i++) {
    print_key (ctl, keys->pdata[i], NULL);
  }
  if (!ctl->as_json) {
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "keys");
  json_builder_begin_array (builder);
  for (guint i = 0; i < keys->len; i++) {
    json_builder_begin_object (builder);
    add_key (builder, keys->pdata[i]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GPtrArray) keys = NULL;
  ConfabdKeyChoice choice = { NULL, NULL, now };
  ConfabdWork work;

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  user = database != NULL ? find_user (database, ctl->arguments[1], error) : NULL;
  if (user == NULL) {
    return FALSE;
  }
  choice.user_id = confab_user_get_id (user);
  work = confabd_key_work_list (&choice);
  keys = confabd_database_read_sync (database, &work, error);
  if (keys != NULL) {
    print_keys (ctl, keys);
  }
  return keys != NULL;
}

static gboolean
run_rotate (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabdKey) key = NULL;
  g_autofree char *prefix = NULL;
  g_autofree char *secret = confabd_key_make_secret (&prefix);
  g_autofree char *hash = confabd_key_hash (secret);
  const ConfabdKeySecret replacement = { prefix, hash };
  ConfabdKeyChoice choice = { NULL, NULL, now };

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  if (database == NULL) {
    return FALSE;
  }
  choice.key_id = ctl->arguments[1];
  key = change (database, confabd_key_work_rotate (&choice, &replacement),
                CONFABD_AUDIT_KEY_ROTATED, error);
  if (key != NULL) {
    print_key (ctl, key, secret);
  }
  return key != NULL;
}

static gboolean
run_revoke (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabdKey) key = NULL;
  ConfabdKeyChoice choice = { NULL, NULL, now };

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  if (database == NULL) {
    return FALSE;
  }
  choice.key_id = ctl->arguments[1];
  key = change (database, confabd_key_work_revoke (&choice), CONFABD_AUDIT_KEY_REVOKED, error);
  if (key != NULL) {
    print_key (ctl, key, NULL);
  }
  return key != NULL;
}

const ConfabdCtlCommand confabd_ctl_key_commands[] = {
  { "key", "create", "LOGIN-NAME --scope SCOPE… [--name NAME] [--days N]",
    "Make an API key for a user, and print it once.", run_create },
  { "key", "list", "LOGIN-NAME", "List the API keys of a user.", run_list },
  { "key", "rotate", "ID", "Give an API key another secret, and print it once.", run_rotate },
  { "key", "revoke", "ID", "Make an API key worth nothing.", run_revoke },
  { NULL },
};
