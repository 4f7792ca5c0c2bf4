/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-keeper"

#include "config.h"

#include "confab-keeper-private.h"
#include "confab-secret-private.h"

struct _ConfabKeeper {
  ConfabVault *vault; /* (owned) */
  char *server;       /* (owned) */
  GQueue jobs;        /* (element-type Job) (owned) the first one is under way */
};

typedef struct {
  char *login;  /* (owned) (nullable) NULL: nothing to do but to tell the task */
  char *secret; /* (owned) (nullable) wiped when let go */
  GTask *task;  /* (owned) (nullable) */
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->task);
  confab_secret_free (job->secret);
  g_free (job->login);
  g_free (job);
}

static void
confab_keeper_clear (ConfabKeeper *self)
{
  g_clear_object (&self->vault);
  g_free (self->server);
}

static void begin_job (ConfabKeeper *self);

static void
end_job (ConfabKeeper *self)
{
  Job *job = g_queue_pop_head (&self->jobs);

  if (job->task != NULL)
    g_task_return_boolean (job->task, TRUE);
  job_free (job);
  begin_job (self);
}

/* What was not kept is no reason to refuse anybody. */
static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabKeeper *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_vault_store_finish (CONFAB_VAULT (source), result, &error))
    g_message ("A session could not be kept: %s", error->message);
  end_job (self);
  confab_keeper_unref (self);
}

static void
begin_job (ConfabKeeper *self)
{
  Job *job = g_queue_peek_head (&self->jobs);

  if (job == NULL)
    return;
  if (job->login == NULL)
    end_job (self);
  else
    confab_vault_store_async (self->vault, self->server, job->login, job->secret, NULL, on_stored,
                              g_rc_box_acquire (self));
}

static void
add_job (ConfabKeeper *self, Job *job)
{
  g_queue_push_tail (&self->jobs, job);
  if (g_queue_get_length (&self->jobs) == 1)
    begin_job (self);
}

ConfabKeeper *
confab_keeper_new (ConfabVault *vault, const char *server)
{
  ConfabKeeper *self = g_rc_box_new0 (ConfabKeeper);

  self->vault = g_object_ref (vault);
  self->server = g_strdup (server);
  g_queue_init (&self->jobs);
  return self;
}

/* What is under way goes on to its end. */
void
confab_keeper_unref (ConfabKeeper *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) confab_keeper_clear);
}

/* Returns: (transfer none) */
ConfabVault *
confab_keeper_get_vault (ConfabKeeper *self)
{
  return self->vault;
}

/* A secret of NULL: to be forgotten. */
void
confab_keeper_put (ConfabKeeper *self, const char *login, const char *secret)
{
  Job *job = g_new0 (Job, 1);

  job->login = g_strdup (login);
  job->secret = g_strdup (secret);
  add_job (self, job);
}

/* Takes the task over, and returns TRUE with it once all that was put is done. */
void
confab_keeper_wait (ConfabKeeper *self, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->task = task;
  add_job (self, job);
}
