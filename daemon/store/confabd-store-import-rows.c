/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-store-import-rows-private.h"
#include "confabd-store-users-private.h"

/* Items of another server as rows of ours. */

#define MAX_PARTICIPANTS 100 /* such calls had no bound; ours goes no further */

/**
 * confabd_import_find:
 * @kind: as in the table of imports
 * @id: what it is called there
 *
 * Returns: (transfer full): what it is called here; %NULL with %CONFAB_ERROR_NOT_FOUND when it did
 *   not come over
 */
char *
confabd_import_find (const ConfabdImportPass *pass,
                     const char *kind,
                     const char *id,
                     GError **error)
{
  g_autoptr (GVariant) row = NULL;
  char *local_id = NULL;

  if (!confabd_connection_query_one (pass->connection,
                                     "SELECT local_id FROM imports"
                                     " WHERE source = $1 AND kind = $2 AND foreign_id = $3",
                                     g_variant_new ("(sss)", pass->source, kind, id), "(s)", &row,
                                     error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "It refers to “%s” of %s, which %s",
                 id, kind, "is not there or could not come over");
    return NULL;
  }
  g_variant_get (row, "(s)", &local_id);
  return local_id;
}

/**
 * confabd_import_execute:
 * @parameters: a tuple; a floating one is consumed
 *
 * Returns: whether the statement ran
 */
gboolean
confabd_import_execute (const ConfabdImportPass *pass,
                        const char *sql,
                        GVariant *parameters,
                        GError **error)
{
  return confabd_connection_execute (pass->connection, sql, parameters, NULL, error);
}

/**
 * confabd_import_add_member:
 *
 * Returns: whether the user may be in the call now, as they might before or as @role
 */
gboolean
confabd_import_add_member (const ConfabdImportPass *pass,
                           const char *call_id,
                           const char *user_id,
                           const char *role,
                           gint64 at_us,
                           GError **error)
{
  return confabd_import_execute (
      pass,
      "INSERT INTO memberships (call_id, user_id, role, made_at)"
      " VALUES ($1, $2, $3, $4) ON CONFLICT (call_id, user_id) DO NOTHING",
      g_variant_new ("(sssx)", call_id, user_id, role, at_us), error);
}

/* ---- users ---- */

/* Somebody may be here already: whoever signed in by Telegram, or two rows of one person. */
static gboolean
find_by_telegram (const ConfabdImportPass *pass,
                  const ConfabdImportUser *user,
                  char **local_id,
                  GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!user->has_telegram) {
    return TRUE;
  }
  if (!confabd_connection_query_one (
          pass->connection, "SELECT id FROM users WHERE telegram_id = $1",
          g_variant_new ("(x)", user->telegram_id), "(s)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_variant_get (row, "(s)", local_id);
  }
  return TRUE;
}

/* Returns: (nullable): the first that nobody has; the last one is as good as unique */
static const char *
choose_login (const ConfabdImportPass *pass, const ConfabdImportUser *user, GError **error)
{
  for (guint i = 0; user->logins[i] != NULL; i++) {
    g_autoptr (GVariant) row = NULL;

    if (!confabd_connection_query_one (
            pass->connection,
            "SELECT id FROM users WHERE lower(login_name) = lower($1) AND login_name IS NOT NULL",
            g_variant_new ("(s)", user->logins[i]), "(s)", &row, error)) {
      return NULL;
    }
    if (row == NULL || user->logins[i + 1] == NULL) {
      return user->logins[i];
    }
  }
  g_return_val_if_reached (NULL);
}

static char *
add_user (const ConfabdImportPass *pass, const ConfabdImportItem *item, GError **error)
{
  const ConfabdImportUser *user = &item->user;
  g_autofree char *id = NULL;
  const char *login;

  if (!find_by_telegram (pass, user, &id, error)) {
    return NULL;
  }
  if (id != NULL) {
    return g_steal_pointer (&id);
  }
  login = choose_login (pass, user, error);
  if (login == NULL) {
    return NULL;
  }
  id = confab_id_new ();
  return confabd_import_execute (
             pass,
             "INSERT INTO users (id, display_name, role, created_at, login_name, avatar_url,"
             " telegram_id, updated_at) VALUES ($1, $2, 'member', $3, $4, $5, $6, $7)",
             g_variant_new ("(ssxsmsmxx)", id, user->display_name, item->at_us, login,
                            user->avatar_url, user->has_telegram, user->telegram_id,
                            user->updated_us),
             error) &&
                 confabd_users_refresh_names (pass->connection, id, error)
             ? g_steal_pointer (&id)
             : NULL;
}

/* What somebody changed here is newer than what another server says. */
static gboolean
update_user (const ConfabdImportPass *pass,
             const ConfabdImportUser *user,
             const char *id,
             gint64 imported_us,
             GError **error)
{
  return confabd_import_execute (
             pass,
             "UPDATE users SET display_name = $2, avatar_url = $3, updated_at = $4"
             " WHERE id = $1 AND updated_at < $5 AND deleted_at IS NULL",
             g_variant_new ("(ssmsxx)", id, user->display_name, user->avatar_url, user->updated_us,
                            imported_us),
             error) &&
         confabd_users_refresh_names (pass->connection, id, error);
}

/* ---- calls ---- */

/* When the last one left is what participants tell; until then it lasted no time. */
static char *
add_call (const ConfabdImportPass *pass, const ConfabdImportItem *item, GError **error)
{
  const ConfabdImportCall *call = &item->call;
  gboolean is_ended = g_str_equal (call->state, "ended");
  gboolean is_expired = g_str_equal (call->state, "expired");
  g_autofree char *creator =
      confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_USER, call->creator_id, error);
  g_autofree char *id = confab_id_new ();
  g_autofree char *code = confab_code_new ();

  if (creator == NULL) {
    return NULL;
  }
  if (!confabd_import_execute (
          pass,
          "INSERT INTO calls (id, code, title, kind, state, creator_id, created_at,"
          " expires_at, ended_at, end_reason, max_participants, updated_at)"
          " VALUES ($1, $2, $3, 'now', $4, $5, $6, $7, $8, $9, $10, $11)",
          g_variant_new ("(ssmsssxxmxmsux)", id, code, call->title, call->state, creator,
                         item->at_us, call->expires_us, is_ended || is_expired,
                         is_ended ? item->at_us : call->expires_us,
                         is_ended     ? "ended"
                         : is_expired ? "expired"
                                      : NULL,
                         (guint) MAX_PARTICIPANTS, pass->now_us),
          error) ||
      !confabd_import_add_member (pass, id, creator, "host", item->at_us, error)) {
    return NULL;
  }
  return g_steal_pointer (&id);
}

/* A call that goes on here is no longer theirs. */
static gboolean
update_call (const ConfabdImportPass *pass,
             const ConfabdImportItem *item,
             const char *id,
             GError **error)
{
  const ConfabdImportCall *call = &item->call;
  gboolean is_over = !g_str_equal (call->state, "open");

  return confabd_import_execute (pass, "UPDATE calls SET title = $2, updated_at = $3 WHERE id = $1",
                                 g_variant_new ("(smsx)", id, call->title, pass->now_us), error) &&
         (!is_over ||
          confabd_import_execute (
              pass,
              "UPDATE calls SET state = $2, ended_at = $3, end_reason = $2, expires_at = $4"
              " WHERE id = $1 AND state = 'open'",
              g_variant_new ("(ssxx)", id, call->state,
                             g_str_equal (call->state, "ended") ? item->at_us : call->expires_us,
                             call->expires_us),
              error));
}

/* ---- contacts ---- */

static char *
add_contact (const ConfabdImportPass *pass, const ConfabdImportItem *item, GError **error)
{
  const ConfabdImportContact *contact = &item->contact;
  g_autofree char *user_id =
      confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_USER, contact->user_id, error);
  g_autofree char *other_id = NULL;

  if (user_id == NULL) {
    return NULL;
  }
  other_id = confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_USER, contact->other_id, error);
  if (other_id == NULL) {
    return NULL;
  }
  if (g_str_equal (user_id, other_id)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "Nobody is their own contact");
    return NULL;
  }
  /* Who has blocked somebody here since then is not asked again. */
  return confabd_import_execute (
             pass,
             "INSERT INTO contacts (user_id, other_id, state, created_at, updated_at)"
             " VALUES ($1, $2, 'agreed', $3, $4) ON CONFLICT (user_id, other_id) DO NOTHING",
             g_variant_new ("(ssxx)", user_id, other_id, item->at_us, contact->updated_us), error)
             ? g_steal_pointer (&other_id)
             : NULL;
}

/**
 * confabd_import_add:
 *
 * Makes rows of an item that never came before.
 *
 * Returns: (transfer full): what it is called here; %NULL with @error
 */
char *
confabd_import_add (const ConfabdImportPass *pass, const ConfabdImportItem *item, GError **error)
{
  switch (item->kind) {
  case CONFABD_IMPORT_USER:
    return add_user (pass, item, error);
  case CONFABD_IMPORT_CALL:
    return add_call (pass, item, error);
  case CONFABD_IMPORT_PARTICIPANT:
    return confabd_import_add_participant (pass, item, error);
  case CONFABD_IMPORT_QUALITY:
    return confabd_import_add_quality (pass, item, error);
  case CONFABD_IMPORT_CONTACT:
    return add_contact (pass, item, error);
  }
  g_return_val_if_reached (NULL);
}

/**
 * confabd_import_update:
 * @local_id: what it is called here
 * @imported_us: when it came
 *
 * Takes over what changed there since it came. Figures and contacts are of one moment: what they
 * were when they came stays.
 *
 * Returns: whether it was done
 */
gboolean
confabd_import_update (const ConfabdImportPass *pass,
                       const ConfabdImportItem *item,
                       const char *local_id,
                       gint64 imported_us,
                       GError **error)
{
  switch (item->kind) {
  case CONFABD_IMPORT_USER:
    return update_user (pass, &item->user, local_id, imported_us, error);
  case CONFABD_IMPORT_CALL:
    return update_call (pass, item, local_id, error);
  case CONFABD_IMPORT_PARTICIPANT:
    return confabd_import_update_participant (pass, item, local_id, error);
  case CONFABD_IMPORT_QUALITY:
  case CONFABD_IMPORT_CONTACT:
    return TRUE;
  }
  g_return_val_if_reached (FALSE);
}
