/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-store-retention.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

/* Up to then; a moment is a number of microseconds to both drivers. */
static guint
forget (Fixture *self, ConfabdAging what, gint64 before_us)
{
  gboolean is_more = TRUE;
  guint n;

  for (n = 0; is_more; n++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    confabd_store_forget_async (self->store, what, before_us, before_us, NULL, test_on_result,
                                &result);
    test_wait_until (result != NULL);
    g_assert_true (confabd_store_forget_finish (self->store, result, &is_more, &error));
    g_assert_no_error (error);
  }
  return n;
}

static gpointer
run_count (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n = 0;

  if (confabd_connection_query_one (connection, data, NULL, "(u)", &row, error)) {
    g_variant_get (row, "(u)", &n);
  }
  return GUINT_TO_POINTER (n);
}

static guint
count (Fixture *self, const char *sql)
{
  const ConfabdWork work = { run_count, (gpointer) sql, NULL, NULL };
  g_autoptr (GError) error = NULL;
  gpointer n = confabd_database_read_sync (self->database, &work, &error);

  g_assert_no_error (error);
  return GPOINTER_TO_UINT (n);
}

static gpointer
run_add_proofs (ConfabdConnection *connection, gpointer data, GError **error)
{
  guint n = GPOINTER_TO_UINT (data);

  for (guint i = 1; i <= n; i++) {
    g_autofree char *hash = g_strdup_printf ("%u", i);

    if (!confabd_connection_execute (connection,
                                     "INSERT INTO spent_proofs (hash, expires_at) VALUES ($1, $2)",
                                     g_variant_new ("(sx)", hash, (gint64) i), NULL, error)) {
      return NULL;
    }
  }
  return NULL;
}

/* The oldest first, some at a time, and not one too many. */
static void
test_batches (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_add_proofs, GUINT_TO_POINTER (1203), NULL, NULL };
  g_autoptr (GError) error = NULL;

  confabd_database_write_sync (self->database, &work, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (forget (self, CONFABD_AGING_PROOFS, 1201), ==, 3);
  g_assert_cmpuint (count (self, "SELECT count(*) FROM spent_proofs WHERE hash > ''"), ==, 3);
}

/* Every kind has its statements, by an index. */
static void
test_all (Fixture *self, gconstpointer data)
{
  for (guint what = 0; what < CONFABD_N_AGINGS; what++) {
    g_assert_cmpuint (forget (self, what, 1), ==, 1);
  }
}

static void
test_history (Fixture *self, gconstpointer data)
{
  test_execute (self->database,
                "INSERT INTO users (id, display_name, role, created_at)"
                " SELECT 'ada', 'Ada', 'member', max(applied_at) FROM schema_migrations");
  test_execute (self->database,
                "INSERT INTO calls (id, code, kind, state, creator_id, created_at, expires_at,"
                " ended_at, end_reason, max_participants)"
                " SELECT 'old', 'old', 'now', 'ended', 'ada', max(applied_at), max(applied_at),"
                " max(applied_at), 'empty', 6 FROM schema_migrations");
  test_execute (self->database,
                "INSERT INTO calls (id, code, kind, state, creator_id, created_at, expires_at,"
                " max_participants) SELECT 'new', 'new', 'now', 'open', 'ada', max(applied_at),"
                " max(applied_at), 6 FROM schema_migrations");
  forget (self, CONFABD_AGING_HISTORY, 1);
  g_assert_cmpuint (count (self, "SELECT count(*) FROM calls WHERE id > ''"), ==, 2);
  forget (self, CONFABD_AGING_HISTORY, G_GINT64_CONSTANT (4000000000000000));
  g_assert_cmpuint (count (self, "SELECT count(*) FROM calls WHERE id = 'old'"), ==, 0);
  g_assert_cmpuint (count (self, "SELECT count(*) FROM calls WHERE id = 'new'"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  TEST_ADD_FOR_ALL ("/store-retention/batches", Fixture, set_up, test_batches, tear_down);
  TEST_ADD_FOR_ALL ("/store-retention/all", Fixture, set_up, test_all, tear_down);
  TEST_ADD_FOR_ALL ("/store-retention/history", Fixture, set_up, test_history, tear_down);

  return g_test_run ();
}
