/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-store-jobs.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement.
 * When jobs are done and by whom is in tests/daemon/domain/test-jobs.c. */

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
add (Fixture *self, const char *id, const char *kind, gint64 in_us)
{
  const ConfabdJobRecord job = { .id = (char *) id,
                                 .kind = (char *) kind,
                                 .payload = (char *) "{\"a\":1}",
                                 .created_us = self->now_us,
                                 .run_us = self->now_us + in_us };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_add_job_async (self->store, &job, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_add_job_finish (self->store, result, &error);
  g_assert_no_error (error);
}

/* Two letters and one webhook at most. Returns: their ids, "a;b;" */
static char *
claim (Fixture *self, const char *lease, gint64 *next_at_us)
{
  const ConfabdJobWish wishes[] = { { "mail", 2, 2 }, { "webhook", 2, 1 } };
  const ConfabdJobClaim claim = { wishes, G_N_ELEMENTS (wishes), lease, G_TIME_SPAN_MINUTE,
                                  self->now_us };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdClaimedJobs) claimed = NULL;
  g_autoptr (GError) error = NULL;
  GString *ids = g_string_new (NULL);

  confabd_store_claim_jobs_async (self->store, &claim, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  claimed = confabd_store_claim_jobs_finish (self->store, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < claimed->jobs->len; i++) {
    const ConfabdJobRecord *job = g_ptr_array_index (claimed->jobs, i);

    g_assert_cmpstr (job->payload, ==, "{\"a\":1}");
    g_string_append_printf (ids, "%s%u;", job->id, job->attempts);
  }
  if (next_at_us != NULL) {
    *next_at_us = claimed->next_at_us;
  }
  return g_string_free (ids, FALSE);
}

static void
expect_claim (Fixture *self, const char *lease, const char *expected, gint64 next_in_us)
{
  gint64 next_at_us = 0;
  g_autofree char *ids = claim (self, lease, &next_at_us);

  g_assert_cmpstr (ids, ==, expected);
  g_assert_cmpint (next_at_us, ==,
                   next_in_us == G_MAXINT64 ? G_MAXINT64 : self->now_us + next_in_us);
}

static void
end (Fixture *self, const char *id, const char *lease, ConfabdJobOutcome outcome, gint64 in_us)
{
  const ConfabdJobEnd end = { id, lease, outcome, self->now_us + in_us, "why?", self->now_us };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_end_job_async (self->store, &end, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_end_job_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
expect_figures (Fixture *self, guint n_waiting, guint n_running, guint n_dead, gint64 overdue_us)
{
  ConfabdJobFigures figures = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_count_jobs_async (self->store, self->now_us, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_count_jobs_finish (self->store, result, &figures, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (figures.n_waiting, ==, n_waiting);
  g_assert_cmpuint (figures.n_running, ==, n_running);
  g_assert_cmpuint (figures.n_dead, ==, n_dead);
  g_assert_cmpint (figures.overdue_us, ==, overdue_us);
}

/* One after the other: which, how many of each kind, when the next. */
static void
test_claim (Fixture *self, gconstpointer data)
{
  expect_claim (self, "x", "", G_MAXINT64);
  add (self, "c", "mail", -1);
  add (self, "b", "mail", -2);
  add (self, "a", "mail", -3);
  add (self, "a", "mail", -3); /* once is enough */
  add (self, "d", "webhook", -4);
  add (self, "e", "webhook", 7);
  add (self, "f", "reminder", -9);
  expect_figures (self, 6, 0, 0, 4);
  expect_claim (self, "x", "a1;b1;d1;", 7);
  expect_figures (self, 3, 3, 0, 1);
  expect_claim (self, "y", "c1;", 7);
  expect_claim (self, "z", "", 7);
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  add (self, "a", "mail", -1);
  add (self, "b", "mail", -1);
  g_free (claim (self, "x", NULL));
  end (self, "a", "y", CONFABD_JOB_DONE, 0); /* somebody else's */
  expect_figures (self, 0, 2, 0, 0);
  end (self, "a", "x", CONFABD_JOB_RETRY, 5);
  end (self, "b", "x", CONFABD_JOB_RELEASED, 0);
  expect_claim (self, "y", "b1;", 5);
  self->now_us += 5;
  expect_claim (self, "z", "a2;", G_TIME_SPAN_MINUTE - 5);
  end (self, "b", "y", CONFABD_JOB_DONE, 0);
  end (self, "a", "z", CONFABD_JOB_DEAD, 0);
  expect_figures (self, 0, 0, 1, 0);
}

static void
test_retry (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) dead = NULL;
  g_autoptr (GError) error = NULL;
  const ConfabdJobRecord *job;
  guint n = 9;

  add (self, "a", "mail", -1);
  add (self, "b", "mail", -1);
  g_free (claim (self, "x", NULL));
  end (self, "a", "x", CONFABD_JOB_DEAD, 0);
  end (self, "b", "x", CONFABD_JOB_DEAD, 0);
  dead = confabd_store_list_jobs_sync (self->database, "dead", 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dead->len, ==, 2);
  job = g_ptr_array_index (dead, 0);
  g_assert_cmpstr (job->id, ==, "a");
  g_assert_cmpstr (job->last_error, ==, "why?");
  g_assert_null (job->payload);

  confabd_store_retry_jobs_sync (self->database, "nothing", "root", self->now_us, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0);
  confabd_store_retry_jobs_sync (self->database, "b", "root", self->now_us, &n, &error);
  g_assert_cmpuint (n, ==, 1);
  expect_claim (self, "y", "b1;", G_TIME_SPAN_MINUTE);
  confabd_store_retry_jobs_sync (self->database, NULL, "root", self->now_us, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  expect_claim (self, "z", "a1;", G_TIME_SPAN_MINUTE);
}

/* The daemon that had them died, and once more: then they are dead, too. */
static void
test_leases (Fixture *self, gconstpointer data)
{
  add (self, "a", "mail", -1);
  expect_claim (self, "x", "a1;", G_TIME_SPAN_MINUTE);
  self->now_us += G_TIME_SPAN_MINUTE;
  expect_claim (self, "y", "a2;", G_TIME_SPAN_MINUTE);
  self->now_us += G_TIME_SPAN_MINUTE;
  expect_claim (self, "z", "", G_MAXINT64);
  expect_figures (self, 0, 0, 1, 0);
}

static void
test_clock_back (Fixture *self, gconstpointer data)
{
  add (self, "a", "mail", -1);
  expect_claim (self, "x", "a1;", G_TIME_SPAN_MINUTE);
  add (self, "b", "mail", 20 * G_TIME_SPAN_SECOND);
  add (self, "c", "reminder", 20 * G_TIME_SPAN_SECOND);
  self->now_us -= 7 * G_TIME_SPAN_DAY;
  expect_claim (self, "y", "", 20 * G_TIME_SPAN_SECOND);
  self->now_us += 20 * G_TIME_SPAN_SECOND;
  expect_claim (self, "y", "b1;", 40 * G_TIME_SPAN_SECOND);
  self->now_us += 40 * G_TIME_SPAN_SECOND;
  expect_claim (self, "z", "a2;", 20 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  TEST_ADD_FOR_ALL ("/store-jobs/claim", Fixture, set_up, test_claim, tear_down);
  TEST_ADD_FOR_ALL ("/store-jobs/ends", Fixture, set_up, test_ends, tear_down);
  TEST_ADD_FOR_ALL ("/store-jobs/retry", Fixture, set_up, test_retry, tear_down);
  TEST_ADD_FOR_ALL ("/store-jobs/leases", Fixture, set_up, test_leases, tear_down);
  TEST_ADD_FOR_ALL ("/store-jobs/clock-back", Fixture, set_up, test_clock_back, tear_down);

  return g_test_run ();
}
