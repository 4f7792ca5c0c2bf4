/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-store-overview.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabUser *ada;           /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autofree char *id = confab_id_new ();
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  self->ada = confab_user_new (id, "Ada", CONFAB_USER_ROLE_GUEST, start);
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
  confab_user_unref (self->ada);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static ConfabCall *
add_call (Fixture *self)
{
  g_autofree char *id = confab_id_new ();
  g_autofree char *invite_id = confab_id_new ();
  g_autofree char *code = confab_code_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
  const char *creator = confab_user_get_id (self->ada);
  ConfabCall *call = confab_call_new (id, code, creator, now, tomorrow);
  g_autoptr (ConfabInvite) invite =
      confab_invite_new (invite_id, id, creator, CONFAB_ROLE_SPEAKER, -1, NULL, NULL);
  const ConfabdAuditFacts facts = {
    .action = CONFABD_AUDIT_CALL_CREATED, .actor = "Ada", .target = id, .is_success = TRUE
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_create_call_async (self->store, self->ada, call, invite, id, 10, &facts, NULL,
                                   test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_create_call_finish (self->store, result, &error));
  g_assert_no_error (error);
  return call;
}

static void
end_call (Fixture *self, ConfabCall *call)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_CALL_ENDED,
                                    .actor = "Ada",
                                    .target = confab_call_get_id (call),
                                    .is_success = TRUE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabCall) over = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_end_call_async (self->store, NULL, confab_call_get_id (call), CONFAB_CALL_EVENT_END,
                                "ended-by-admin", now, &facts, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  over = confabd_store_end_call_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static guint
count_open (Fixture *self, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) summaries =
      confabd_store_list_open_calls_sync (self->database, limit, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < summaries->len; i++) {
    const ConfabdCallSummary *summary = g_ptr_array_index (summaries, i);

    g_assert_cmpuint (summary->n_present, ==, 0);
    g_assert_null (confab_call_get_ended_at (summary->call));
  }
  return summaries->len;
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) first = add_call (self);
  g_autoptr (ConfabCall) second = add_call (self);

  g_assert_cmpuint (count_open (self, 10), ==, 2);
  g_assert_cmpuint (count_open (self, 1), ==, 1);
  end_call (self, first);
  g_assert_cmpuint (count_open (self, 10), ==, 1);
  end_call (self, second);
  g_assert_cmpuint (count_open (self, 10), ==, 0);
}

static void
assert_found (Fixture *self, const char *id_or_code, ConfabCall *call)
{
  g_autoptr (ConfabUser) creator = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdRoster) roster =
      confabd_store_find_call_sync (self->database, id_or_code, &creator, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (confab_call_get_id (roster->call), ==, confab_call_get_id (call));
  g_assert_cmpuint (roster->participants->len, ==, 0);
  g_assert_cmpstr (confab_user_get_display_name (creator), ==, "Ada");
}

static void
test_find (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = add_call (self);
  g_autoptr (ConfabUser) creator = NULL;
  g_autoptr (ConfabdRoster) nothing = NULL;
  g_autoptr (GError) error = NULL;

  assert_found (self, confab_call_get_id (call), call);
  assert_found (self, confab_call_get_code (call), call);
  nothing = confabd_store_find_call_sync (self->database, "0000-0000-0000", &creator, &error);
  g_assert_null (nothing);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/store-overview/list", test_list);
  ADD ("/store-overview/find", test_find);
#undef ADD
  return g_test_run ();
}
