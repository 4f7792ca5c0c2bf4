/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-job-answers-private.h"
#include "confabd-job-private.h"

/*
 * Whoever attaches a source holds up the loop of its context, and wakes it. A loop that is busy
 * finds all that was answered meanwhile behind one source.
 */
struct _ConfabdJobAnswers {
  GMutex mutex;
  GHashTable
      *deliveries; /* (element-type GMainContext Delivery) (unowned) their sources own them */
};

typedef struct {
  ConfabdJobAnswers *answers; /* (owned) */
  GMainContext *context;      /* (unowned) has the source that owns this */
  GQueue jobs;                /* (element-type ConfabdJob) (owned) in the order of their answers */
} Delivery;

static void
answers_clear (ConfabdJobAnswers *self)
{
  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->deliveries);
}

/**
 * confabd_job_answers_new:
 *
 * Returns: (transfer full): no answers yet; safe to use from any thread
 */
ConfabdJobAnswers *
confabd_job_answers_new (void)
{
  ConfabdJobAnswers *self = g_atomic_rc_box_new0 (ConfabdJobAnswers);

  g_mutex_init (&self->mutex);
  self->deliveries = g_hash_table_new (NULL, NULL);
  return self;
}

ConfabdJobAnswers *
confabd_job_answers_ref (ConfabdJobAnswers *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confabd_job_answers_unref (ConfabdJobAnswers *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) answers_clear);
}

/* What is answered from here on gets a delivery of its own. */
static void
delivery_close (Delivery *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->answers->mutex);

  if (g_hash_table_lookup (self->answers->deliveries, self->context) == self) {
    g_hash_table_remove (self->answers->deliveries, self->context);
  }
}

static void
delivery_free (Delivery *self)
{
  delivery_close (self);
  g_queue_clear_full (&self->jobs, (GDestroyNotify) confabd_job_free);
  confabd_job_answers_unref (self->answers);
  g_free (self);
}

static gboolean
on_delivery (gpointer user_data)
{
  Delivery *self = user_data;
  ConfabdJob *job;

  delivery_close (self);
  while ((job = g_queue_pop_head (&self->jobs)) != NULL) {
    confabd_job_deliver (job);
  }
  return G_SOURCE_REMOVE;
}

/* Returns: (nullable): the delivery that still has to be sent off, if @job is its first */
static Delivery *
put_in (ConfabdJobAnswers *self, ConfabdJob *job)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Delivery *delivery = g_hash_table_lookup (self->deliveries, job->context);
  gboolean is_first = delivery == NULL;

  if (is_first) {
    delivery = g_new0 (Delivery, 1);
    delivery->answers = confabd_job_answers_ref (self);
    delivery->context = job->context;
    g_hash_table_insert (self->deliveries, delivery->context, delivery);
  }
  g_queue_push_tail (&delivery->jobs, job);
  return is_first ? delivery : NULL;
}

/**
 * confabd_job_answers_add:
 * @job: (transfer full): a job with a result or an error
 *
 * Hands a job back to the context that asked for it. Those of one context arrive in the order of
 * these calls.
 */
void
confabd_job_answers_add (ConfabdJobAnswers *self, ConfabdJob *job)
{
  g_autoptr (GMainContext) context = g_main_context_ref (job->context);
  Delivery *delivery = put_in (self, job);
  g_autoptr (GSource) source = NULL;

  if (delivery == NULL) {
    return;
  }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_delivery, delivery, (GDestroyNotify) delivery_free);
  g_source_attach (source, context);
}
