/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Several processes and the jobs of one database, with real leases and real ends: of SQLite beside
 * each other as a daemon and its tools are, of PostgreSQL as daemons are. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-jobs.h"
#include "factory.h"
#include "test-loop.h"

#define WORKER    "--work"
#define N_JOBS    30
#define N_AT_ONCE 3
#define LOOK_MS   5
#define LATER_S   (CONFABD_JOBS_LEASE_MS / 1000 + 20)

static const char *program;

/* ---- what was done ---- */

/* How often a job was begun, and by whom. */
typedef struct {
  GHashTable *counts;  /* (element-type utf8 guint) (owned) by the id of the job */
  GHashTable *workers; /* (element-type utf8 utf8) (owned) a set of process ids */
} Log;

static void
log_clear (Log *self)
{
  g_clear_pointer (&self->counts, g_hash_table_unref);
  g_clear_pointer (&self->workers, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Log, log_clear)

static Log
read_log (const char *path)
{
  Log log = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
              g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL)) {
    return log;
  }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);
    guint count = GPOINTER_TO_UINT (g_hash_table_lookup (log.counts, words[0]));

    g_hash_table_replace (log.counts, g_steal_pointer (&words[0]), GUINT_TO_POINTER (count + 1));
    g_hash_table_add (log.workers, g_steal_pointer (&words[1]));
  }
  return log;
}

/* ---- a process that does jobs ---- */

#define TEST_TYPE_SCRIBE (test_scribe_get_type ())
G_DECLARE_FINAL_TYPE (TestScribe, test_scribe, TEST, SCRIBE, GObject)

/* Writes the id of each job into a file that all share. */
struct _TestScribe {
  GObject parent_instance;

  const char *path; /* (unowned) of the file */
  int log;
  gboolean is_stuck;      /* begins jobs and never ends one */
  gboolean needs_company; /* ends none before another process has begun one */
};

static gboolean
is_alone (TestScribe *self)
{
  g_auto (Log) log = read_log (self->path);

  return g_hash_table_size (log.workers) < 2;
}

static gboolean
on_stuck (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
on_look (gpointer user_data)
{
  GTask *task = user_data;

  if (is_alone (g_task_get_source_object (task))) {
    return G_SOURCE_CONTINUE;
  }
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
test_scribe_run_async (ConfabdJobHandler *handler,
                       const char *id,
                       ConfabMessage *payload,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  TestScribe *self = TEST_SCRIBE (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *line = g_strdup_printf ("%s %d\n", id, getpid ());

  g_assert_cmpint (write (self->log, line, strlen (line)), ==, (gssize) strlen (line));
  if (self->is_stuck || (self->needs_company && is_alone (self))) {
    g_timeout_add_full (G_PRIORITY_DEFAULT, LOOK_MS, self->is_stuck ? on_stuck : on_look,
                        g_steal_pointer (&task), g_object_unref);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

static gboolean
test_scribe_run_finish (ConfabdJobHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_scribe_iface_init (ConfabdJobHandlerInterface *iface)
{
  iface->run_async = test_scribe_run_async;
  iface->run_finish = test_scribe_run_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestScribe,
                               test_scribe,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_JOB_HANDLER,
                                                      test_scribe_iface_init))

static void
test_scribe_class_init (TestScribeClass *klass)
{
}

static void
test_scribe_init (TestScribe *self)
{
}

static gboolean
is_work_left (ConfabdJobs *jobs)
{
  ConfabdJobFigures figures = { 0 };
  ConfabdJobCounts counts = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_jobs_look_async (jobs, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_jobs_look_finish (jobs, result, &figures, &error));
  g_assert_no_error (error);
  confabd_jobs_get_counts (jobs, "mail", &counts);
  return figures.n_waiting > 0 || counts.n_running > 0;
}

static gboolean
on_tick (gpointer user_data)
{
  *(guint *) user_data += 1;
  return G_SOURCE_CONTINUE;
}

static void
do_all (ConfabdJobs *jobs)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint n_ticks = 0;
  guint ticker = g_timeout_add (4 * LOOK_MS, on_tick, &n_ticks);

  confabd_jobs_start (jobs);
  while (is_work_left (jobs)) {
    guint last = n_ticks;

    test_wait_until (n_ticks != last);
  }
  g_source_remove (ticker);
  confabd_jobs_stop_async (jobs, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_jobs_stop_finish (jobs, result);
}

/* URL LOG HOW: says “ready”, waits for a line, does all jobs that there are. */
static int
work (char **arguments)
{
  const ConfabdJobPolicy policy = { "mail", N_AT_ONCE, 5, 1000, 1000, 60000 };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) later = g_date_time_add_seconds (now, LATER_S);
  g_autoptr (ConfabClock) clock = g_str_equal (arguments[2], "late")
                                      ? confab_manual_clock_new (later)
                                      : confab_system_clock_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdDatabase) database =
      confabd_database_open (arguments[0], CONFABD_DATABASE_LOOK, &error);
  g_autoptr (ConfabdStore) store = confabd_store_attach (database, clock, &error);
  g_autoptr (ConfabdJobs) jobs = confabd_jobs_new (store, clock);
  g_autoptr (TestScribe) scribe = g_object_new (TEST_TYPE_SCRIBE, NULL);

  g_assert_no_error (error);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  scribe->log = open (arguments[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  scribe->path = arguments[1];
  scribe->is_stuck = g_str_equal (arguments[2], "stuck");
  scribe->needs_company = g_str_equal (arguments[2], "race");
  confabd_jobs_set_handler (jobs, &policy, CONFABD_JOB_HANDLER (scribe));
  g_assert_cmpint (write (STDOUT_FILENO, "ready\n", 6), ==, 6);
  g_assert_cmpint (read (STDIN_FILENO, &(char){ 0 }, 1), ==, 1);
  do_all (jobs);
  g_assert_true (confabd_store_close (store, &error));
  close (scribe->log);
  return 0;
}

/* ---- the test ---- */

typedef struct {
  char *folder; /* (owned) */
  char *url;    /* (owned) */
  char *log;    /* (owned) */
} Fixture;

static void
add_jobs (ConfabdStore *store, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = confab_id_new ();
    const ConfabdJobRecord job = {
      .id = id, .kind = (char *) "mail", .payload = (char *) "{}", .created_us = 1, .run_us = 1
    };
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    confabd_store_add_job_async (store, &job, NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    g_assert_true (confabd_store_add_job_finish (store, result, &error));
  }
}

/* data: "postgres" or "sqlite" */
static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (ConfabdStore) store = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->log = g_build_filename (self->folder, "log", NULL);
  self->url = g_strcmp0 (data, "postgres") == 0
                  ? test_make_postgres_url ()
                  : g_strdup_printf ("sqlite://%s/confab.db", self->folder);
  store = confabd_store_open (self->url, CONFABD_SCHEMA_MIGRATE, clock, &error);
  g_assert_no_error (error);
  add_jobs (store, N_JOBS);
  g_assert_true (confabd_store_close (store, &error));
  test_drain ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->url);
  g_free (self->log);
}

/* A process that is ready, and waits. */
static GSubprocess *
hire (Fixture *self, const char *how)
{
  g_autoptr (GError) error = NULL;
  char line[6];
  gsize n_read = 0;
  GSubprocess *worker =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        program, WORKER, self->url, self->log, how, NULL);

  g_assert_no_error (error);
  g_input_stream_read_all (g_subprocess_get_stdout_pipe (worker), line, sizeof line, &n_read, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpmem (line, n_read, "ready\n", 6);
  return worker;
}

static void
release (GSubprocess *worker)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (worker), "\n", 1, NULL, NULL, &error);
  g_output_stream_flush (g_subprocess_get_stdin_pipe (worker), NULL, &error);
  g_assert_no_error (error);
}

static void
assert_done_well (GSubprocess *worker)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_subprocess_wait_check (worker, NULL, &error));
  g_assert_no_error (error);
}

/* Two begin at the same time: each job is done once, and both did some. */
static void
test_race (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) one = hire (self, "race");
  g_autoptr (GSubprocess) two = hire (self, "race");
  g_auto (Log) log = { NULL };
  GHashTableIter iter;
  gpointer count;

  release (one);
  release (two);
  assert_done_well (one);
  assert_done_well (two);
  log = read_log (self->log);
  g_assert_cmpuint (g_hash_table_size (log.counts), ==, N_JOBS);
  g_assert_cmpuint (g_hash_table_size (log.workers), ==, 2);
  g_hash_table_iter_init (&iter, log.counts);
  while (g_hash_table_iter_next (&iter, NULL, &count)) {
    g_assert_cmpuint (GPOINTER_TO_UINT (count), ==, 1);
  }
}

static gboolean
has_begun_all (Fixture *self)
{
  g_auto (Log) log = read_log (self->log);

  return g_hash_table_size (log.counts) == N_AT_ONCE;
}

static guint
count_twice (const Log *log)
{
  GHashTableIter iter;
  gpointer count;
  guint n = 0;

  g_hash_table_iter_init (&iter, log->counts);
  while (g_hash_table_iter_next (&iter, NULL, &count)) {
    n += GPOINTER_TO_UINT (count) == 2;
  }
  return n;
}

/* One dies with its leases: as long as these hold, nobody touches its jobs; then somebody does. */
static void
test_killed (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) stuck = hire (self, "stuck");
  g_autoptr (GSubprocess) other = hire (self, "well");
  g_autoptr (GSubprocess) late = NULL;
  g_auto (Log) before = { NULL };
  g_auto (Log) after = { NULL };

  release (stuck);
  while (!has_begun_all (self)) {
    g_usleep (G_TIME_SPAN_MILLISECOND);
  }
  g_subprocess_send_signal (stuck, SIGKILL);
  g_subprocess_wait (stuck, NULL, NULL);
  release (other);
  assert_done_well (other);
  before = read_log (self->log);
  g_assert_cmpuint (g_hash_table_size (before.counts), ==, N_JOBS);
  g_assert_cmpuint (count_twice (&before), ==, 0);

  late = hire (self, "late");
  release (late);
  assert_done_well (late);
  after = read_log (self->log);
  g_assert_cmpuint (g_hash_table_size (after.counts), ==, N_JOBS);
  g_assert_cmpuint (count_twice (&after), ==, N_AT_ONCE);
}

#define ADD(driver, path, run) g_test_add ("/" driver path, Fixture, driver, set_up, run, tear_down)

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 5 && g_str_equal (argv[1], WORKER)) {
    return work (argv + 2);
  }
  g_test_init (&argc, &argv, NULL);
  ADD ("sqlite", "/jobs/race", test_race);
  ADD ("sqlite", "/jobs/killed", test_killed);
  if (g_getenv ("CONFAB_TEST_POSTGRES") != NULL) {
    ADD ("postgres", "/jobs/race", test_race);
    ADD ("postgres", "/jobs/killed", test_killed);
  }
  return g_test_run ();
}
