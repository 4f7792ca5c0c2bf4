/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-sessions.h"
#include "confabd-signing-key.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver; those that explain look at the plan of each statement. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  GBytes *key;               /* (owned) */
  ConfabdKeyring *keyring;   /* (owned) */
  ConfabdSessions *sessions; /* (owned) */
  ConfabUser *ada;           /* (owned) a member */
  GString *revoked;          /* (owned) what was signalled, each with a space behind */
} Fixture;

static void
on_revoked (ConfabdSessions *sessions, const char *session_id, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->revoked, "%s ", session_id);
}

static gpointer
run_add_user (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_execute (
      connection,
      "INSERT INTO users (id, display_name, role, created_at) VALUES ($1, 'Ada', 'member', $2)",
      g_variant_new ("(sx)", data, G_GINT64_CONSTANT (1795000000000000)), NULL, error);
  return NULL;
}

static void
add_user (Fixture *self, const char *id)
{
  const ConfabdWork work = { run_add_user, (gpointer) id, NULL, NULL };
  g_autoptr (GError) error = NULL;

  confabd_database_write_sync (self->database, &work, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  const DatabaseFactory *factory = data;
  g_autofree char *id = confab_id_new ();
  g_autoptr (GError) error = NULL;

  self->clock = confab_manual_clock_new (start);
  self->folder = test_make_folder ();
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  self->key = confabd_signing_key_load (NULL, &error);
  g_assert_no_error (error);
  self->keyring = confabd_keyring_new (self->key, NULL);
  self->sessions = confabd_sessions_new (self->store, self->clock, self->keyring);
  self->ada = confab_user_new (id, "Ada", CONFAB_USER_ROLE_MEMBER, start);
  self->revoked = g_string_new (NULL);
  g_signal_connect (self->sessions, "revoked", G_CALLBACK (on_revoked), self);
  add_user (self, id);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->sessions);
  g_assert_finalize_object (self->keyring);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  g_bytes_unref (self->key);
  confab_user_unref (self->ada);
  g_string_free (self->revoked, TRUE);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static void
advance (Fixture *self, gint64 by_us)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), by_us);
}

static ConfabdGrant *
try_open (Fixture *self, const ConfabdSessionRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_sessions_open_async (self->sessions, self->ada, request, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_sessions_open_finish (self->sessions, result, error);
}

static ConfabdGrant *
open_session (Fixture *self, const char *device_name, gboolean is_trusted)
{
  const ConfabdSessionRequest request = { device_name, CONFABD_SESSION_APP, is_trusted,
                                          "192.0.2.1" };
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = try_open (self, &request, &error);

  g_assert_no_error (error);
  return grant;
}

static ConfabdGrant *
try_refresh (Fixture *self, const char *token, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_sessions_refresh_async (self->sessions, token, NULL, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_sessions_refresh_finish (self->sessions, result, error);
}

static ConfabdGrant *
refresh (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = try_refresh (self, token, &error);

  g_assert_no_error (error);
  return grant;
}

static void
assert_not_refreshed (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_refresh (self, token, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
}

static void
assert_stolen (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_refresh (self, token, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOKEN_REUSED);
}

static void
assert_refused (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_sessions_verify (self->sessions, token, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
}

static void
assert_known (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal = confabd_sessions_verify (self->sessions, token, &error);

  g_assert_no_error (error);
  g_assert_nonnull (principal);
}

static GPtrArray *
list (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *sessions = NULL;

  confabd_sessions_list_async (self->sessions, confab_user_get_id (self->ada), NULL, test_on_result,
                               &result);
  test_wait_until (result != NULL);
  sessions = confabd_sessions_list_finish (self->sessions, result, &error);
  g_assert_no_error (error);
  return sessions;
}

static void
revoke_all (Fixture *self, const char *except_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_sessions_revoke_all_async (self->sessions, confab_user_get_id (self->ada), except_id,
                                     "test", NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_sessions_revoke_all_finish (self->sessions, result, &error));
  g_assert_no_error (error);
}

static gboolean
try_revoke (Fixture *self, const char *user_id, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_sessions_revoke_async (self->sessions, user_id, id, "test", NULL, test_on_result,
                                 &result);
  test_wait_until (result != NULL);
  return confabd_sessions_revoke_finish (self->sessions, result, error);
}

/* Opening */

static void
test_open (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "  Ada’s  laptop ", FALSE);
  g_autoptr (ConfabdGrant) trusted = open_session (self, NULL, TRUE);
  g_autoptr (GDateTime) in_1_h = g_date_time_new_utc (2026, 11, 21, 13, 0, 0);
  g_autoptr (GDateTime) in_7_d = g_date_time_new_utc (2026, 11, 28, 12, 0, 0);
  g_autoptr (GDateTime) in_30_d = g_date_time_new_utc (2026, 12, 21, 12, 0, 0);
  g_autoptr (ConfabdPrincipal) principal = NULL;

  g_assert_true (g_date_time_equal (grant->expires_at, in_1_h));
  g_assert_true (g_date_time_equal (grant->refresh_expires_at, in_7_d));
  g_assert_true (g_date_time_equal (trusted->expires_at, in_1_h));
  g_assert_true (g_date_time_equal (trusted->refresh_expires_at, in_30_d));
  g_assert_cmpstr (grant->session->device_name, ==, "Ada’s laptop");
  g_assert_cmpstr (trusted->session->device_name, ==, "App");
  g_assert_true (g_str_has_prefix (grant->refresh_token, "cfr_"));
  principal = confabd_sessions_verify (self->sessions, grant->token, NULL);
  g_assert_cmpint (confabd_principal_get_kind (principal), ==, CONFABD_PRINCIPAL_SESSION);
  g_assert_cmpstr (confabd_principal_get_session_id (principal), ==, grant->session->id);
  g_assert_cmpstr (confab_user_get_id (confabd_principal_get_user (principal)), ==,
                   confab_user_get_id (self->ada));
}

static void
test_bad_device (Fixture *self, gconstpointer data)
{
  g_autofree char *too_long = g_strnfill (CONFABD_SESSIONS_DEVICE_CHARS + 1, 'x');
  const char *const names[] = { too_long, "two\nlines", "\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const ConfabdSessionRequest request = { names[i], CONFABD_SESSION_BROWSER, FALSE, NULL };
    g_autoptr (GError) error = NULL;

    g_assert_null (try_open (self, &request, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
}

static gpointer
run_find_hash (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows =
      confabd_connection_query (connection, "SELECT session_id FROM refresh_tokens WHERE hash = $1",
                                g_variant_new ("(s)", data), "(s)", error);

  return GINT_TO_POINTER (rows != NULL ? (int) rows->len : -1);
}

static int
count_tokens (Fixture *self, const char *hash)
{
  const ConfabdWork work = { run_find_hash, (gpointer) hash, NULL, NULL };
  g_autoptr (GError) error = NULL;
  gpointer n = confabd_database_read_sync (self->database, &work, &error);

  g_assert_no_error (error);
  return GPOINTER_TO_INT (n);
}

/* A refresh token is kept as its hash alone. */
static void
test_hashed (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  g_autofree char *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, grant->refresh_token, -1);

  g_assert_cmpint (count_tokens (self, hash), ==, 1);
  g_assert_cmpint (count_tokens (self, grant->refresh_token), ==, 0);
}

static void
test_too_many (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "first", FALSE);
  g_autoptr (GPtrArray) sessions = NULL;

  for (guint i = 0; i < CONFABD_SESSIONS_PER_USER; i++) {
    advance (self, G_TIME_SPAN_SECOND);
    confabd_grant_free (open_session (self, "more", FALSE));
  }
  sessions = list (self);
  g_assert_cmpuint (sessions->len, ==, CONFABD_SESSIONS_PER_USER);
  assert_refused (self, first->token);
  assert_not_refreshed (self, first->refresh_token);
}

/* Refreshing */

static void
test_refresh (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) second = NULL;
  g_autoptr (ConfabdGrant) third = NULL;
  g_autoptr (GDateTime) expiry = g_date_time_new_utc (2026, 12, 4, 11, 59, 59);

  advance (self, 7 * G_TIME_SPAN_DAY - G_TIME_SPAN_SECOND);
  assert_refused (self, first->token);
  second = refresh (self, first->refresh_token);
  g_assert_cmpstr (second->refresh_token, !=, first->refresh_token);
  g_assert_cmpstr (second->session->id, ==, first->session->id);
  g_assert_cmpint (g_date_time_difference (second->refresh_expires_at, expiry), ==,
                   G_TIME_SPAN_DAY);
  assert_known (self, second->token);
  third = refresh (self, second->refresh_token);
  assert_known (self, third->token);
  assert_known (self, second->token);
}

static void
test_refresh_expired (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) plain = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) trusted = open_session (self, "b", TRUE);
  g_autoptr (ConfabdGrant) still = NULL;

  advance (self, 7 * G_TIME_SPAN_DAY);
  assert_not_refreshed (self, plain->refresh_token);
  still = refresh (self, trusted->refresh_token);
  advance (self, 30 * G_TIME_SPAN_DAY);
  assert_not_refreshed (self, still->refresh_token);
}

static void
test_refresh_garbage (Fixture *self, gconstpointer data)
{
  g_autofree char *absurd = g_strnfill (1000000, 'a');
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  const char *const garbage[] = { NULL, "", "cfr_", "\xff", absurd, grant->token };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++) {
    assert_not_refreshed (self, garbage[i]);
  }
}

/* Whoever was first: neither the thief nor the owner goes on. */
static void
test_reuse (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) other = open_session (self, "other", FALSE);
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) second = refresh (self, first->refresh_token);
  g_autofree char *expected = g_strconcat (first->session->id, " ", NULL);

  advance (self, 61 * G_TIME_SPAN_SECOND);
  assert_stolen (self, first->refresh_token);
  assert_refused (self, first->token);
  assert_refused (self, second->token);
  assert_stolen (self, second->refresh_token);
  g_assert_cmpstr (self->revoked->str, ==, expected);
  assert_known (self, other->token);
}

/* Two answers were lost, or three pages asked at once: whichever they keep goes on. */
static void
test_repeat (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) lost = refresh (self, first->refresh_token);
  g_autoptr (ConfabdGrant) late = NULL;
  g_autoptr (ConfabdGrant) kept = NULL;
  g_autoptr (ConfabdGrant) next = NULL;

  advance (self, 30 * G_TIME_SPAN_SECOND);
  late = refresh (self, first->refresh_token);
  advance (self, 30 * G_TIME_SPAN_SECOND);
  kept = refresh (self, first->refresh_token);
  g_assert_cmpstr (kept->refresh_token, !=, lost->refresh_token);
  g_assert_cmpstr (kept->session->id, ==, first->session->id);
  next = refresh (self, late->refresh_token);
  assert_known (self, next->token);
  assert_known (self, lost->token);
  g_assert_cmpuint (self->revoked->len, ==, 0);
}

/* What goes on makes all else void, at once: also for a thief who was quick. */
static void
test_repeat_of_void (Fixture *self, gconstpointer data)
{
  const gboolean ends[] = { FALSE, TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
    g_autoptr (ConfabdGrant) stolen = refresh (self, first->refresh_token);
    g_autoptr (ConfabdGrant) kept = refresh (self, first->refresh_token);
    g_autoptr (ConfabdGrant) next = refresh (self, kept->refresh_token);

    assert_stolen (self, ends[i] ? first->refresh_token : stolen->refresh_token);
    assert_stolen (self, next->refresh_token);
    assert_refused (self, next->token);
  }
}

/* Nobody who shuts a session lets a repeat in. */
static void
test_repeat_of_ended (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) second = refresh (self, first->refresh_token);

  revoke_all (self, NULL);
  assert_not_refreshed (self, first->refresh_token);
  assert_not_refreshed (self, second->refresh_token);
}

/* The role is the one of now, and who was shut out stays outside. */
static void
test_user_changes (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) second = NULL;

  test_execute (self->database, "UPDATE users SET role = 'admin', display_name = 'Ada L.'");
  second = refresh (self, first->refresh_token);
  g_assert_cmpint (confab_user_get_role (second->user), ==, CONFAB_USER_ROLE_ADMIN);
  g_assert_cmpstr (confab_user_get_display_name (second->user), ==, "Ada L.");
  test_execute (self->database, "UPDATE users SET disabled_at = created_at");
  assert_not_refreshed (self, second->refresh_token);
  test_execute (self->database, "UPDATE users SET disabled_at = NULL, deleted_at = created_at");
  assert_not_refreshed (self, second->refresh_token);
}

/* Ending */

static void
test_list_and_revoke (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "first", FALSE);
  g_autoptr (ConfabdGrant) second = NULL;
  g_autoptr (GPtrArray) both = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GError) error = NULL;

  advance (self, G_TIME_SPAN_SECOND);
  second = open_session (self, "second", TRUE);
  both = list (self);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_cmpstr (((ConfabdSession *) both->pdata[0])->device_name, ==, "first");
  g_assert_true (((ConfabdSession *) both->pdata[1])->is_trusted);

  g_assert_true (try_revoke (self, confab_user_get_id (self->ada), first->session->id, &error));
  g_assert_no_error (error);
  assert_refused (self, first->token);
  assert_not_refreshed (self, first->refresh_token);
  assert_known (self, second->token);
  one = list (self);
  g_assert_cmpuint (one->len, ==, 1);
}

static void
test_revoke_foreign (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  g_autofree char *other_id = confab_id_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (try_revoke (self, other_id, grant->session->id, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (try_revoke (self, confab_user_get_id (self->ada), other_id, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
  assert_known (self, grant->token);
}

static void
test_revoke_all (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) second = open_session (self, "b", FALSE);

  revoke_all (self, second->session->id);
  assert_refused (self, first->token);
  assert_known (self, second->token);
  revoke_all (self, NULL);
  assert_refused (self, second->token);
  revoke_all (self, NULL);
}

/* What was revoked before the start is known; what nobody needs to know any more is forgotten. */
static void
test_start (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) revoked = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) kept = open_session (self, "b", FALSE);
  g_autoptr (ConfabdSessions) other =
      confabd_sessions_new (self->store, self->clock, self->keyring);
  g_autoptr (ConfabdPrincipal) principal = NULL;
  g_autoptr (GError) error = NULL;

  revoke_all (self, kept->session->id);
  g_assert_true (confabd_sessions_start (other, &error));
  g_assert_no_error (error);
  g_assert_null (confabd_sessions_verify (other, revoked->token, NULL));
  principal = confabd_sessions_verify (other, kept->token, NULL);
  g_assert_nonnull (principal);
  confabd_sessions_stop (other);
}

static void
sign_out (Fixture *self, const char *token)
{
  g_autoptr (ConfabdPrincipal) principal = confabd_sessions_verify (self->sessions, token, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_sessions_sign_out_async (self->sessions, principal, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_sessions_sign_out_finish (self->sessions, result, &error));
  g_assert_no_error (error);
}

static void
test_sign_out (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  g_autoptr (ConfabdGrant) guest =
      confabd_sessions_grant (self->sessions, CONFABD_PRINCIPAL_GUEST, self->ada);
  g_autofree char *expected = g_strdup_printf ("%s %s ", grant->session_id, guest->session_id);

  sign_out (self, grant->token);
  assert_refused (self, grant->token);
  assert_not_refreshed (self, grant->refresh_token);
  sign_out (self, guest->token);
  advance (self, 11 * G_TIME_SPAN_HOUR);
  assert_refused (self, guest->token);
  g_assert_cmpstr (self->revoked->str, ==, expected);
}

/* Tokens */

static void
test_expired (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);

  advance (self, G_TIME_SPAN_HOUR - G_TIME_SPAN_SECOND);
  assert_known (self, grant->token);
  advance (self, G_TIME_SPAN_SECOND);
  assert_refused (self, grant->token);
}

static void
test_garbage (Fixture *self, gconstpointer data)
{
  g_autofree char *long_token = g_strnfill (1000000, 'a');
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  const char *const garbage[] = {
    NULL,     "",         ".",         "..",       "a.b.c",
    "Bearer", "e30.e30.", "\xff.\xff", long_token, grant->refresh_token
  };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++) {
    assert_refused (self, garbage[i]);
  }
  /* Each character counts. */
  for (gsize i = 0; i < strlen (grant->token) - 1; i++) {
    g_autofree char *forged = g_strdup (grant->token);

    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    assert_refused (self, forged);
  }
}

typedef struct {
  jwt_alg_t algorithm;
  const char *kid;
  const char *id;
  const char *role;
  const char *kind;
  const char *session_id;
} Forgery;

static char *
forge (GBytes *key, const Forgery *forgery)
{
  jwt_t *jwt = NULL;
  char *encoded = NULL;
  char *token = NULL;
  gsize size;
  const guchar *bytes = g_bytes_get_data (key, &size);
  gboolean is_signed = forgery->algorithm != JWT_ALG_NONE;

  g_assert_cmpint (jwt_new (&jwt), ==, 0);
  jwt_add_header (jwt, "kid", forgery->kid);
  jwt_add_grant (jwt, "sub", forgery->id);
  jwt_add_grant (jwt, "name", "Eve");
  jwt_add_grant (jwt, "role", forgery->role);
  jwt_add_grant (jwt, "kind", forgery->kind);
  jwt_add_grant (jwt, "sid", forgery->session_id);
  jwt_add_grant_int (jwt, "since", 1795000000);
  jwt_add_grant_int (jwt, "iat", 1795000000);
  jwt_add_grant_int (jwt, "exp", 2000000000);
  jwt_set_alg (jwt, forgery->algorithm, is_signed ? bytes : NULL, is_signed ? (int) size : 0);
  encoded = jwt_encode_str (jwt);
  token = g_strdup (encoded);
  free (encoded);
  jwt_free (jwt);
  return token;
}

/* One thing is wrong with each, and it is enough. */
static void
test_forged (Fixture *self, gconstpointer data)
{
  const char *id = "0123456789abcdefghjkmnpqrs";
  const char *kid = confabd_keyring_get_id (self->keyring, 0);
  g_autoptr (GBytes) other_key = confabd_signing_key_load (NULL, NULL);
  const Forgery good = { JWT_ALG_HS256, kid, id, "owner", "local", id };
  const Forgery bad[] = {
    { JWT_ALG_NONE, kid, id, "owner", "local", id },
    { JWT_ALG_HS512, kid, id, "owner", "local", id },
    { JWT_ALG_HS256, "00000000", id, "owner", "local", id },
    { JWT_ALG_HS256, kid, "x", "owner", "local", id },
    { JWT_ALG_HS256, kid, id, "king", "local", id },
    { JWT_ALG_HS256, kid, id, "owner", "key", id },
    { JWT_ALG_HS256, kid, id, "owner", "local", "x" },
  };
  g_autofree char *genuine = forge (self->key, &good);
  g_autofree char *foreign = forge (other_key, &good);

  assert_known (self, genuine);
  assert_refused (self, foreign);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *forged = forge (self->key, &bad[i]);

    assert_refused (self, forged);
  }
}

/* While the key is changed the old one is believed; after that it is not. */
static void
test_rotation_of_keys (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) grant = open_session (self, "a", FALSE);
  g_autoptr (GBytes) next = confabd_signing_key_load (NULL, NULL);
  g_autoptr (ConfabdKeyring) both = confabd_keyring_new (next, self->key);
  g_autoptr (ConfabdKeyring) only_next = confabd_keyring_new (next, NULL);
  g_autoptr (ConfabdSessions) during = confabd_sessions_new (self->store, self->clock, both);
  g_autoptr (ConfabdSessions) after = confabd_sessions_new (self->store, self->clock, only_next);
  g_autoptr (ConfabdPrincipal) old = confabd_sessions_verify (during, grant->token, NULL);
  g_autoptr (ConfabdGrant) made =
      confabd_sessions_grant (during, CONFABD_PRINCIPAL_LOCAL, self->ada);
  g_autoptr (ConfabdPrincipal) later = confabd_sessions_verify (after, made->token, NULL);

  g_assert_nonnull (old);
  g_assert_nonnull (later);
  g_assert_null (confabd_sessions_verify (after, grant->token, NULL));
  assert_refused (self, made->token);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/sessions/open", test_open);
  ADD ("/sessions/open/bad-device", test_bad_device);
  ADD ("/sessions/open/hashed", test_hashed);
  ADD ("/sessions/open/too-many", test_too_many);
  ADD ("/sessions/refresh", test_refresh);
  ADD ("/sessions/refresh/expired", test_refresh_expired);
  ADD ("/sessions/refresh/garbage", test_refresh_garbage);
  ADD ("/sessions/refresh/reuse", test_reuse);
  ADD ("/sessions/refresh/repeat", test_repeat);
  ADD ("/sessions/refresh/repeat-of-void", test_repeat_of_void);
  ADD ("/sessions/refresh/repeat-of-ended", test_repeat_of_ended);
  ADD ("/sessions/refresh/user-changes", test_user_changes);
  ADD ("/sessions/list-and-revoke", test_list_and_revoke);
  ADD ("/sessions/revoke/foreign", test_revoke_foreign);
  ADD ("/sessions/revoke/all", test_revoke_all);
  ADD ("/sessions/sign-out", test_sign_out);
  ADD ("/sessions/start", test_start);
  ADD ("/sessions/token/expired", test_expired);
  ADD ("/sessions/token/garbage", test_garbage);
  ADD ("/sessions/token/forged", test_forged);
  ADD ("/sessions/token/rotation-of-keys", test_rotation_of_keys);
#undef ADD
  return g_test_run ();
}
