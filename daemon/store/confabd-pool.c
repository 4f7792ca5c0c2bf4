/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-job-answers-private.h"
#include "confabd-pool-private.h"
#include "confabd-worker-private.h"

#define QUEUE_LIMIT 4096 /* at 5,000 writes a second of a slow disk: less than a second's worth */

typedef struct {
  ConfabdConnection *connection; /* (owned) */
  ConfabdJobQueue *queue;        /* (unowned) the pool joins its threads first */
  ConfabdJobAnswers *answers;    /* (unowned) likewise */
  GThread *thread;               /* (owned) */
} Worker;

struct _ConfabdPool {
  ConfabdJobQueue *writes;    /* (owned) */
  ConfabdJobQueue *reads;     /* (owned) */
  ConfabdJobAnswers *answers; /* (owned) */
  Worker *writer;             /* (owned) */
  GPtrArray *readers;         /* (element-type Worker) (owned) */
  guint deadline_ms;
};

static gpointer
writer_main (gpointer data)
{
  Worker *worker = data;

  confabd_worker_write (worker->connection, worker->queue, worker->answers);
  return NULL;
}

static gpointer
reader_main (gpointer data)
{
  Worker *worker = data;

  confabd_worker_read (worker->connection, worker->queue, worker->answers);
  return NULL;
}

static Worker *
worker_new (ConfabdPool *pool,
            GThreadFunc run,
            ConfabdConnection *connection,
            ConfabdJobQueue *queue)
{
  Worker *self = g_new0 (Worker, 1);

  self->connection = g_object_ref (connection);
  self->queue = queue;
  self->answers = pool->answers;
  self->thread = g_thread_new (run == writer_main ? "db-writer" : "db-reader", run, self);
  return self;
}

static void
worker_free (Worker *self)
{
  g_thread_join (self->thread);
  g_object_unref (self->connection);
  g_free (self);
}

/**
 * confabd_pool_new:
 * @writer: an open connection
 * @readers: (element-type ConfabdConnection): more of them to the same database; without any, the
 *   writer reads as well, as in memory, where a connection is the database
 *
 * Returns: (transfer full): a pool that runs
 */
ConfabdPool *
confabd_pool_new (ConfabdConnection *writer, GPtrArray *readers)
{
  ConfabdPool *self = g_new0 (ConfabdPool, 1);

  self->writes = confabd_job_queue_new (QUEUE_LIMIT);
  self->reads = confabd_job_queue_new (QUEUE_LIMIT);
  self->answers = confabd_job_answers_new ();
  self->deadline_ms = CONFABD_DATABASE_DEADLINE_MS;
  self->writer = worker_new (self, writer_main, writer, self->writes);
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) worker_free);
  for (guint i = 0; i < readers->len; i++) {
    g_ptr_array_add (self->readers,
                     worker_new (self, reader_main, g_ptr_array_index (readers, i), self->reads));
  }
  return self;
}

/* Waits for the threads. The writer's connection goes last: SQLite's writes the log back. */
static void
stop_workers (ConfabdPool *self)
{
  confabd_job_queue_close (self->writes);
  confabd_job_queue_close (self->reads);
  g_ptr_array_set_size (self->readers, 0);
  g_clear_pointer (&self->writer, worker_free);
}

/**
 * confabd_pool_free:
 *
 * Finishes what was asked for and waits for it.
 */
void
confabd_pool_free (ConfabdPool *self)
{
  stop_workers (self);
  g_ptr_array_unref (self->readers);
  confabd_job_queue_unref (self->writes);
  confabd_job_queue_unref (self->reads);
  confabd_job_answers_unref (self->answers);
  g_free (self);
}

/**
 * confabd_pool_set_deadline_ms:
 * @deadline_ms: how long a piece of work may wait and take; 0 for as long as it likes
 *
 * Holds for work that is asked for from now on.
 */
void
confabd_pool_set_deadline_ms (ConfabdPool *self, guint deadline_ms)
{
  self->deadline_ms = deadline_ms;
}

static void
submit (ConfabdPool *self, ConfabdJobQueue *queue, ConfabdJob *job)
{
  g_autoptr (GError) error = NULL;

  if (!confabd_job_queue_push (queue, job, &error)) {
    confabd_job_fail (job, error);
    confabd_job_answers_add (self->answers, job);
  }
}

void
confabd_pool_write (ConfabdPool *self, const ConfabdWork *work, GTask *task)
{
  submit (self, self->writes, confabd_job_new (CONFABD_JOB_WORK, work, task, self->deadline_ms));
}

void
confabd_pool_read (ConfabdPool *self, const ConfabdWork *work, GTask *task)
{
  submit (self, self->readers->len > 0 ? self->reads : self->writes,
          confabd_job_new (CONFABD_JOB_WORK, work, task, self->deadline_ms));
}

static void
on_done_alone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_task_propagate_pointer (G_TASK (result), &error);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/**
 * confabd_pool_do_alone:
 * @work: without a result
 * @task: answered with %TRUE when it is done
 *
 * Runs @work on the writer's thread outside of any transaction, for as long as it takes.
 */
void
confabd_pool_do_alone (ConfabdPool *self, const ConfabdWork *work, GTask *task)
{
  g_autoptr (GTask) inner = NULL;

  inner = g_task_new (g_task_get_source_object (task), g_task_get_cancellable (task), on_done_alone,
                      g_object_ref (task));
  g_task_set_source_tag (inner, confabd_pool_do_alone);
  submit (self, self->writes, confabd_job_new (CONFABD_JOB_ALONE, work, inner, 0));
}

static gpointer
do_nothing (ConfabdConnection *connection, gpointer data, GError **error)
{
  return NULL;
}

typedef struct {
  ConfabdPool *pool; /* (unowned) the database that is closed lives until then */
  GTask *task;       /* (owned) */
} Closing;

static void
on_drained (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Closing *closing = user_data;
  g_autoptr (GTask) task = closing->task;
  GError *error = NULL;

  g_task_propagate_pointer (G_TASK (result), &error);
  stop_workers (closing->pool);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/**
 * confabd_pool_close:
 * @task: of the database that has the pool; answered when all is done and on the disk
 *
 * One last job tells when all before it are done, so that nobody waits in a join. Closing twice is
 * an error.
 */
void
confabd_pool_close (ConfabdPool *self, GTask *task)
{
  const ConfabdWork work = { do_nothing, NULL, NULL, NULL };
  Closing *closing = g_new0 (Closing, 1);
  g_autoptr (GTask) inner = NULL;

  closing->pool = self;
  closing->task = g_object_ref (task);
  inner = g_task_new (g_task_get_source_object (task), NULL, on_drained, closing);
  g_task_set_source_tag (inner, confabd_pool_close);
  submit (self, self->writes, confabd_job_new (CONFABD_JOB_ALONE, &work, inner, 0));
  confabd_job_queue_close (self->writes);
  confabd_job_queue_close (self->reads);
}
