/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-time.h"
#include "confabd-statements.h"
#include "confabd-store-audit.h"
#include "confabd-store-calls.h"
#include "confabd-store-quality.h"
#include "confabd-store-sessions.h"
#include "confabd-store-users.h"
#include "explaining-database.h"
#include "factory.h"
#include "test-loop.h"

/* The data of years: 100,000 calls, 1,000,000 participants, and what belongs to them. Made in SQL,
 * without references being looked up where that can be turned off: they are right by construction.
 * A page of any list takes the same few statements whatever its length, and each of them an index.
 */

#define USER   "10000000000000000000000001"
#define NOBODY "10000000000000000000019999"
#define CALL   "20000000000000000000000000"

static const char *const seed_sqlite =
    "CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);"
    "INSERT INTO n WITH RECURSIVE s (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s"
    "  WHERE i < 999999) SELECT i FROM s;"
    "INSERT INTO users (id, display_name, role, created_at, updated_at)"
    "  SELECT printf ('1%025d', i), 'User ' || i, 'member', i, i FROM n WHERE i < 20000;"
    "INSERT INTO user_names (name, user_id)"
    "  SELECT 'user ' || i, printf ('1%025d', i) FROM n WHERE i < 20000;"
    "INSERT INTO sessions (id, user_id, device_name, kind, is_trusted, created_at, last_seen_at,"
    "  expires_at) SELECT printf ('4%025d', i), printf ('1%025d', i / 100), 'x', 'app', 0, i, i,"
    "  4000000000000000 FROM n WHERE i < 20000;"
    "INSERT INTO calls (id, code, kind, state, creator_id, created_at, started_at, expires_at,"
    "  ended_at, max_participants, updated_at) SELECT printf ('2%025d', i), printf ('%014d', "
    "i),"
    "  'now', CASE WHEN i < 97000 THEN 'ended' ELSE 'open' END, printf ('1%025d', i % 1000),"
    "  i, i, 4000000000000000, CASE WHEN i < 97000 THEN i END, 100, i FROM n WHERE i < 100000;"
    "INSERT INTO memberships (call_id, user_id, role, made_at)"
    "  SELECT id, creator_id, 'host', created_at FROM calls;"
    "INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at, left_at,"
    "  leave_reason, muted, deafened, on_hold, listen_only) SELECT printf ('3%025d', i),"
    "  printf ('2%025d', i / 10), printf ('1%025d', i / 1000), 'x', 'speaker', i, i,"
    "  'left', 0, 0, 0, 0 FROM n;"
    "INSERT OR IGNORE INTO memberships (call_id, user_id, role, made_at)"
    "  SELECT '" CALL "', id, 'speaker', 1 FROM users LIMIT 1000;"
    "INSERT INTO quality_samples (call_id, at, participant_id, peer_id, jitter_us, lost_ppm,"
    "  bitrate_bps, level_millidbov, mos_millis) SELECT '" CALL "', i, 'one', 'two', 1, 0, 1, -1,"
    "  4000 FROM n WHERE i < 20000;"
    "INSERT INTO audit_entries (seq, at, actor_id, actor, action, result, hash)"
    "  SELECT i + 10, i, printf ('1%025d', i % 1000), 'x', 'login', 'success', 'x' FROM n"
    "  WHERE i < 100000;"
    "DROP TABLE n; ANALYZE";

static const char *const seed_postgres =
    "SET LOCAL session_replication_role = replica;"
    "INSERT INTO users (id, display_name, role, created_at, updated_at)"
    "  SELECT '1' || lpad (i::text, 25, '0'), 'User ' || i, 'member', to_timestamp (i),"
    "  to_timestamp (i) FROM generate_series (0, 19999) i;"
    "INSERT INTO user_names (name, user_id)"
    "  SELECT 'user ' || i, '1' || lpad (i::text, 25, '0') FROM generate_series (0, 19999) i;"
    "INSERT INTO sessions (id, user_id, device_name, kind, is_trusted, created_at, last_seen_at,"
    "  expires_at) SELECT '4' || lpad (i::text, 25, '0'), '1' || lpad ((i / 100)::text, 25, '0'),"
    "  'x', 'app', false, to_timestamp (i), to_timestamp (i), to_timestamp (4000000000)"
    "  FROM generate_series (0, 19999) i;"
    "INSERT INTO calls (id, code, kind, state, creator_id, created_at, started_at, expires_at,"
    "  ended_at, max_participants, updated_at) SELECT '2' || lpad (i::text, 25, '0'),"
    "  lpad (i::text, 14, '0'), 'now', CASE WHEN i < 97000 THEN 'ended' ELSE 'open' END,"
    "  '1' || lpad ((i % 1000)::text, 25, '0'), to_timestamp (i), to_timestamp (i),"
    "  to_timestamp (4000000000), CASE WHEN i < 97000 THEN to_timestamp (i) END, 100,"
    "  to_timestamp (i) FROM generate_series (0, 99999) i;"
    "INSERT INTO memberships (call_id, user_id, role, made_at)"
    "  SELECT id, creator_id, 'host', created_at FROM calls;"
    "INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at, left_at,"
    "  leave_reason, muted, deafened, on_hold, listen_only)"
    "  SELECT '3' || lpad (i::text, 25, '0'), '2' || lpad ((i / 10)::text, 25, '0'),"
    "  '1' || lpad ((i / 1000)::text, 25, '0'), 'x', 'speaker', to_timestamp (i),"
    "  to_timestamp (i), 'left', false, false, false, false FROM generate_series (0, 999999) i;"
    "INSERT INTO memberships (call_id, user_id, role, made_at)"
    "  SELECT '" CALL
    "', id, 'speaker', to_timestamp (1) FROM users WHERE id <= '10000000000000000000001000'"
    "  ON CONFLICT DO NOTHING;"
    "INSERT INTO quality_samples (call_id, at, participant_id, peer_id, jitter_us, lost_ppm,"
    "  bitrate_bps, level_millidbov, mos_millis) SELECT '" CALL "', to_timestamp (i), 'one', 'two',"
    "  1, 0, 1, -1, 4000 FROM generate_series (1, 20000) i;"
    "INSERT INTO audit_entries (seq, at, actor_id, actor, action, result, hash)"
    "  SELECT i + 10, to_timestamp (i), '1' || lpad ((i % 1000)::text, 25, '0'), 'x', 'login',"
    "  'success', 'x' FROM generate_series (1, 100000) i;"
    "ANALYZE";

typedef struct {
  char *folder;               /* (owned) */
  ConfabClock *clock;         /* (owned) */
  ConfabdDatabase *database;  /* (owned) */
  ConfabdDatabase *explainer; /* (owned) */
  ConfabdStore *store;        /* (owned) */
  ConfabdStore *explained;    /* (owned) the same, asked for the plan of each statement */
} Fixture;

static ConfabdStore *
open_store (Fixture *self, ConfabdDatabase *database)
{
  g_autoptr (GError) error = NULL;
  ConfabdStore *store = confabd_store_new (database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autoptr (GError) error = NULL;
  gint64 began_us = g_get_monotonic_time ();

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = open_store (self, self->database);
  confabd_database_set_deadline_ms (self->database, 0);
  test_execute (self->database,
                g_str_equal (confabd_database_get_dialect (self->database), "sqlite")
                    ? seed_sqlite
                    : seed_postgres);
  confabd_database_set_deadline_ms (self->database, CONFABD_DATABASE_DEADLINE_MS);
  self->explainer = explaining_database_new_full (self->database);
  self->explained = open_store (self, self->explainer);
  test_execute (self->database,
                "UPDATE participants SET left_at = NULL WHERE call_id = '" CALL "'");
  g_test_message ("seeded in %.1f s", (double) (g_get_monotonic_time () - began_us) / 1e6);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_true (confabd_store_close (self->store, NULL));
  test_drain ();
  g_assert_finalize_object (self->explained);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->explainer);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

/* ---- the pages; each gives the number of its rows ---- */

static guint
list_calls (ConfabdStore *store, guint limit, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) calls = NULL;

  confabd_store_list_calls_async (store, USER, limit, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  calls = confabd_store_list_calls_finish (store, result, error);
  return calls != NULL ? calls->len : 0;
}

static guint
get_call (ConfabdStore *store, guint limit, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdRoster) roster = NULL;

  /* With ten people in it, or none. */
  confabd_store_get_call_async (store, USER, limit > 1 ? CALL : "20000000000000000000000001", NULL,
                                test_on_result, &result);
  test_wait_until (result != NULL);
  roster = confabd_store_get_call_finish (store, result, error);
  return roster != NULL ? roster->participants->len : 0;
}

static guint
list_quality (ConfabdStore *store, guint limit, GError **error)
{
  const ConfabdQualityCursor after = { G_GINT64_CONSTANT (15000), "one", "two" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  confabd_store_list_quality_async (store, USER, CALL, limit > 1 ? NULL : &after, limit, NULL,
                                    test_on_result, &result);
  test_wait_until (result != NULL);
  samples = confabd_store_list_quality_finish (store, result, error);
  return samples != NULL ? samples->len : 0;
}

static guint
list_audit_of (
    ConfabdStore *store, const char *actor, const char *action, guint limit, GError **error)
{
  const ConfabdAuditFilter filter = { actor, action, 99000, limit };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  confabd_store_list_audit_async (store, &filter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  entries = confabd_store_list_audit_finish (store, result, error);
  return entries != NULL ? entries->len : 0;
}

static guint
list_audit (ConfabdStore *store, guint limit, GError **error)
{
  return list_audit_of (store, NULL, NULL, limit, error);
}

static guint
list_audit_of_user (ConfabdStore *store, guint limit, GError **error)
{
  return list_audit_of (store, USER, NULL, limit, error);
}

static guint
list_audit_of_action (ConfabdStore *store, guint limit, GError **error)
{
  return list_audit_of (store, NULL, "login", limit, error);
}

static guint
search_users (ConfabdStore *store, guint limit, GError **error)
{
  const ConfabdUserQuery query = { "user 5", limit > 1 ? "user 50" : NULL, limit > 1 ? "" : NULL,
                                   limit, FALSE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdUserPage) page = NULL;

  confabd_store_search_users_async (store, &query, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  page = confabd_store_search_users_finish (store, result, error);
  return page != NULL ? page->profiles->len : 0;
}

/* They have all of them, or one. */
static guint
list_sessions (ConfabdStore *store, guint limit, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) sessions = NULL;

  confabd_store_list_sessions_async (store, limit > 1 ? USER : NOBODY, now, NULL, test_on_result,
                                     &result);
  test_wait_until (result != NULL);
  sessions = confabd_store_list_sessions_finish (store, result, error);
  return sessions != NULL ? sessions->len : 0;
}

static const struct {
  const char *name;
  guint (*list) (ConfabdStore *store, guint limit, GError **error);
  guint n_rows; /* of a long page; there are more */
  guint n_statements;
} pages[] = {
  { "calls", list_calls, 3, 1 },
  { "call", get_call, 10, 2 }, /* the call, if they may know of it; who is in it */
  { "quality", list_quality, 100, 2 },
  { "users", search_users, 100, 1 },
  { "sessions", list_sessions, 50, 1 },
  { "audit", list_audit, 100, 1 },
  { "audit of a user", list_audit_of_user, 99, 1 },
  { "audit of an action", list_audit_of_action, 100, 1 },
};

static guint
count_statements (Fixture *self, guint page, guint limit, guint *n_rows)
{
  g_autoptr (GError) error = NULL;
  ConfabdStatementCounts before, after;

  confabd_statements_get_counts (&before);
  *n_rows = pages[page].list (self->store, limit, &error);
  confabd_statements_get_counts (&after);
  g_assert_no_error (error);
  return (guint) (after.n_run - before.n_run);
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (GError) error = NULL;
    guint n_short, n_long;

    g_test_message ("%s", pages[i].name);
    g_assert_cmpuint (count_statements (self, i, 1, &n_short), <=, pages[i].n_statements);
    g_assert_cmpuint (count_statements (self, i, 100, &n_long), ==, pages[i].n_statements);
    g_assert_cmpuint (n_short, <=, 1);
    g_assert_cmpuint (n_long, ==, pages[i].n_rows);
    g_assert_cmpuint (pages[i].list (self->explained, 100, &error), ==, pages[i].n_rows);
    g_assert_no_error (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < count_database_factories (); i++) {
    const DatabaseFactory *factory = &database_factories[i];
    g_autofree char *path = g_strdup_printf ("/%s/seed/pages", factory->name);

    if (g_str_equal (factory->name, "sqlite-memory") || g_str_equal (factory->name, "postgres")) {
      g_test_add (path, Fixture, factory, set_up, test_pages, tear_down);
    }
  }
  return g_test_run ();
}
