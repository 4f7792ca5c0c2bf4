/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-letters.h"
#include "confabd-store-private.h"

static const char *const purposes[] = {
  [CONFABD_LETTER_RESET] = "reset",
  [CONFABD_LETTER_VERIFY] = "verify",
};

/* Adding */

typedef struct {
  ConfabdLetterPurpose purpose;
  char *hash;    /* (owned) */
  char *user_id; /* (owned) */
  char *email;   /* (owned) (nullable) */
  guint most_per_hour;
  gint64 created_us;
  gint64 expires_us;
} Add;

static void
add_free (Add *self)
{
  g_free (self->hash);
  g_free (self->user_id);
  g_free (self->email);
  g_free (self);
}

/* The last one that went out stays good: who asks in the name of others takes nothing from them. */
static gboolean
check_number (ConfabdConnection *connection, const Add *add, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n = 0;

  if (add->most_per_hour == 0) {
    return TRUE;
  }
  if (!confabd_connection_query_one (
          connection,
          "SELECT CAST (count(*) AS INTEGER) FROM letters WHERE user_id = $1 AND purpose = $2"
          " AND created_at > $3 AND created_at <= $4",
          g_variant_new ("(ssxx)", add->user_id, purposes[add->purpose],
                         add->created_us - G_TIME_SPAN_HOUR, add->created_us),
          "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", &n);
  if (n >= add->most_per_hour) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY,
                         "Somebody gets enough letters within this hour");
  }
  return n < add->most_per_hour;
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Add *add = data;

  if (check_number (connection, add, error) &&
      confabd_connection_execute (
          connection,
          "UPDATE letters SET used_at = $3"
          " WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL",
          g_variant_new ("(ssx)", add->user_id, purposes[add->purpose], add->created_us), NULL,
          error)) {
    confabd_connection_execute (
        connection,
        "INSERT INTO letters (hash, user_id, purpose, email, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        g_variant_new ("(sssmsxx)", add->hash, add->user_id, purposes[add->purpose], add->email,
                       add->created_us, add->expires_us),
        NULL, error);
  }
  return NULL;
}

/**
 * confabd_store_add_letter_async:
 * @letter: what will be in a letter; copied
 *
 * Keeps the hash of a token. The ones before it of that user and purpose are good no more.
 */
void
confabd_store_add_letter_async (ConfabdStore *self,
                                const ConfabdLetterProof *letter,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Add *add = g_new0 (Add, 1);
  const ConfabdWork work = { run_add, add, (GDestroyNotify) add_free, NULL };

  add->purpose = letter->purpose;
  add->hash = g_strdup (letter->hash);
  add->user_id = g_strdup (letter->user_id);
  add->email = g_strdup (letter->email);
  add->most_per_hour = letter->most_per_hour;
  add->created_us = confab_time_to_unix_us (letter->created_at);
  add->expires_us = confab_time_to_unix_us (letter->expires_at);
  confabd_store_write (self, &work, confabd_store_add_letter_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_add_letter_finish:
 *
 * Returns: whether it is kept; else with %CONFAB_ERROR_TOO_MANY, when they got too many of late
 */
gboolean
confabd_store_add_letter_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_add_letter_async, error);
}

/* Redeeming */

typedef struct {
  ConfabdLetterPurpose purpose;
  char *hash;          /* (owned) */
  char *password_hash; /* (owned) (nullable) */
  gint64 now_us;
} Redeem;

static void
redeem_free (Redeem *self)
{
  g_free (self->hash);
  g_free (self->password_hash);
  g_free (self);
}

static gboolean
set_password (ConfabdConnection *connection,
              const Redeem *redeem,
              const char *user_id,
              GError **error)
{
  return confabd_connection_execute (
      connection, "UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE id = $1",
      g_variant_new ("(ssx)", user_id, redeem->password_hash, redeem->now_us), NULL, error);
}

/* An address that somebody else proved to be theirs in between is theirs. */
static gboolean
is_email_free (ConfabdConnection *connection,
               const char *user_id,
               const char *email,
               GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT id FROM users WHERE lower(email) = lower($1)"
                                     " AND email_verified_at IS NOT NULL AND id <> $2",
                                     g_variant_new ("(ss)", email, user_id), "(s)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "That address belongs to another account");
  }
  return row == NULL;
}

/* Only the address that the letter went to; the account may have another by now. */
static gboolean
set_verified (ConfabdConnection *connection,
              const Redeem *redeem,
              const char *user_id,
              const char *email,
              GError **error)
{
  guint n_changed = 0;

  if (!is_email_free (connection, user_id, email, error) ||
      !confabd_connection_execute (
          connection,
          "UPDATE users SET email_verified_at = $3, updated_at = $3 WHERE id = $1 AND email = $2",
          g_variant_new ("(ssx)", user_id, email, redeem->now_us), &n_changed, error)) {
    return FALSE;
  }
  if (n_changed == 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "The account has another address by now");
  }
  return n_changed > 0;
}

static gboolean
use_up (ConfabdConnection *connection, const Redeem *redeem, gboolean *is_good, GError **error)
{
  guint n_changed = 0;

  if (!confabd_connection_execute (
          connection,
          "UPDATE letters SET used_at = $3"
          " WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
          g_variant_new ("(ssx)", redeem->hash, purposes[redeem->purpose], redeem->now_us),
          &n_changed, error)) {
    return FALSE;
  }
  *is_good = n_changed > 0;
  return TRUE;
}

static gboolean
find_letter (ConfabdConnection *connection,
             const Redeem *redeem,
             char **user_id,
             char **email,
             GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean is_good = FALSE;

  if (!use_up (connection, redeem, &is_good, error)) {
    return FALSE;
  }
  if (!is_good) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "That link was used already, or is too old");
    return FALSE;
  }
  if (!confabd_connection_query_one (connection,
                                     "SELECT user_id, email FROM letters WHERE hash = $1",
                                     g_variant_new ("(s)", redeem->hash), "(sms)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(sms)", user_id, email);
  return TRUE;
}

static gpointer
run_redeem (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Redeem *redeem = data;
  g_autofree char *user_id = NULL;
  g_autofree char *email = NULL;
  gboolean is_done;

  if (!find_letter (connection, redeem, &user_id, &email, error)) {
    return NULL;
  }
  is_done = redeem->purpose == CONFABD_LETTER_RESET
                ? set_password (connection, redeem, user_id, error)
                : set_verified (connection, redeem, user_id, email, error);
  return is_done ? g_steal_pointer (&user_id) : NULL;
}

/**
 * confabd_store_redeem_letter_async:
 * @purpose: what the token is to be good for
 * @hash: of the token that somebody shows
 * @password_hash: (nullable): to be set, for %CONFABD_LETTER_RESET
 * @now: when
 *
 * Uses a token up and does what it is good for, in one transaction.
 */
void
confabd_store_redeem_letter_async (ConfabdStore *self,
                                   ConfabdLetterPurpose purpose,
                                   const char *hash,
                                   const char *password_hash,
                                   GDateTime *now,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Redeem *redeem = g_new0 (Redeem, 1);
  const ConfabdWork work = { run_redeem, redeem, (GDestroyNotify) redeem_free, g_free };

  g_return_if_fail ((purpose == CONFABD_LETTER_RESET) == (password_hash != NULL));

  redeem->purpose = purpose;
  redeem->hash = g_strdup (hash);
  redeem->password_hash = g_strdup (password_hash);
  redeem->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_redeem_letter_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_redeem_letter_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED for a token that is not good (any more), and with
 * %CONFAB_ERROR_CONFLICT when the address belongs to somebody else.
 *
 * Returns: (transfer full): the id of whose it was
 */
char *
confabd_store_redeem_letter_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_redeem_letter_async, error);
}
