/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-passwords"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "confab-error.h"
#include "confabd-passwords.h"
#include "confabd-trace.h"

#define N_THREADS   2  /* each takes up to 64 MiB while it works */
#define MAX_WAITING 64 /* some three seconds; who comes then is sent away */

/**
 * ConfabdPasswords:
 *
 * Makes and checks hashes on a few threads of its own, never on the main loop. What a hash costs is
 * measured once, before the first one, on one of those threads.
 *
 * Each refusal is one hash's work, whether there is a hash to check or not; and one of bcrypt's on
 * top as long as anybody has a hash of that kind.
 */
struct _ConfabdPasswords {
  GObject parent_instance;

  GThreadPool *pool; /* (owned) of GTask */
  guint max_waiting;

  GMutex lock; /* of what follows */
  ConfabdPasswordCost cost;
  char *decoy;       /* (owned) (nullable) the hash of nobody's password; NULL: not measured yet */
  guint bcrypt_cost; /* of the dearest one that was kept; 0: none is known */
  guint n_checks;    /* how many hashes were checked, for tests */
};

G_DEFINE_FINAL_TYPE (ConfabdPasswords, confabd_passwords, G_TYPE_OBJECT)

typedef struct {
  char *password; /* (owned) wiped */
  char *hash;     /* (owned) (nullable) to be checked against */
  gboolean is_check;
  ConfabdTrace *trace; /* (owned) (nullable) on whose behalf */
  gint64 asked_at_mono_us;

  gboolean is_match; /* or made */
  char *result;      /* (owned) (nullable) a new hash */
  GError *error;     /* (owned) (nullable) */
} Job;

static void
job_free (Job *self)
{
  explicit_bzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->hash);
  g_free (self->result);
  g_clear_error (&self->error);
  g_clear_pointer (&self->trace, confabd_trace_unref);
  g_free (self);
}

static gboolean
is_measured (ConfabdPasswords *self)
{
  return self->decoy != NULL;
}

/* Who comes first measures, the others wait for it. */
static void
ensure_measured (ConfabdPasswords *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (is_measured (self)) {
    return;
  }
  if (self->cost.passes == 0) {
    self->cost = confabd_password_cost_calibrate ();
    g_info ("A password costs %u passes over %u KiB", self->cost.passes, self->cost.memory_kib);
  }
  self->decoy = confabd_password_hash_make ("nobody’s password", &self->cost);
  g_assert (self->decoy != NULL);
}

/* Returns: the cost of the dearest hash of bcrypt so far */
static guint
note_check (ConfabdPasswords *self, const char *hash)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->n_checks++;
  self->bcrypt_cost = MAX (self->bcrypt_cost, confabd_password_hash_get_bcrypt_cost (hash));
  return self->bcrypt_cost;
}

static char *
make (ConfabdPasswords *self, const char *password, GError **error)
{
  char *hash = confabd_password_hash_make (password, &self->cost);

  if (hash == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                         "There is no memory to hash a password");
  }
  return hash;
}

static gboolean
check (ConfabdPasswords *self, Job *job)
{
  const char *hash = job->hash != NULL ? job->hash : self->decoy;
  gboolean matches = confabd_password_hash_matches (hash, job->password) && job->hash != NULL;
  guint bcrypt_cost = note_check (self, hash);

  if (!matches) {
    confabd_password_hash_spend (hash, &self->cost, bcrypt_cost);
  } else if (confabd_password_hash_is_outdated (hash, &self->cost)) {
    job->result = confabd_password_hash_make (job->password, &self->cost);
  }
  return matches;
}

/* On whose behalf it is done, and from now on waited for. */
static void
take_trace (Job *self)
{
  self->trace = confabd_trace_get_current ();
  self->asked_at_mono_us = g_get_monotonic_time ();
  if (self->trace != NULL) {
    confabd_trace_ref (self->trace);
  }
}

static gboolean
on_done (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  ConfabdTrace *previous = confabd_trace_enter (job->trace);

  if (job->trace != NULL) {
    confabd_trace_add_us (job->trace, CONFABD_TRACE_HASH,
                          g_get_monotonic_time () - job->asked_at_mono_us);
  }
  if (job->error != NULL) {
    g_task_return_error (task, g_steal_pointer (&job->error));
  } else {
    g_task_return_boolean (task, job->is_match);
  }
  confabd_trace_leave (previous);
  return G_SOURCE_REMOVE;
}

/* The thread lets go of the task before anybody hears of it. */
static void
hand_back (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, on_done, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
run_job (gpointer data, gpointer user_data)
{
  GTask *task = data;
  ConfabdPasswords *self = user_data;
  Job *job = g_task_get_task_data (task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    ensure_measured (self);
    if (job->is_check) {
      job->is_match = check (self, job);
    } else {
      job->result = make (self, job->password, &job->error);
      job->is_match = job->result != NULL;
    }
  }
  hand_back (task);
}

static void
confabd_passwords_finalize (GObject *object)
{
  ConfabdPasswords *self = CONFABD_PASSWORDS (object);

  /* Every job holds a reference through its task: nothing waits. */
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_mutex_clear (&self->lock);
  g_free (self->decoy);

  G_OBJECT_CLASS (confabd_passwords_parent_class)->finalize (object);
}

static void
confabd_passwords_class_init (ConfabdPasswordsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_passwords_finalize;

  if (sodium_init () < 0) {
    g_error ("libsodium has no random numbers");
  }
}

static void
confabd_passwords_init (ConfabdPasswords *self)
{
  g_mutex_init (&self->lock);
  self->pool = g_thread_pool_new (run_job, self, N_THREADS, FALSE, NULL);
}

/**
 * confabd_passwords_new_with_cost:
 * @cost: what a hash shall cost; with no passes it is measured
 * @max_waiting: how many may wait for a thread
 *
 * Returns: (transfer full): who makes and checks hashes
 */
ConfabdPasswords *
confabd_passwords_new_with_cost (const ConfabdPasswordCost *cost, guint max_waiting)
{
  ConfabdPasswords *self = g_object_new (CONFABD_TYPE_PASSWORDS, NULL);

  self->cost = *cost;
  self->max_waiting = max_waiting;
  return self;
}

/**
 * confabd_passwords_new:
 *
 * Returns: (transfer full): who makes and checks hashes, at a cost that suits this machine
 */
ConfabdPasswords *
confabd_passwords_new (void)
{
  return confabd_passwords_new_with_cost (&(ConfabdPasswordCost){ 0 }, MAX_WAITING);
}

/**
 * confabd_passwords_get_n_checks:
 *
 * Returns: how many hashes were checked so far, those of unknown names included
 */
guint
confabd_passwords_get_n_checks (ConfabdPasswords *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (CONFABD_IS_PASSWORDS (self), 0);

  locker = g_mutex_locker_new (&self->lock);
  return self->n_checks;
}

/**
 * confabd_passwords_expect:
 * @hash: one that somebody has, of the dearest that were made elsewhere
 *
 * Has refusals take as long as one of this hash from now on, and not only once it was checked.
 */
void
confabd_passwords_expect (ConfabdPasswords *self, const char *hash)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (CONFABD_IS_PASSWORDS (self));

  locker = g_mutex_locker_new (&self->lock);
  self->bcrypt_cost = MAX (self->bcrypt_cost, confabd_password_hash_get_bcrypt_cost (hash));
}

/* A task with one reference, which the thread takes over. */
static void
push (ConfabdPasswords *self, GTask *task, Job *job)
{
  take_trace (job);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  if (g_thread_pool_unprocessed (self->pool) >= self->max_waiting) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                             "Too many people sign in at this moment");
    g_object_unref (task);
    return;
  }
  g_thread_pool_push (self->pool, task, NULL);
}

/**
 * confabd_passwords_hash_async:
 * @password: to be kept
 *
 * Hashes a password.
 *
 * Finishes with %CONFAB_ERROR_UNAVAILABLE when too many wait already.
 */
void
confabd_passwords_hash_async (ConfabdPasswords *self,
                              const char *password,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = NULL;
  Job *job = NULL;

  g_return_if_fail (CONFABD_IS_PASSWORDS (self));
  g_return_if_fail (password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_passwords_hash_async);
  job = g_new0 (Job, 1);
  job->password = g_strdup (password);
  push (self, task, job);
}

/**
 * confabd_passwords_hash_finish:
 *
 * Returns: (transfer full): the hash
 */
char *
confabd_passwords_hash_finish (ConfabdPasswords *self, GAsyncResult *result, GError **error)
{
  Job *job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_passwords_hash_async), NULL);

  job = g_task_get_task_data (G_TASK (result));
  return g_task_propagate_boolean (G_TASK (result), error) ? g_steal_pointer (&job->result) : NULL;
}

/**
 * confabd_passwords_prepare:
 *
 * Measures this machine now, so that the first one who signs in does not wait for that.
 */
void
confabd_passwords_prepare (ConfabdPasswords *self)
{
  confabd_passwords_hash_async (self, "the first one", NULL, NULL, NULL);
}

/**
 * confabd_passwords_check_async:
 * @hash: (nullable): what is kept of a password; %NULL when nobody of that name is known, which
 *   takes as long and never matches
 * @password: what somebody says
 *
 * Checks a password.
 *
 * Finishes with %CONFAB_ERROR_UNAVAILABLE when too many wait already.
 */
void
confabd_passwords_check_async (ConfabdPasswords *self,
                               const char *hash,
                               const char *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = NULL;
  Job *job = NULL;

  g_return_if_fail (CONFABD_IS_PASSWORDS (self));
  g_return_if_fail (password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_passwords_check_async);
  job = g_new0 (Job, 1);
  job->password = g_strdup (password);
  job->hash = g_strdup (hash);
  job->is_check = TRUE;
  push (self, task, job);
}

/**
 * confabd_passwords_check_finish:
 * @better_hash: (out) (optional) (nullable) (transfer full): what to keep instead from now on;
 *   %NULL when the hash is as good as we make them
 * @error: return location for a #GError
 *
 * Returns: whether the password is right; %FALSE without an error when it is not
 */
gboolean
confabd_passwords_check_finish (ConfabdPasswords *self,
                                GAsyncResult *result,
                                char **better_hash,
                                GError **error)
{
  Job *job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_passwords_check_async), FALSE);

  job = g_task_get_task_data (G_TASK (result));
  if (better_hash != NULL) {
    *better_hash = g_steal_pointer (&job->result);
  }
  return g_task_propagate_boolean (G_TASK (result), error);
}
