/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-keys.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver; those that explain look at the plan of each statement. */

typedef struct {
  char *folder;                /* (owned) */
  ConfabClock *clock;          /* (owned) */
  ConfabdDatabase *database;   /* (owned) */
  ConfabdStore *store;         /* (owned) */
  ConfabdAudit *audit;         /* (owned) */
  ConfabdKeys *keys;           /* (owned) */
  ConfabdPrincipal *principal; /* (owned) of a member */
} Fixture;

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
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  g_autofree char *id = confab_id_new ();
  g_autofree char *session_id = confab_id_new ();
  g_autoptr (ConfabUser) user = confab_user_new (id, "Ada", CONFAB_USER_ROLE_MEMBER, start);
  const ConfabdWork work = { run_add_user, id, NULL, NULL };
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  confabd_database_write_sync (self->database, &work, &error);
  g_assert_no_error (error);
  self->audit = confabd_audit_new (self->store, self->clock, 100);
  self->keys = confabd_keys_new (self->store, self->clock, self->audit);
  self->principal = confabd_principal_new (CONFABD_PRINCIPAL_SESSION, user, session_id, NULL);
}

static void
flush (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_audit_flush_async (self->audit, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_audit_flush_finish (self->audit, result, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  flush (self);
  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->keys);
  g_assert_finalize_object (self->audit);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  confabd_principal_unref (self->principal);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static ConfabdKey *
try_create (Fixture *self, const ConfabdKeyRequest *request, char **secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_keys_create_async (self->keys, self->principal, request, "192.0.2.1", NULL,
                             test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_keys_change_finish (self->keys, result, secret, error);
}

static ConfabdKey *
create (Fixture *self, GDateTime *expires_at, char **secret)
{
  const char *const scopes[] = { "calls:read", "calls:write", "calls:read", NULL };
  const ConfabdKeyRequest request = { " Front  desk ", scopes, expires_at };
  g_autoptr (GError) error = NULL;
  ConfabdKey *key = try_create (self, &request, secret, &error);

  g_assert_no_error (error);
  return key;
}

static ConfabdPrincipal *
verify (Fixture *self, const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdPrincipal *principal = NULL;

  confabd_keys_verify_async (self->keys, secret, NULL, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  principal = confabd_keys_verify_finish (self->keys, result, &error);
  if (principal == NULL) {
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  }
  return principal;
}

static void
assert_good (Fixture *self, const char *secret, const ConfabdKey *key)
{
  g_autoptr (ConfabdPrincipal) principal = verify (self, secret);

  g_assert_nonnull (principal);
  g_assert_cmpint (confabd_principal_get_kind (principal), ==, CONFABD_PRINCIPAL_KEY);
  g_assert_cmpstr (confabd_principal_get_key_id (principal), ==, key->id);
  g_assert_true (
      g_strv_equal (confabd_principal_get_scopes (principal), (const char *const *) key->scopes));
}

static GPtrArray *
list (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *keys = NULL;

  confabd_keys_list_async (self->keys,
                           confab_user_get_id (confabd_principal_get_user (self->principal)), NULL,
                           test_on_result, &result);
  test_wait_until (result != NULL);
  keys = confabd_keys_list_finish (self->keys, result, &error);
  g_assert_no_error (error);
  return keys;
}

static void
test_create (Fixture *self, gconstpointer data)
{
  g_autofree char *secret = NULL;
  g_autofree char *altered = NULL;
  g_autoptr (ConfabdKey) key = create (self, NULL, &secret);
  g_autoptr (GPtrArray) keys = NULL;

  g_assert_cmpstr (key->name, ==, "Front desk");
  g_assert_cmpuint (g_strv_length (key->scopes), ==, 2);
  g_assert_true (g_str_has_prefix (secret, key->prefix));
  g_assert_cmpuint (strlen (secret), ==, 38);
  assert_good (self, secret, key);
  altered = g_strdup (secret);
  altered[37] = altered[37] == '0' ? '1' : '0';
  g_assert_null (verify (self, altered));
  g_assert_null (verify (self, key->prefix));
  keys = list (self);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpstr (((ConfabdKey *) keys->pdata[0])->prefix, ==, key->prefix);
}

static void
test_bad (Fixture *self, gconstpointer data)
{
  const char *const good[] = { "calls:read", NULL };
  const char *const none[] = { NULL };
  const char *const beyond[] = { "calls:read", "admin:read", NULL };
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabdKeyRequest bad[] = {
    { "", good, NULL },    { "two\nlines", good, NULL }, { "x", none, NULL },
    { "x", beyond, NULL }, { "x", good, now },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (try_create (self, &bad[i], NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
}

static void
test_expiry (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) end = g_date_time_new_utc (2026, 11, 21, 13, 0, 0);
  g_autofree char *secret = NULL;
  g_autoptr (ConfabdKey) key = create (self, end, &secret);

  assert_good (self, secret, key);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), G_TIME_SPAN_HOUR);
  g_assert_null (verify (self, secret));
}

static void
test_rotate_and_revoke (Fixture *self, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (ConfabdKey) key = create (self, NULL, &first);
  g_autoptr (ConfabdKey) rotated = NULL;
  g_autoptr (ConfabdKey) revoked = NULL;
  g_autoptr (GAsyncResult) rotation = NULL;
  g_autoptr (GAsyncResult) revocation = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  confabd_keys_rotate_async (self->keys, self->principal, key->id, NULL, NULL, test_on_result,
                             &rotation);
  test_wait_until (rotation != NULL);
  rotated = confabd_keys_change_finish (self->keys, rotation, &second, NULL);
  g_assert_null (verify (self, first));
  assert_good (self, second, rotated);
  confabd_keys_revoke_async (self->keys, self->principal, key->id, NULL, NULL, test_on_result,
                             &revocation);
  test_wait_until (revocation != NULL);
  revoked = confabd_keys_change_finish (self->keys, revocation, NULL, NULL);
  g_assert_nonnull (revoked);
  g_assert_null (verify (self, second));
  keys = list (self);
  g_assert_cmpuint (keys->len, ==, 0);
}

static void
test_owner (Fixture *self, gconstpointer data)
{
  g_autofree char *secret = NULL;
  g_autoptr (ConfabdKey) key = create (self, NULL, &secret);

  test_execute (self->database, "UPDATE users SET disabled_at = created_at");
  g_assert_null (verify (self, secret));
  test_execute (self->database, "UPDATE users SET disabled_at = NULL");
  assert_good (self, secret, key);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/keys/create", test_create);
  ADD ("/keys/bad", test_bad);
  ADD ("/keys/expiry", test_expiry);
  ADD ("/keys/rotate-and-revoke", test_rotate_and_revoke);
  ADD ("/keys/owner", test_owner);
#undef ADD
  return g_test_run ();
}
