/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-keyring-vault"

#include "config.h"

#include <libsecret/secret.h>

#include "confab-keepalive-private.h"
#include "confab-keyring-vault.h"
#include "confab-safe-private.h"
#include "confab-secret-private.h"

#define DEADLINE_MS (20 * 1000) /* somebody may have to type the password of the keyring */

/**
 * ConfabKeyringVault:
 *
 * Keeps secrets in the keyring of the desktop, by its Secret Service. One that is missing, locked
 * or silent delays nobody for longer than a deadline: then they are kept as long as the process
 * lives, and confab_vault_is_lasting() says so.
 *
 * Source: Secret Service API 0.2, as libsecret speaks it.
 *
 * Since: 0.1
 */
struct _ConfabKeyringVault {
  GObject parent_instance;

  ConfabSafe *safe; /* (owned) for what the keyring did not take */
  guint deadline_ms;
  gboolean is_lasting;
};

/* What one asks of the keyring. It may answer after the deadline, or never: then nobody waits for
 * it any more. */
typedef struct {
  GTask *task;               /* (owned) (nullable) NULL: answered */
  GSource *deadline;         /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) of what libsecret does */
  GCancellable *caller;      /* (owned) (nullable) */
  gulong caller_id;
  char *server; /* (owned) */
  char *login;  /* (owned) */
  char *secret; /* (owned) (nullable) wiped when let go */
} Job;

static void confab_keyring_vault_iface_init (ConfabVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabKeyringVault,
                               confab_keyring_vault,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_VAULT,
                                                      confab_keyring_vault_iface_init))

static const SecretSchema *
get_schema (void)
{
  static const SecretSchema schema = {
    CONFAB_APP_ID ".Session",
    SECRET_SCHEMA_NONE,
    { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "login", SECRET_SCHEMA_ATTRIBUTE_STRING } },
    0,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
  };

  return &schema;
}

static void
job_clear (Job *job)
{
  confab_timer_stop (&job->deadline);
  g_clear_object (&job->caller);
  g_clear_object (&job->cancellable);
  g_clear_object (&job->task);
  confab_secret_free (job->secret);
  g_free (job->server);
  g_free (job->login);
}

static void
job_unref (Job *job)
{
  g_rc_box_release_full (job, (GDestroyNotify) job_clear);
}

/* Returns: (transfer full) (nullable): the task, once */
static GTask *
job_end (Job *job)
{
  confab_timer_stop (&job->deadline);
  if (job->caller != NULL)
    g_cancellable_disconnect (job->caller, job->caller_id);
  g_clear_object (&job->caller);
  return g_steal_pointer (&job->task);
}

static void
set_lasting (ConfabKeyringVault *self, gboolean is_lasting)
{
  if (self->is_lasting == is_lasting)
    return;
  self->is_lasting = is_lasting;
  g_signal_emit_by_name (self, "lasting-changed");
}

static gboolean
is_lookup (GTask *task)
{
  return g_strcmp0 (g_task_get_name (task), "lookup") == 0;
}

/* What the keyring has comes first; what it did not take at another time is in the safe. */
static void
answer (Job *job, char *found, GError *owned_error)
{
  g_autoptr (GError) error = owned_error;
  g_autoptr (GTask) task = job_end (job);
  ConfabKeyringVault *self = NULL;

  if (task == NULL) {
    confab_secret_free (found);
    return;
  }
  self = g_task_get_source_object (task);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (error != NULL && self->is_lasting)
    g_message ("The keyring cannot be used, secrets last until the program ends: %s",
               error->message);
  /* Having nothing to find or to forget proves nothing. */
  set_lasting (self, error == NULL && (self->is_lasting || found != NULL || job->secret != NULL));
  if (!is_lookup (task)) {
    confab_safe_put (self->safe, job->server, job->login, error != NULL ? job->secret : NULL);
    g_task_return_boolean (task, TRUE);
    return;
  }
  if (found == NULL)
    found = confab_safe_dup (self->safe, job->server, job->login);
  g_task_return_pointer (task, found, (GDestroyNotify) confab_secret_free);
}

/* What is under way is left to itself: libsecret 0.20 never ends what is cancelled while somebody
 * is asked for the password of the keyring. */
static gboolean
on_deadline (gpointer user_data)
{
  Job *job = user_data;

  answer (
      job, NULL,
      g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "It did not answer in time, or is locked"));
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static Job *
job_new (ConfabKeyringVault *self, GTask *task, const char *server, const char *login)
{
  Job *job = g_rc_box_new0 (Job);
  GCancellable *caller = g_task_get_cancellable (task);

  job->task = task;
  job->server = g_strdup (server);
  job->login = g_strdup (login);
  job->cancellable = g_cancellable_new ();
  job->deadline = confab_timer_start (self->deadline_ms, on_deadline, job);
  if (caller != NULL) {
    job->caller = g_object_ref (caller);
    job->caller_id = g_cancellable_connect (caller, G_CALLBACK (on_caller_cancelled),
                                            g_object_ref (job->cancellable), g_object_unref);
  }
  return job;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;

  if (!secret_password_store_finish (result, &error) && error == NULL)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "It was not unlocked");
  answer (job, NULL, error);
  job_unref (job);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  answer (job, NULL, error);
  job_unref (job);
}

static void
store (Job *job)
{
  g_autofree char *label = g_strdup_printf ("Confab: %s, %s", job->login, job->server);

  secret_password_store (get_schema (), SECRET_COLLECTION_DEFAULT, label, job->secret,
                         job->cancellable, on_stored, job, "server", job->server, "login",
                         job->login, NULL);
}

static void
confab_keyring_vault_store_async (ConfabVault *vault,
                                  const char *server,
                                  const char *login,
                                  const char *secret,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  ConfabKeyringVault *self = CONFAB_KEYRING_VAULT (vault);
  GTask *task = g_task_new (vault, cancellable, callback, user_data);
  Job *job = NULL;

  g_task_set_source_tag (task, confab_keyring_vault_store_async);
  g_task_set_name (task, "store");
  job = job_new (self, task, server, login);
  job->secret = g_strdup (secret);
  if (secret != NULL)
    store (job);
  else
    secret_password_clear (get_schema (), job->cancellable, on_cleared, job, "server", server,
                           "login", login, NULL);
}

static gboolean
confab_keyring_vault_store_finish (ConfabVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* libsecret's copy is in memory that is not swapped; ours is short-lived. */
static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;
  char *found = secret_password_lookup_finish (result, &error);

  answer (job, g_strdup (found), error);
  secret_password_free (found);
  job_unref (job);
}

static void
confab_keyring_vault_lookup_async (ConfabVault *vault,
                                   const char *server,
                                   const char *login,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (vault, cancellable, callback, user_data);
  Job *job = NULL;

  g_task_set_source_tag (task, confab_keyring_vault_lookup_async);
  g_task_set_name (task, "lookup");
  job = job_new (CONFAB_KEYRING_VAULT (vault), task, server, login);
  secret_password_lookup (get_schema (), job->cancellable, on_found, job, "server", server, "login",
                          login, NULL);
}

static char *
confab_keyring_vault_lookup_finish (ConfabVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
confab_keyring_vault_is_lasting (ConfabVault *vault)
{
  return CONFAB_KEYRING_VAULT (vault)->is_lasting;
}

static void
confab_keyring_vault_iface_init (ConfabVaultInterface *iface)
{
  iface->store_async = confab_keyring_vault_store_async;
  iface->store_finish = confab_keyring_vault_store_finish;
  iface->lookup_async = confab_keyring_vault_lookup_async;
  iface->lookup_finish = confab_keyring_vault_lookup_finish;
  iface->is_lasting = confab_keyring_vault_is_lasting;
}

static void
confab_keyring_vault_finalize (GObject *object)
{
  confab_safe_free (CONFAB_KEYRING_VAULT (object)->safe);
  G_OBJECT_CLASS (confab_keyring_vault_parent_class)->finalize (object);
}

static void
confab_keyring_vault_class_init (ConfabKeyringVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_keyring_vault_finalize;
}

static void
confab_keyring_vault_init (ConfabKeyringVault *self)
{
  self->safe = confab_safe_new ();
  self->is_lasting = TRUE;
}

/**
 * confab_keyring_vault_new:
 * @deadline_ms: after how long the keyring is given up on, each time; 0 for 20 seconds
 *
 * Asks nothing of the keyring yet.
 *
 * Returns: (transfer full): the vault
 * Since: 0.1
 */
ConfabVault *
confab_keyring_vault_new (guint deadline_ms)
{
  ConfabKeyringVault *self = g_object_new (CONFAB_TYPE_KEYRING_VAULT, NULL);

  self->deadline_ms = deadline_ms > 0 ? deadline_ms : DEADLINE_MS;
  return CONFAB_VAULT (self);
}
