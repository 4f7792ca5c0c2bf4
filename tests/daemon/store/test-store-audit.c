/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-migrator.h"
#include "confabd-store-audit.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement. */

#define N_ENTRIES 12

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->now_us = confab_time_to_unix_us (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  /* that the schema was made is written down; begin with nothing */
  test_execute (self->database, "DELETE FROM audit_entries");
  test_execute (self->database, "UPDATE audit_chain SET head_seq = 0,"
                                " head_hash = '" CONFABD_AUDIT_GENESIS "'");
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

static void
add_batch (Fixture *self, ConfabdAuditBatch *batch)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_add_audit_async (self->store, batch, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_add_audit_finish (self->store, result, &error);
  g_assert_no_error (error);
}

/* A minute each: the i-th by user i % 3, with one of two actions, some members left out. */
static void
add_entries (Fixture *self, guint n)
{
  g_autoptr (ConfabdAuditBatch) batch = confabd_audit_batch_new ();
  const char *const ids[] = { "00000000000000000000000001", "00000000000000000000000002", NULL };

  for (guint i = 0; i < n; i++) {
    const ConfabdAuditFacts facts = {
      .action = i % 2 == 0 ? CONFABD_AUDIT_LOGIN : CONFABD_AUDIT_CALL_CREATED,
      .actor_id = ids[i % 3],
      .actor = i % 3 == 2 ? "Zoë" : "Ada",
      .target = i % 2 == 0 ? NULL : "call",
      .address = "192.0.2.7",
      .is_success = i % 5 != 0,
      .detail = i % 4 == 0 ? "äöü" : NULL,
    };

    self->now_us += G_TIME_SPAN_MINUTE;
    confabd_audit_batch_take (batch, confabd_audit_entry_new (&facts, self->now_us));
  }
  add_batch (self, batch);
}

/* Returns: which entry is broken; 0: none */
static gint64
verify (Fixture *self, gint64 *n_entries)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdAuditVerdict) verdict =
      confabd_audit_chain_verify_sync (self->database, &error);

  g_assert_no_error (error);
  if (n_entries != NULL) {
    *n_entries = verdict->n_entries;
  }
  g_assert_true ((verdict->broken_seq != 0) == (verdict->why != NULL)); /* none here is 0 */
  return verdict->broken_seq;
}

static GPtrArray *
list (Fixture *self, const char *actor, const char *action, gint64 before, guint limit)
{
  const ConfabdAuditFilter filter = { actor, action, before, limit };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *entries = NULL;

  confabd_store_list_audit_async (self->store, &filter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  entries = confabd_store_list_audit_finish (self->store, result, &error);
  g_assert_no_error (error);
  return entries;
}

static void
assert_listed (Fixture *self, const char *actor, const char *action, guint n)
{
  g_autoptr (GPtrArray) entries = list (self, actor, action, G_MAXINT64, 100);

  g_assert_cmpuint (entries->len, ==, n);
  for (guint i = 0; i < entries->len; i++) {
    const ConfabdAuditEntry *entry = g_ptr_array_index (entries, i);

    g_assert_true (actor == NULL || g_strcmp0 (entry->actor_id, actor) == 0 ||
                   g_strcmp0 (entry->actor, actor) == 0);
    g_assert_true (action == NULL || g_strcmp0 (entry->action, action) == 0);
  }
}

/* The hash is a contract with whoever checks an export: computed once by hand, by docs/audit.md. */
static void
test_hash (void)
{
  const ConfabdAuditFacts facts = {
    .action = CONFABD_AUDIT_LOGIN, .actor = "Zoë", .address = "192.0.2.7", .is_success = TRUE
  };
  g_autoptr (ConfabdAuditEntry) entry = confabd_audit_entry_new (&facts, 1772356560000001);
  g_autofree char *hash = confabd_audit_entry_hash (entry, 1, CONFABD_AUDIT_GENESIS);

  g_assert_cmpstr (hash, ==, "f9b8ffb5b64f29ce372d8708f577d6919221c12dedbb12dda00eb3a878c2db53");
}

static void
test_tidy (void)
{
  g_autofree char *flood = g_strnfill (100000, 'x');
  const ConfabdAuditFacts facts = {
    .action = CONFABD_AUDIT_LOGIN_FAILED, .actor = flood, .target = "\033[2J\xff\n", .detail = flood
  };
  g_autoptr (ConfabdAuditEntry) entry = confabd_audit_entry_new (&facts, 0);

  g_assert_cmpuint (strlen (entry->actor), ==, 255);
  g_assert_cmpuint (strlen (entry->detail), ==, 1000);
  g_assert_cmpstr (entry->target, ==, "\357\277\275[2J\357\277\275\357\277\275");
  g_assert_cmpstr (entry->result, ==, "failure");
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  const ConfabdAuditEntry *last;
  gint64 n;

  g_assert_cmpint (verify (self, &n), ==, 0);
  g_assert_cmpint (n, ==, 0);
  add_entries (self, 600); /* more than a page */
  add_entries (self, 3);
  g_assert_cmpint (verify (self, &n), ==, 0);
  g_assert_cmpint (n, ==, 603);
  entries = list (self, NULL, NULL, G_MAXINT64, 2);
  g_assert_cmpuint (entries->len, ==, 2);
  last = g_ptr_array_index (entries, 0);
  g_assert_cmpint (last->seq, ==, 603);
  g_assert_cmpint (last->at_us, ==, self->now_us);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) page = NULL;

  add_entries (self, N_ENTRIES);
  assert_listed (self, NULL, NULL, 12);
  assert_listed (self, "00000000000000000000000001", NULL, 4);
  assert_listed (self, "Zoë", NULL, 4);
  assert_listed (self, NULL, "login", 6);
  assert_listed (self, "00000000000000000000000002", "call-created", 2);
  assert_listed (self, "Ada", "call-created", 4);
  assert_listed (self, "nobody", NULL, 0);
  page = list (self, NULL, "login", 7, 2);
  g_assert_cmpuint (page->len, ==, 2);
  g_assert_cmpint (((ConfabdAuditEntry *) g_ptr_array_index (page, 0))->seq, ==, 5);
  g_assert_cmpint (((ConfabdAuditEntry *) g_ptr_array_index (page, 1))->seq, ==, 3);
}

/* ---- somebody else's hands ---- */

typedef struct {
  const char *sql;
  GVariant *parameters; /* (owned) */
} Change;

static gpointer
run_change (ConfabdConnection *connection, gpointer data, GError **error)
{
  Change *change = data;
  guint n_changed = 0;

  confabd_connection_execute (connection, change->sql, change->parameters, &n_changed, error);
  return GUINT_TO_POINTER (n_changed);
}

static void
change (Fixture *self, const char *sql, GVariant *parameters)
{
  Change change = { sql, g_variant_ref_sink (parameters) };
  const ConfabdWork work = { run_change, &change, NULL, NULL };
  g_autoptr (GError) error = NULL;
  gpointer n_changed = confabd_database_write_sync (self->database, &work, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (GPOINTER_TO_UINT (n_changed), ==, 1);
  g_variant_unref (change.parameters);
}

static const struct {
  const char *name;
  gsize offset;
} text_columns[] = {
  { "actor_id", G_STRUCT_OFFSET (ConfabdAuditEntry, actor_id) },
  { "actor", G_STRUCT_OFFSET (ConfabdAuditEntry, actor) },
  { "action", G_STRUCT_OFFSET (ConfabdAuditEntry, action) },
  { "target", G_STRUCT_OFFSET (ConfabdAuditEntry, target) },
  { "address", G_STRUCT_OFFSET (ConfabdAuditEntry, address) },
  { "result", G_STRUCT_OFFSET (ConfabdAuditEntry, result) },
  { "detail", G_STRUCT_OFFSET (ConfabdAuditEntry, detail) },
  { "hash", G_STRUCT_OFFSET (ConfabdAuditEntry, hash) },
};

/* Another character at one place, or one more; what was not there becomes nothing at all. */
static char *
corrupt (const char *text)
{
  g_autoptr (GString) changed = NULL;
  guint at;

  if (text == NULL) {
    return g_strdup ("");
  }
  changed = g_string_new (text);
  at = (guint) g_test_rand_int_range (0, (gint32) changed->len + 1);
  if (at == changed->len || !g_ascii_isprint (changed->str[at])) {
    g_string_append_c (changed, '.');
  } else {
    changed->str[at] = changed->str[at] == '~' ? '!' : changed->str[at] + 1;
  }
  return g_string_free (g_steal_pointer (&changed), FALSE);
}

static void
flip_text (Fixture *self, const ConfabdAuditEntry *entry, guint column)
{
  const char *value = G_STRUCT_MEMBER (char *, entry, text_columns[column].offset);
  g_autofree char *sql = g_strdup_printf ("UPDATE audit_entries SET %s = $1 WHERE seq = $2",
                                          text_columns[column].name);
  g_autofree char *changed = corrupt (value);

  change (self, sql, g_variant_new ("(msx)", changed, entry->seq));
  g_assert_cmpint (verify (self, NULL), ==, entry->seq);
  change (self, sql, g_variant_new ("(msx)", value, entry->seq));
}

static void
flip_numbers (Fixture *self, const ConfabdAuditEntry *entry)
{
  const char *set_at = "UPDATE audit_entries SET at = $1 WHERE seq = $2";
  const char *set_seq = "UPDATE audit_entries SET seq = $1 WHERE seq = $2";
  gint64 bit = G_GINT64_CONSTANT (1) << g_test_rand_int_range (0, 40);
  gint64 moved = entry->seq ^ (G_GINT64_CONSTANT (1) << g_test_rand_int_range (5, 30));

  change (self, set_at, g_variant_new ("(xx)", entry->at_us ^ bit, entry->seq));
  g_assert_cmpint (verify (self, NULL), ==, entry->seq);
  change (self, set_at, g_variant_new ("(xx)", entry->at_us, entry->seq));

  change (self, set_seq, g_variant_new ("(xx)", moved, entry->seq));
  g_assert_cmpint (verify (self, NULL), ==, entry->seq);
  change (self, set_seq, g_variant_new ("(xx)", entry->seq, moved));
}

static const ConfabdAuditEntry *
pick (GPtrArray *entries)
{
  return g_ptr_array_index (entries, g_test_rand_int_range (0, (gint32) entries->len));
}

static void
test_flips (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;

  add_entries (self, N_ENTRIES);
  entries = list (self, NULL, NULL, G_MAXINT64, N_ENTRIES);
  for (guint column = 0; column < G_N_ELEMENTS (text_columns); column++) {
    flip_text (self, pick (entries), column);
  }
  flip_numbers (self, pick (entries));
  g_assert_cmpint (verify (self, NULL), ==, 0);
}

static void
test_removed (Fixture *self, gconstpointer data)
{
  add_entries (self, N_ENTRIES);
  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 12));
  g_assert_cmpint (verify (self, NULL), ==, 12);
  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 7));
  g_assert_cmpint (verify (self, NULL), ==, 7);
  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 1));
  g_assert_cmpint (verify (self, NULL), ==, 1);
}

static void
insert_copy (Fixture *self, int of, int as)
{
  change (self,
          "INSERT INTO audit_entries (" CONFABD_AUDIT_COLUMNS ")"
          " SELECT $1, at, actor_id, actor, action, target, address, result, detail, hash"
          " FROM audit_entries WHERE seq = $2",
          g_variant_new ("(xx)", (gint64) as, (gint64) of));
}

static void
test_inserted (Fixture *self, gconstpointer data)
{
  add_entries (self, N_ENTRIES);
  insert_copy (self, 12, 13);
  g_assert_cmpint (verify (self, NULL), ==, 13);
  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 13));
  insert_copy (self, 1, -5);
  g_assert_cmpint (verify (self, NULL), ==, -5);
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  add_entries (self, N_ENTRIES);
  change (self, "UPDATE audit_chain SET head_seq = $1 WHERE id = 1", g_variant_new ("(i)", 11));
  g_assert_cmpint (verify (self, NULL), ==, 12);
  change (self, "UPDATE audit_chain SET head_seq = $1 WHERE id = 1", g_variant_new ("(i)", 12));
  g_assert_cmpint (verify (self, NULL), ==, 0);
  change (self, "UPDATE audit_chain SET head_hash = $1 WHERE id = 1", g_variant_new ("(s)", "0"));
  g_assert_cmpint (verify (self, NULL), ==, 12);
  /* whoever broke it does not keep new entries out */
  add_entries (self, 1);
  g_assert_cmpint (verify (self, NULL), ==, 13);
  change (self, "DELETE FROM audit_chain WHERE id = $1", g_variant_new ("(i)", 1));
  g_assert_cmpint (verify (self, NULL), ==, 1);
  add_entries (self, 1);
  assert_listed (self, NULL, NULL, 14);
}

/* ---- age ---- */

typedef struct {
  gint64 before_us;
  gint64 now_us;
  guint limit;
  guint n_pruned;
} Prune;

static gpointer
run_prune (ConfabdConnection *connection, gpointer data, GError **error)
{
  Prune *prune = data;

  confabd_audit_chain_prune (connection, prune->before_us, prune->now_us, prune->limit,
                             &prune->n_pruned, error);
  return NULL;
}

static guint
prune (Fixture *self, gint64 before_us, guint limit, GError **error)
{
  Prune prune = { before_us, self->now_us, limit, 0 };
  const ConfabdWork work = { run_prune, &prune, NULL, NULL };

  confabd_database_write_sync (self->database, &work, error);
  return prune.n_pruned;
}

static void
test_prune (Fixture *self, gconstpointer data)
{
  gint64 before_us = self->now_us + 9 * G_TIME_SPAN_MINUTE; /* eight are older */
  g_autoptr (GError) error = NULL;
  gint64 n;

  add_entries (self, N_ENTRIES);
  g_assert_cmpuint (prune (self, before_us, 5, &error), ==, 5);
  g_assert_cmpuint (prune (self, before_us, 5, &error), ==, 3);
  g_assert_cmpuint (prune (self, before_us, 5, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (verify (self, &n), ==, 0);
  g_assert_cmpint (n, ==, 6); /* four, and two that say so */
  assert_listed (self, NULL, "audit-pruned", 2);

  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 9));
  g_assert_cmpint (verify (self, NULL), ==, 9);
}

/* Taking old entries away by hand and moving the anchor is not enough. */
static void
test_false_anchor (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;

  add_entries (self, N_ENTRIES);
  entries = list (self, NULL, NULL, 2, 1);
  change (self, "DELETE FROM audit_entries WHERE seq = $1", g_variant_new ("(i)", 1));
  change (self, "UPDATE audit_chain SET anchor_seq = 1, anchor_hash = $1 WHERE id = 1",
          g_variant_new ("(s)", ((ConfabdAuditEntry *) g_ptr_array_index (entries, 0))->hash));
  g_assert_cmpint (verify (self, NULL), ==, 1);
}

static void
test_prune_keeps_evidence (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 n;

  add_entries (self, N_ENTRIES);
  change (self, "UPDATE audit_entries SET actor = 'Eve' WHERE seq = $1", g_variant_new ("(i)", 3));
  prune (self, self->now_us, 100, &error);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_assert_cmpint (verify (self, &n), ==, 3);
  assert_listed (self, NULL, NULL, 12);
}

static void
test_prune_keeps_the_last (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_entries (self, 2);
  g_assert_cmpuint (prune (self, G_MAXINT64, 100, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (verify (self, NULL), ==, 0);
}

/* A disk that hung in the commit: the batch comes again, its entries do not. */
static void
test_batch_again (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdAuditBatch) batch = confabd_audit_batch_new ();
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_LOGIN, .actor = "Ada" };
  gint64 n;

  confabd_audit_batch_take (batch, confabd_audit_entry_new (&facts, self->now_us));
  confabd_audit_batch_take (batch, confabd_audit_entry_new (&facts, self->now_us));
  add_batch (self, batch);
  add_batch (self, batch);
  g_assert_cmpint (verify (self, &n), ==, 0);
  g_assert_cmpint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store-audit/hash", test_hash);
  g_test_add_func ("/store-audit/tidy", test_tidy);
  TEST_ADD_FOR_ALL ("/store-audit/whole", Fixture, set_up, test_whole, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/list", Fixture, set_up, test_list, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/flips", Fixture, set_up, test_flips, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/removed", Fixture, set_up, test_removed, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/inserted", Fixture, set_up, test_inserted, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/ends", Fixture, set_up, test_ends, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/prune", Fixture, set_up, test_prune, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/false-anchor", Fixture, set_up, test_false_anchor, tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/prune/keeps-evidence", Fixture, set_up, test_prune_keeps_evidence,
                    tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/prune/keeps-the-last", Fixture, set_up, test_prune_keeps_the_last,
                    tear_down);
  TEST_ADD_FOR_ALL ("/store-audit/batch-again", Fixture, set_up, test_batch_again, tear_down);

  return g_test_run ();
}
