/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-jobs.h"
#include "confabd-mail.h"
#include "confabd-trace.h"
#include "domain-fixture.h"

/* ---- who does jobs, as the test says ---- */

#define TEST_TYPE_HANDLER (test_handler_get_type ())
G_DECLARE_FINAL_TYPE (TestHandler, test_handler, TEST, HANDLER, GObject)

struct _TestHandler {
  GObject parent_instance;

  GString *log;      /* (owned) "a;" for a job that says "a" */
  GString *traces;   /* (owned) "t;" for a job done on behalf of the trace t */
  ConfabError error; /* what the next ones fail with */
  guint n_to_fail;
  gboolean is_slow; /* answers when it is cancelled */
  guint n_running;
};

static void test_handler_iface_init (ConfabdJobHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestHandler,
                               test_handler,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_JOB_HANDLER,
                                                      test_handler_iface_init))

static void
answer (TestHandler *self, GTask *task)
{
  self->n_running--;
  if (self->n_to_fail > 0) {
    self->n_to_fail--;
    g_task_return_new_error (task, CONFAB_ERROR, (int) self->error, "It did not work");
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  TestHandler *self = g_task_get_source_object (task);

  self->n_running--;
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
test_handler_run_async (ConfabdJobHandler *handler,
                        const char *id,
                        ConfabMessage *payload,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  TestHandler *self = TEST_HANDLER (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GSource) source = NULL;
  const char *text = NULL;

  confab_message_get_string (payload, "text", CONFAB_FIELD_REQUIRED, 100, &text, NULL);
  g_string_append_printf (self->log, "%s;", text);
  g_string_append_printf (self->traces, "%s;",
                          confabd_trace_get_trace_id (confabd_trace_get_current ()));
  self->n_running++;
  if (!self->is_slow) {
    answer (self, task);
    return;
  }
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
  g_source_attach (source, NULL);
}

static gboolean
test_handler_run_finish (ConfabdJobHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_handler_iface_init (ConfabdJobHandlerInterface *iface)
{
  iface->run_async = test_handler_run_async;
  iface->run_finish = test_handler_run_finish;
}

static void
test_handler_finalize (GObject *object)
{
  g_string_free (TEST_HANDLER (object)->log, TRUE);
  g_string_free (TEST_HANDLER (object)->traces, TRUE);

  G_OBJECT_CLASS (test_handler_parent_class)->finalize (object);
}

static void
test_handler_class_init (TestHandlerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_handler_finalize;
}

static void
test_handler_init (TestHandler *self)
{
  self->log = g_string_new (NULL);
  self->traces = g_string_new (NULL);
}

/* ---- the fixture ---- */

static const ConfabdJobPolicy policy = {
  .kind = "webhook",
  .n_at_once = 2,
  .max_attempts = 3,
  .first_retry_ms = 60000,
  .retry_limit_ms = 90000,
  .deadline_ms = 30000,
};

typedef struct {
  DomainFixture domain;
  TestHandler *handler; /* (owned) */
  ConfabdJobs *jobs;    /* (owned) */
  gint64 set_back_us;   /* by how much the clock was, for claim () */
} Fixture;

static ConfabdJobs *
make_jobs (Fixture *self, const ConfabdJobPolicy *with)
{
  ConfabdJobs *jobs = confabd_jobs_new (self->domain.store, self->domain.clock);

  confabd_jobs_set_handler (jobs, with, CONFABD_JOB_HANDLER (self->handler));
  return jobs;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  domain_set_up (&self->domain, data);
  self->handler = g_object_new (TEST_TYPE_HANDLER, NULL);
  self->jobs = make_jobs (self, &policy);
}

static void
stop (ConfabdJobs *jobs)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_jobs_stop_async (jobs, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_jobs_stop_finish (jobs, result);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stop (self->jobs);
  test_drain ();
  g_assert_finalize_object (self->jobs);
  g_assert_finalize_object (self->handler);
  domain_tear_down (&self->domain, data);
}

static void
add (Fixture *self, const char *text, gint64 in_us)
{
  g_autoptr (ConfabMessage) payload = confab_message_new (NULL);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->domain.clock);
  g_autoptr (GDateTime) at = g_date_time_add (now, in_us);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confab_message_set_string (payload, "text", text);
  confabd_jobs_add_async (self->jobs, "webhook", at, payload, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_jobs_add_finish (self->jobs, result, &error));
  g_assert_no_error (error);
}

static ConfabdJobFigures
look (Fixture *self)
{
  ConfabdJobFigures figures = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_jobs_look_async (self->jobs, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_jobs_look_finish (self->jobs, result, &figures, &error));
  g_assert_no_error (error);
  return figures;
}

/* Until nothing is done any more, and nothing is due. */
static void
settle (Fixture *self)
{
  ConfabdJobFigures figures;

  confabd_jobs_check (self->jobs);
  do {
    figures = look (self);
  } while (figures.n_running > 0 || figures.overdue_us > 0);
}

static void
advance (Fixture *self, gint64 by_us)
{
  domain_advance (&self->domain, by_us + 1); /* what is due is overdue then */
  settle (self);
}

/* ---- the tests ---- */

static void
test_order (Fixture *self, gconstpointer data)
{
  ConfabdJobCounts counts;

  add (self, "later", G_TIME_SPAN_HOUR);
  add (self, "second", -G_TIME_SPAN_SECOND);
  add (self, "first", -G_TIME_SPAN_MINUTE);
  confabd_jobs_start (self->jobs);
  settle (self);
  g_assert_cmpstr (self->handler->log->str, ==, "first;second;");
  advance (self, G_TIME_SPAN_HOUR);
  g_assert_cmpstr (self->handler->log->str, ==, "first;second;later;");
  confabd_jobs_get_counts (self->jobs, "webhook", &counts);
  g_assert_cmpuint (counts.n_done, ==, 3);
  g_assert_cmpuint (counts.n_running, ==, 0);
}

/* A letter belongs to the request that asked for it, also after a restart. */
static void
test_trace (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdTrace) trace =
      confabd_trace_new ("r1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ConfabdTrace *previous = confabd_trace_enter (trace);

  add (self, "asked for", -G_TIME_SPAN_SECOND);
  confabd_trace_leave (previous);
  confabd_jobs_start (self->jobs);
  settle (self);
  g_assert_cmpstr (self->handler->traces->str, ==, "0af7651916cd43dd8448eb211c80319c;");
  g_assert_null (confabd_trace_get_current ());
}

/* What was done says nothing any more. */
static void
test_forgets_payload (Fixture *self, gconstpointer data)
{
  confabd_jobs_start (self->jobs);
  add (self, "secret", 0);
  settle (self);
  domain_run_sql (&self->domain, "CREATE TABLE seen (n INTEGER CHECK (n = 0));"
                                 "INSERT INTO seen SELECT count(*) FROM jobs"
                                 " WHERE payload LIKE '%secret%' OR state <> 'done'");
}

static void
test_retry (Fixture *self, gconstpointer data)
{
  ConfabdJobCounts counts;

  self->handler->error = CONFAB_ERROR_UNAVAILABLE;
  self->handler->n_to_fail = 2;
  confabd_jobs_start (self->jobs);
  add (self, "a", -1);
  settle (self);
  g_assert_cmpstr (self->handler->log->str, ==, "a;");
  advance (self, 29 * G_TIME_SPAN_SECOND); /* less than half of the first wait */
  g_assert_cmpstr (self->handler->log->str, ==, "a;");
  advance (self, 32 * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;");
  advance (self, 44 * G_TIME_SPAN_SECOND); /* half of the limit, not yet */
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;");
  advance (self, 47 * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;a;");
  confabd_jobs_get_counts (self->jobs, "webhook", &counts);
  g_assert_cmpuint (counts.n_failed, ==, 2);
  g_assert_cmpuint (counts.n_done, ==, 1);
}

static void
expect_dead (Fixture *self, guint n)
{
  g_assert_cmpuint (look (self).n_dead, ==, n);
}

static void
test_dead (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) dead = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint n = 0;

  self->handler->error = CONFAB_ERROR_UNAVAILABLE;
  self->handler->n_to_fail = 3;
  confabd_jobs_start (self->jobs);
  add (self, "a", -1);
  settle (self);
  advance (self, 2 * G_TIME_SPAN_MINUTE);
  g_test_expect_message ("confabd-jobs", G_LOG_LEVEL_WARNING, "Job * (webhook) is dead after 3*");
  advance (self, 2 * G_TIME_SPAN_MINUTE);
  g_test_assert_expected_messages ();
  advance (self, G_TIME_SPAN_DAY);
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;a;");
  expect_dead (self, 1);

  dead = confabd_store_list_jobs_sync (self->domain.database, "dead", 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dead->len, ==, 1);
  g_assert_cmpstr (((ConfabdJobRecord *) g_ptr_array_index (dead, 0))->last_error, ==,
                   "It did not work");

  now = confab_clock_dup_now (self->domain.clock);
  g_assert_true (confabd_store_retry_jobs_sync (
      self->domain.database, ((ConfabdJobRecord *) g_ptr_array_index (dead, 0))->id, "root",
      confab_time_to_unix_us (now), &n, &error));
  g_assert_cmpuint (n, ==, 1);
  advance (self, 1);
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;a;a;");
  expect_dead (self, 0);
}

static void
test_never (Fixture *self, gconstpointer data)
{
  self->handler->error = CONFAB_ERROR_NOT_ALLOWED;
  self->handler->n_to_fail = 1;
  g_test_expect_message ("confabd-jobs", G_LOG_LEVEL_WARNING, "Job * is dead after 1*");
  confabd_jobs_start (self->jobs);
  add (self, "a", -1);
  settle (self);
  g_test_assert_expected_messages ();
  advance (self, G_TIME_SPAN_DAY);
  g_assert_cmpstr (self->handler->log->str, ==, "a;");
  expect_dead (self, 1);
}

/* No more at once than the policy says. */
static void
test_at_once (Fixture *self, gconstpointer data)
{
  self->handler->is_slow = TRUE;
  for (guint i = 0; i < 5; i++) {
    add (self, "a", -1);
  }
  confabd_jobs_start (self->jobs);
  test_wait_until (self->handler->n_running == 2);
  confabd_jobs_check (self->jobs);
  g_assert_cmpuint (look (self).n_running, ==, 2);
  g_assert_cmpuint (self->handler->n_running, ==, 2);
}

/* An end in the middle: the job is as if it had not been begun. */
static void
test_stop (Fixture *self, gconstpointer data)
{
  ConfabdJobFigures figures;

  self->handler->is_slow = TRUE;
  add (self, "a", -1);
  confabd_jobs_start (self->jobs);
  test_wait_until (self->handler->n_running == 1);
  stop (self->jobs);
  g_assert_cmpuint (self->handler->n_running, ==, 0);
  figures = look (self);
  g_assert_cmpuint (figures.n_waiting, ==, 1);
  g_assert_cmpuint (figures.n_running, ==, 0);
  domain_run_sql (&self->domain, "CREATE TABLE seen (n INTEGER CHECK (n = 0));"
                                 "INSERT INTO seen SELECT attempts FROM jobs");

  test_drain ();
  g_assert_finalize_object (self->jobs);
  self->handler->is_slow = FALSE;
  self->jobs = make_jobs (self, &policy);
  confabd_jobs_start (self->jobs);
  domain_advance (&self->domain, 1);
  settle (self);
  g_assert_cmpstr (self->handler->log->str, ==, "a;a;");
}

static void
test_deadline (Fixture *self, gconstpointer data)
{
  ConfabdJobPolicy hasty = policy;

  hasty.deadline_ms = 10;
  hasty.max_attempts = 1;
  stop (self->jobs);
  test_drain ();
  g_assert_finalize_object (self->jobs);
  self->jobs = make_jobs (self, &hasty);
  self->handler->is_slow = TRUE;
  g_test_expect_message ("confabd-jobs", G_LOG_LEVEL_WARNING, "*It took too long*");
  add (self, "a", -1);
  confabd_jobs_start (self->jobs);
  settle (self);
  g_test_assert_expected_messages ();
  expect_dead (self, 1);
}

/* ---- clocks and other daemons ---- */

static GPtrArray *
claim (Fixture *self, const char *lease)
{
  const ConfabdJobWish wish = { "webhook", 3, 10 };
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->domain.clock);
  const ConfabdJobClaim claim = { &wish, 1, lease, G_TIME_SPAN_MINUTE,
                                  confab_time_to_unix_us (now) - self->set_back_us };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdClaimedJobs) claimed = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_claim_jobs_async (self->domain.store, &claim, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  claimed = confabd_store_claim_jobs_finish (self->domain.store, result, &error);
  g_assert_no_error (error);
  return g_ptr_array_ref (claimed->jobs);
}

static void
expect_claimed (Fixture *self, const char *lease, guint n)
{
  g_autoptr (GPtrArray) jobs = claim (self, lease);

  g_assert_cmpuint (jobs->len, ==, n);
}

static void
test_lease (Fixture *self, gconstpointer data)
{
  add (self, "a", -1);
  expect_claimed (self, "one", 1);
  expect_claimed (self, "two", 0);
  domain_advance (&self->domain, 59 * G_TIME_SPAN_SECOND);
  expect_claimed (self, "two", 0);
  domain_advance (&self->domain, 2 * G_TIME_SPAN_SECOND);
  expect_claimed (self, "two", 1);
  domain_advance (&self->domain, 2 * G_TIME_SPAN_MINUTE);
  expect_claimed (self, "three", 1);
  /* a job that takes every daemon down with it */
  domain_advance (&self->domain, 2 * G_TIME_SPAN_MINUTE);
  expect_claimed (self, "four", 0);
  expect_dead (self, 1);
}

/* Whoever lost the lease has nothing to say any more. */
static void
test_late_end (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) jobs = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  ConfabdJobEnd end = { .lease = "one", .outcome = CONFABD_JOB_DONE };

  add (self, "a", -1);
  jobs = claim (self, "one");
  domain_advance (&self->domain, 2 * G_TIME_SPAN_MINUTE);
  expect_claimed (self, "two", 1);
  end.id = ((ConfabdJobRecord *) g_ptr_array_index (jobs, 0))->id;
  confabd_store_end_job_async (self->domain.store, &end, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_end_job_finish (self->domain.store, result, NULL));
  g_assert_cmpuint (look (self).n_running, ==, 1);
}

static void
test_clock_back (Fixture *self, gconstpointer data)
{
  add (self, "now", -1);
  add (self, "soon", G_TIME_SPAN_MINUTE);
  expect_claimed (self, "one", 1);
  self->set_back_us = G_TIME_SPAN_DAY;
  expect_claimed (self, "two", 0);
  domain_advance (&self->domain, 61 * G_TIME_SPAN_SECOND);
  expect_claimed (self, "three", 2); /* the one whose daemon died, and the one whose time came */
}

/* ---- letters ---- */

static gboolean
try_send (ConfabdMail *mail, const ConfabdLetter *letter, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_mail_send_async (mail, letter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_mail_send_finish (mail, result, error);
}

static void
test_letters (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdMail) mail = confabd_mail_new (self->jobs, TRUE);
  g_autoptr (ConfabdMail) none = confabd_mail_new (self->jobs, FALSE);
  const ConfabdLetter good = { "ada@example.org", "Ada 🎈", "Grüße", "Hello\n" };
  g_autoptr (GError) error = NULL;
  const ConfabdLetter bad[] = {
    { "ada@example.org\r\nBcc: eve@example.org", NULL, "x", "x" },
    { "ada@example.org>,<eve@example.org", NULL, "x", "x" },
    { "ada", NULL, "x", "x" },
    { "@example.org", NULL, "x", "x" },
    { "a@b@c", NULL, "x", "x" },
    { "ada@example.org", "Ada\r\nBcc: eve@example.org", "x", "x" },
    { "ada@example.org", NULL, "x\nBcc: eve@example.org", "x" },
    { "ada@example.org", NULL, "x\342\200\250Bcc: eve@example.org", "x" },
    { "ada@example.org", NULL, "\xff", "x" },
  };

  g_assert_true (try_send (mail, &good, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (try_send (mail, &bad[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
    g_clear_error (&error);
  }
  g_assert_cmpuint (look (self).n_waiting, ==, 1);
  g_assert_false (try_send (none, &good, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add ("/jobs/" path, Fixture, NULL, set_up, run, tear_down)
  ADD ("order", test_order);
  ADD ("trace", test_trace);
  ADD ("forgets-payload", test_forgets_payload);
  ADD ("retry", test_retry);
  ADD ("dead", test_dead);
  ADD ("never", test_never);
  ADD ("at-once", test_at_once);
  ADD ("stop", test_stop);
  ADD ("deadline", test_deadline);
  ADD ("lease", test_lease);
  ADD ("late-end", test_late_end);
  ADD ("clock-back", test_clock_back);
  ADD ("letters", test_letters);
#undef ADD

  return g_test_run ();
}
