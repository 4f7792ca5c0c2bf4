/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confabd-sqlite-database.h"
#include "confabd-statements.h"
#include "factory.h"
#include "test-loop.h"

/* What every driver has to do. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabdDatabase *database; /* (owned) */
} Fixture;

static gpointer
run_script (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_run_script (connection, data, error);
  return NULL;
}

static void
execute (ConfabdDatabase *database, const char *sql)
{
  const ConfabdWork work = { run_script, (gpointer) sql, NULL, NULL };
  g_autoptr (GError) error = NULL;

  confabd_database_write_sync (database, &work, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  execute (self->database, "CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL, name TEXT)");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->database);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static gpointer
run_count (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gint64 n = -1;

  if (confabd_connection_query_one (connection, "SELECT count(*) FROM things WHERE id > 0", NULL,
                                    "(x)", &row, error)) {
    g_variant_get (row, "(x)", &n);
  }
  return GINT_TO_POINTER (n);
}

static gint64
count (ConfabdDatabase *database)
{
  const ConfabdWork work = { run_count, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  gint64 n = GPOINTER_TO_INT (confabd_database_read_sync (database, &work, &error));

  g_assert_no_error (error);
  return n;
}

static gpointer
run_insert (ConfabdConnection *connection, gpointer data, GError **error)
{
  guint n_changed = 0;

  confabd_connection_execute (connection, "INSERT INTO things (name, id) VALUES ($2, $1)",
                              g_variant_new ("(us)", GPOINTER_TO_UINT (data), "thing"), &n_changed,
                              error);
  g_assert_cmpuint (n_changed, ==, *error == NULL ? 1 : 0);
  return data;
}

static void
test_write_read (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_insert, GUINT_TO_POINTER (7), NULL, NULL };
  g_autoptr (GError) error = NULL;
  gpointer result = confabd_database_write_sync (self->database, &work, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (GPOINTER_TO_UINT (result), ==, 7);
  g_assert_cmpint (count (self->database), ==, 1);
}

static gpointer
run_values (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  confabd_connection_query_one (
      connection,
      "SELECT CAST ($1 AS TEXT), CAST ($2 AS BIGINT), CAST ($3 AS INTEGER),"
      " CAST ($4 AS BIGINT), CAST ($5 AS BOOLEAN), CAST ($6 AS TEXT),"
      " CAST ($7 AS BIGINT) WHERE 1 > 0",
      g_variant_new ("(sxiubmsmx)", "Grüße", G_MAXINT64, G_MININT32, G_MAXUINT32, TRUE, NULL, TRUE,
                     (gint64) -1),
      "(sxiubmsmx)", &row, error);
  return g_steal_pointer (&row);
}

static void
test_values (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_values, NULL, NULL, (GDestroyNotify) g_variant_unref };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) row = confabd_database_read_sync (self->database, &work, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_variant_print (row, FALSE);
  g_assert_cmpstr (text, ==,
                   "('Grüße', 9223372036854775807, -2147483648, 4294967295, true, nothing, -1)");
}

static gpointer
run_wrong_type (ConfabdConnection *connection, gpointer data, GError **error)
{
  return confabd_connection_query (connection, "SELECT id, name FROM things WHERE id > 0", NULL,
                                   data, error);
}

static void
assert_wrong_type (ConfabdDatabase *database, const char *type)
{
  const ConfabdWork work = { run_wrong_type, (gpointer) type, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_database_read_sync (database, &work, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
}

static void
test_wrong_type (Fixture *self, gconstpointer data)
{
  execute (self->database, "INSERT INTO things (id, name) VALUES (5000000000, NULL)");
  assert_wrong_type (self->database, "(xs)");
  assert_wrong_type (self->database, "(ims)");
  assert_wrong_type (self->database, "(sms)");
}

static gpointer
run_then_fail (ConfabdConnection *connection, gpointer data, GError **error)
{
  run_script (connection, (gpointer) "INSERT INTO things (id) VALUES (1)", NULL);
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL, "no");
  return NULL;
}

static void
test_undone (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_then_fail, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_database_write_sync (self->database, &work, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
  g_assert_cmpint (count (self->database), ==, 0);
}

static void
test_conflict (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_insert, GUINT_TO_POINTER (7), NULL, NULL };
  g_autoptr (GError) error = NULL;

  execute (self->database, "INSERT INTO things (id) VALUES (7)");
  confabd_database_write_sync (self->database, &work, &error);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  /* Strangers read it. */
  g_assert_false (
      g_regex_match_simple ("things|constraint|unique|pkey", error->message, G_REGEX_CASELESS, 0));
}

static gpointer
run_long (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  confabd_connection_query_one (connection,
                                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                                " SELECT i + 1 FROM n WHERE i < $1) SELECT count(*) FROM n",
                                g_variant_new ("(x)", G_GINT64_CONSTANT (30000)), "(x)", &row,
                                error);
  return NULL;
}

/* What takes long is counted and logged, without its values. */
static void
test_slow (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_long, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  ConfabdStatementCounts before, after;

  confabd_statements_get_counts (&before);
  confabd_statements_set_slow_ms (1);
  g_test_expect_message ("confabd-store", G_LOG_LEVEL_MESSAGE,
                         "A statement took * ms: WITH RECURSIVE n* < $1) SELECT count(*) FROM n");
  confabd_database_read_sync (self->database, &work, &error);
  g_assert_no_error (error);
  g_test_assert_expected_messages ();
  confabd_statements_set_slow_ms (60000);
  confabd_database_read_sync (self->database, &work, &error);
  g_assert_no_error (error);
  confabd_statements_set_slow_ms (CONFABD_STATEMENTS_SLOW_MS);
  confabd_statements_get_counts (&after);
  g_assert_cmpuint (after.n_slow, ==, before.n_slow + 1);
  g_assert_cmpuint (after.n_run, ==, before.n_run + 2);
  g_assert_cmpint (after.took_us, >, before.took_us);
}

/* Many at once: they share commits, and those that fail take nobody with them. */

#define N_CROWD 300

typedef struct {
  guint n_done;
  guint n_failed;
  guint last;
} Crowd;

static gpointer
run_odd (ConfabdConnection *connection, gpointer data, GError **error)
{
  if (GPOINTER_TO_UINT (data) % 2 == 0) {
    return run_then_fail (connection, data, error);
  }
  return run_insert (connection, data, error);
}

static void
on_crowd_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Crowd *crowd = user_data;
  g_autoptr (GError) error = NULL;
  gpointer value = confabd_database_write_finish (CONFABD_DATABASE (object), result, &error);

  crowd->n_done++;
  if (error != NULL) {
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
    crowd->n_failed++;
    return;
  }
  g_assert_cmpuint (GPOINTER_TO_UINT (value), >, crowd->last);
  crowd->last = GPOINTER_TO_UINT (value);
}

static void
test_crowd (Fixture *self, gconstpointer data)
{
  Crowd crowd = { 0, 0, 0 };

  for (guint i = 1; i <= N_CROWD; i++) {
    const ConfabdWork work = { run_odd, GUINT_TO_POINTER (i), NULL, NULL };

    confabd_database_write_async (self->database, &work, NULL, on_crowd_written, &crowd);
  }
  test_wait_until (crowd.n_done == N_CROWD);
  g_assert_cmpuint (crowd.n_failed, ==, N_CROWD / 2);
  g_assert_cmpint (count (self->database), ==, N_CROWD / 2);
}

/* A statement that failed and that nobody cares about. */
static gpointer
run_careless (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GError) ignored = NULL;

  confabd_connection_execute (connection, "INSERT INTO things (id) VALUES (NULL)", NULL, NULL,
                              &ignored);
  g_assert_error (ignored, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  return GUINT_TO_POINTER (1);
}

static gpointer
run_careful (ConfabdConnection *connection, gpointer data, GError **error)
{
  return GPOINTER_TO_UINT (data) % 3 == 0 ? run_careless (connection, data, error)
                                          : run_insert (connection, data, error);
}

static void
on_careful_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Crowd *crowd = user_data;
  g_autoptr (GError) error = NULL;

  confabd_database_write_finish (CONFABD_DATABASE (object), result, &error);
  crowd->n_done++;
  crowd->n_failed += error != NULL;
}

/* What was said to be kept is there, whatever others in the same transaction did. */
static void
test_careless (Fixture *self, gconstpointer data)
{
  gboolean is_postgres = g_str_equal (confabd_database_get_dialect (self->database), "postgres");
  Crowd crowd = { 0, 0, 0 };

  for (guint i = 1; i <= N_CROWD; i++) {
    const ConfabdWork work = { run_careful, GUINT_TO_POINTER (i), NULL, NULL };

    confabd_database_write_async (self->database, &work, NULL, on_careful_written, &crowd);
  }
  test_wait_until (crowd.n_done == N_CROWD);
  g_assert_cmpint (count (self->database), ==, N_CROWD * 2 / 3);
  /* PostgreSQL can keep nothing of such work, and says so. */
  g_assert_cmpuint (crowd.n_failed, ==, is_postgres ? N_CROWD / 3 : 0);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_insert, GUINT_TO_POINTER (7), NULL, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  confabd_database_write_async (self->database, &work, cancellable, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_null (confabd_database_write_finish (self->database, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (count (self->database), ==, 0);
}

static void
test_closed (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_insert, GUINT_TO_POINTER (7), NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_database_write_async (self->database, &work, NULL, test_on_result, &result);
  g_assert_true (confabd_database_close_sync (self->database, &error));
  g_assert_no_error (error);
  test_wait_until (result != NULL);
  g_assert_nonnull (confabd_database_write_finish (self->database, result, &error));

  g_assert_null (confabd_database_write_sync (self->database, &work, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
}

static void
test_freed (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strdup ("INSERT INTO things (id) VALUES (1)");
  const ConfabdWork work = { run_script, g_steal_pointer (&text), g_free, g_free };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  /* The answer is on its way to nobody. */
  confabd_database_write_async (self->database, &work, cancellable, test_on_result, &result);
  g_assert_cmpint (count (self->database), >=, 0);
  g_cancellable_cancel (cancellable);
  test_wait_until (result != NULL);
}

/* Who waits in a context of their own does not wait for the turn of another one to be over. */
static void
test_inside_a_turn (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_count, NULL, NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_database_read_async (self->database, &work, NULL, test_on_result, &result);
  g_assert_cmpint (count (self->database), ==, 0);
  g_assert_null (result);
  test_wait_until (result != NULL);
  confabd_database_read_finish (self->database, result, &error);
  g_assert_no_error (error);
}

/* A read that has looked and is not done until it may be. */
typedef struct {
  gint n_held;  /* (atomic) */
  gint is_free; /* (atomic) */
} Hold;

static gpointer
run_held (ConfabdConnection *connection, gpointer data, GError **error)
{
  Hold *hold = data;
  gpointer n = run_count (connection, NULL, error);

  g_atomic_int_inc (&hold->n_held);
  while (!g_atomic_int_get (&hold->is_free)) {
    g_usleep (1000);
  }
  return n;
}

static void
on_held (GObject *object, GAsyncResult *result, gpointer user_data)
{
  confabd_database_read_finish (CONFABD_DATABASE (object), result, NULL);
  (*(guint *) user_data)++;
}

/* Reads may share a transaction, but none sees less than was written before it was asked for. */
static void
test_up_to_date (Fixture *self, gconstpointer data)
{
  Hold hold = { 0, FALSE };
  const ConfabdWork held = { run_held, &hold, NULL, NULL };
  const ConfabdWork read = { run_count, NULL, NULL, NULL };
  const ConfabdWork write = { run_insert, GUINT_TO_POINTER (1), NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  guint n_done = 0;

  /* In memory there is one thread, which would never write. */
  hold.is_free = g_str_equal (confabd_database_get_name (self->database), ":memory:");
  for (guint i = 0; i < 3; i++) {
    confabd_database_read_async (self->database, &held, NULL, on_held, &n_done);
  }
  while (g_atomic_int_get (&hold.n_held) < 2) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_nonnull (confabd_database_write_sync (self->database, &write, NULL));
  confabd_database_read_async (self->database, &read, NULL, test_on_result, &result);
  g_atomic_int_set (&hold.is_free, TRUE);
  test_wait_until (result != NULL && n_done == 3);
  g_assert_cmpint (GPOINTER_TO_INT (confabd_database_read_finish (self->database, result, NULL)),
                   ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  TEST_ADD_FOR_ALL ("/database/write-read", Fixture, set_up, test_write_read, tear_down);
  TEST_ADD_FOR_ALL ("/database/values", Fixture, set_up, test_values, tear_down);
  TEST_ADD_FOR_ALL ("/database/wrong-type", Fixture, set_up, test_wrong_type, tear_down);
  TEST_ADD_FOR_ALL ("/database/undone", Fixture, set_up, test_undone, tear_down);
  TEST_ADD_FOR_ALL ("/database/conflict", Fixture, set_up, test_conflict, tear_down);
  TEST_ADD_FOR_ALL ("/database/slow", Fixture, set_up, test_slow, tear_down);
  TEST_ADD_FOR_ALL ("/database/crowd", Fixture, set_up, test_crowd, tear_down);
  TEST_ADD_FOR_ALL ("/database/careless", Fixture, set_up, test_careless, tear_down);
  TEST_ADD_FOR_ALL ("/database/inside-a-turn", Fixture, set_up, test_inside_a_turn, tear_down);
  TEST_ADD_FOR_ALL ("/database/up-to-date", Fixture, set_up, test_up_to_date, tear_down);
  TEST_ADD_FOR_ALL ("/database/cancelled", Fixture, set_up, test_cancelled, tear_down);
  TEST_ADD_FOR_ALL ("/database/closed", Fixture, set_up, test_closed, tear_down);
  TEST_ADD_FOR_ALL ("/database/freed", Fixture, set_up, test_freed, tear_down);
  return g_test_run ();
}
