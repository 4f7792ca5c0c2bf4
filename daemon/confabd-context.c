/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-context"

#include "config.h"

#include "confab-error.h"
#include "confabd-config-errors.h"
#include "confabd-config-log.h"
#include "confabd-context.h"
#include "confabd-domain.h"
#include "confabd-front.h"
#include "confabd-gauges.h"
#include "confabd-metrics.h"

#define DRAIN_MS 3000 /* for close frames and answers that are under way */

/*
 * Builds the parts of the daemon, hands each what it needs, and takes them apart again. Nobody but
 * the context knows them all.
 */
struct _ConfabdContext {
  GObject parent_instance;

  ConfabdConfig *config;   /* (owned) */
  ConfabClock *clock;      /* (owned) */
  ConfabdReports *reports; /* (owned) (nullable) when somebody wants them */
  ConfabdDomain *domain;   /* (owned) */
  ConfabdFront *front;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdContext, confabd_context, G_TYPE_OBJECT)

/* First of all, so that whatever goes wrong afterwards is told. */
static gboolean
open_reports (ConfabdContext *self, GError **error)
{
  const ConfabdConfigErrors *configured = confabd_config_get_errors (self->config);
  g_autofree char *dsn = NULL;
  g_autofree char *crash_file = NULL;

  if (configured->dsn == NULL)
    return TRUE;
  dsn = g_strndup (g_bytes_get_data (configured->dsn, NULL), g_bytes_get_size (configured->dsn));
  self->reports = confabd_reports_new (dsn, configured->environment, configured->per_minute, error);
  if (self->reports == NULL)
    return FALSE;
  crash_file = g_build_filename (g_get_user_state_dir (), "confab", "crash", NULL);
  confabd_reports_watch_crashes (self->reports, crash_file);
  confabd_reports_listen (self->reports);
  return TRUE;
}

static void
add_metrics (ConfabdContext *self)
{
  g_autoptr (ConfabdMetrics) metrics =
      confabd_metrics_new (self->domain->store, self->domain->jobs, confabd_gauges_write, self);

  confabd_metrics_add_routes (metrics, self->front->router);
}

static void
confabd_context_dispose (GObject *object)
{
  ConfabdContext *self = CONFABD_CONTEXT (object);

  g_clear_pointer (&self->front, confabd_front_free);
  g_clear_pointer (&self->domain, confabd_domain_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->config);
  g_clear_object (&self->reports);

  G_OBJECT_CLASS (confabd_context_parent_class)->dispose (object);
}

static void
confabd_context_class_init (ConfabdContextClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_context_dispose;
}

static void
confabd_context_init (ConfabdContext *self)
{
  self->clock = confab_system_clock_new ();
}

/**
 * confabd_context_new:
 * @config: a configuration without mistakes
 * @is_desktop: whether to bring an older database up to date, and to listen where the daemon of
 *   this data folder listened the last time
 * @error: return location for a #GError
 *
 * Opens the store, listens, and wires everything. Waits for the disk: for the start only.
 *
 * Returns: (transfer full): a daemon that answers as soon as the main loop runs
 */
ConfabdContext *
confabd_context_new (ConfabdConfig *config, gboolean is_desktop, GError **error)
{
  g_autoptr (ConfabdContext) self = g_object_new (CONFABD_TYPE_CONTEXT, NULL);

  self->config = g_object_ref (config);
  if (!open_reports (self, error))
    return NULL;
  self->domain = confabd_domain_open (config, self->clock, is_desktop, error);
  if (self->domain == NULL)
    return NULL;
  self->front = confabd_front_open (self->domain, error);
  if (self->front == NULL)
    return NULL;
  add_metrics (self);
  confabd_expiry_start (self->domain->expiry);
  confabd_jobs_start (self->domain->jobs);
  confabd_retention_start (self->domain->retention);
  return g_steal_pointer (&self);
}

/**
 * confabd_context_read_keyring:
 * @self: a daemon
 * @config: a configuration that was read later
 * @keyring: (out) (nullable): its keys; %NULL on a desktop, which made its own
 * @error: return location for a #GError
 *
 * Waits for the disk; any thread.
 *
 * Returns: whether the keys are good
 */
gboolean
confabd_context_read_keyring (ConfabdContext *self,
                              ConfabdConfig *config,
                              ConfabdKeyring **keyring,
                              GError **error)
{
  *keyring = NULL;
  if (self->domain->is_desktop)
    return TRUE;
  *keyring = confabd_domain_read_keyring (self->domain, config, error);
  return *keyring != NULL;
}

/**
 * confabd_context_reload:
 * @self: a daemon
 * @config: a configuration without mistakes
 * @keyring: (nullable): of confabd_context_read_keyring()
 *
 * Takes over what can change while people are connected.
 */
void
confabd_context_reload (ConfabdContext *self, ConfabdConfig *config, ConfabdKeyring *keyring)
{
  g_set_object (&self->config, config);
  confabd_log_set_level (confabd_config_get_log (config)->level);
  confabd_log_set_format (confabd_config_get_log (config)->format);
  confabd_domain_reload (self->domain, config, keyring);
  confabd_front_reload (self->front);
}

static void
on_audit_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GError) error = NULL;

  if (!confabd_audit_flush_finish (CONFABD_AUDIT (source), result, &error))
    g_warning ("%s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_jobs_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  ConfabdContext *self = g_task_get_source_object (task);

  confabd_jobs_stop_finish (CONFABD_JOBS (source), result);
  confabd_audit_flush_async (self->domain->audit, on_audit_flushed, g_steal_pointer (&task));
}

static void
on_gate_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  ConfabdContext *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!confabd_gate_stop_finish (self->front->gate, result, &error))
    g_warning ("Not every connection ended well: %s", error->message);
  confabd_server_disconnect (self->front->server);
  confabd_jobs_stop_async (self->domain->jobs, on_jobs_stopped, g_steal_pointer (&task));
}

/**
 * confabd_context_stop_async:
 * @self: a daemon
 * @callback: called when nobody is connected any more
 * @user_data: for @callback
 *
 * Says goodbye to everybody and lets what is under way finish, for a few seconds.
 */
void
confabd_context_stop_async (ConfabdContext *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, confabd_context_stop_async);
  confabd_expiry_stop (self->domain->expiry);
  confabd_retention_stop (self->domain->retention);
  confabd_sessions_stop (self->domain->sessions);
  confabd_hub_drain (self->front->hub);
  confabd_gate_stop_async (self->front->gate, confab_error_get_close_code (CONFAB_ERROR_RESTARTING),
                           DRAIN_MS, NULL, on_gate_stopped, task);
}

/**
 * confabd_context_stop_finish:
 * @self: a daemon
 * @result: the result
 * @error: return location for a #GError
 *
 * Also closes the store, and waits for the disk.
 *
 * Returns: whether everything that was asked for is on the disk
 */
gboolean
confabd_context_stop_finish (ConfabdContext *self, GAsyncResult *result, GError **error)
{
  confabd_quality_flush (self->domain->quality);
  return g_task_propagate_boolean (G_TASK (result), error) &&
         confabd_store_close (self->domain->store, error);
}

/**
 * confabd_context_get_address:
 * @self: a daemon
 *
 * Returns: (transfer none): where the first socket listens, "http://127.0.0.1:41234"
 */
const char *
confabd_context_get_address (ConfabdContext *self)
{
  return self->front->address;
}

/**
 * confabd_context_get_base_url:
 * @self: a daemon
 *
 * Returns: (transfer none): what join links begin with, without a slash at the end
 */
const char *
confabd_context_get_base_url (ConfabdContext *self)
{
  return self->front->base_url;
}

/**
 * confabd_context_get_accounts:
 * @self: a daemon
 *
 * Returns: (transfer none): its accounts
 */
ConfabdAccounts *
confabd_context_get_accounts (ConfabdContext *self)
{
  return self->domain->accounts;
}

/**
 * confabd_context_get_calls:
 * @self: a daemon
 *
 * Returns: (transfer none): its calls
 */
ConfabdCalls *
confabd_context_get_calls (ConfabdContext *self)
{
  return self->domain->calls;
}

/**
 * confabd_context_get_hub:
 * @self: a daemon
 *
 * Returns: (transfer none): its sessions
 */
ConfabdHub *
confabd_context_get_hub (ConfabdContext *self)
{
  return self->front->hub;
}

/**
 * confabd_context_get_brake:
 * @self: a daemon
 *
 * Returns: (transfer none): what slows down those who guess passwords
 */
ConfabdBrake *
confabd_context_get_brake (ConfabdContext *self)
{
  return self->domain->brake;
}

/**
 * confabd_context_get_gate:
 * @self: a daemon
 *
 * Returns: (transfer none): where strangers come in
 */
ConfabdGate *
confabd_context_get_gate (ConfabdContext *self)
{
  return self->front->gate;
}

/**
 * confabd_context_get_reports:
 * @self: a daemon
 *
 * Returns: (transfer none) (nullable): what tells others of its errors
 */
ConfabdReports *
confabd_context_get_reports (ConfabdContext *self)
{
  return self->reports;
}

/**
 * confabd_context_get_router:
 * @self: a daemon
 *
 * Returns: (transfer none): its routes
 */
ConfabdRouter *
confabd_context_get_router (ConfabdContext *self)
{
  return self->front->router;
}

/**
 * confabd_context_get_server:
 * @self: a daemon
 *
 * Returns: (transfer none): its REST server
 */
ConfabdServer *
confabd_context_get_server (ConfabdContext *self)
{
  return self->front->server;
}
