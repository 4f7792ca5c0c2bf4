/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-context"

#include "config.h"

#include "confab-error.h"
#include "confabd-api-admin-users.h"
#include "confabd-api-audit.h"
#include "confabd-api-auth.h"
#include "confabd-api-calls.h"
#include "confabd-api-client-errors.h"
#include "confabd-api-ice.h"
#include "confabd-api-keys.h"
#include "confabd-api-members.h"
#include "confabd-api-people.h"
#include "confabd-api-quality.h"
#include "confabd-api-server-info.h"
#include "confabd-api-sessions.h"
#include "confabd-config-auth.h"
#include "confabd-config-errors.h"
#include "confabd-config-limits.h"
#include "confabd-config-mail.h"
#include "confabd-config-server.h"
#include "confabd-context.h"
#include "confabd-docs-resources.h"
#include "confabd-docs.h"
#include "confabd-domain.h"
#include "confabd-gate.h"
#include "confabd-gauges.h"
#include "confabd-guest-page.h"
#include "confabd-guest-resources.h"
#include "confabd-health.h"
#include "confabd-listen.h"
#include "confabd-metrics.h"
#include "confabd-public-error.h"
#include "confabd-socket-transport.h"

#define SIGNALING_PATH     "/api/v1/signaling"
#define SIGNALING_PROTOCOL "confab.v1"
#define DRAIN_MS           3000 /* for close frames and answers that are under way */

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
  ConfabdPoller *poller;   /* (owned) */
  ConfabdGate *gate;       /* (owned) */
  ConfabdHub *hub;         /* (owned) */
  ConfabdOrigins *origins; /* (owned) */
  ConfabdLimits *limits;   /* (owned) */
  ConfabdRouter *router;   /* (owned) */
  ConfabdServer *server;   /* (owned) */
  char *address;           /* (owned) "http://127.0.0.1:41234", where the first socket listens */
  char *base_url;          /* (owned) what join links begin with */
};

G_DEFINE_FINAL_TYPE (ConfabdContext, confabd_context, G_TYPE_OBJECT)

static void
on_gate_request (ConfabdGate *gate,
                 ConfabdHead *head,
                 GSocketConnection *connection,
                 GSocketAddress *remote,
                 gpointer user_data)
{
  ConfabdContext *self = CONFABD_CONTEXT (user_data);

  confabd_server_serve (self->server, connection, remote);
}

static gboolean
check_socket (ConfabdContext *self, ConfabdHead *head, ConfabdSocket *socket, GError **error)
{
  GSocketAddress *remote = confabd_socket_get_remote_address (socket);
  GInetAddress *address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  g_autofree char *key = confabd_limiter_key_for_address (address);
  const ConfabdVisitor visitor = {
    .address_key = key,
    .is_loopback = g_inet_address_get_is_loopback (address),
  };
  ConfabdQuota quota;

  if (!confabd_limits_admit (self->limits, CONFABD_LIMIT_ANONYMOUS, &visitor, &quota)) {
    confabd_error_set_too_often (error, quota.retry_after_s);
    return FALSE;
  }
  if (confabd_origins_is_welcome (self->origins, confabd_head_get_field (head, "origin"),
                                  confabd_head_get_field (head, "host")))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_ORIGIN,
                       "A page of that origin may not open a session");
  return FALSE;
}

static void
on_gate_socket (ConfabdGate *gate, ConfabdHead *head, ConfabdSocket *socket, gpointer user_data)
{
  ConfabdContext *self = CONFABD_CONTEXT (user_data);
  g_autoptr (ConfabdTransport) transport = confabd_socket_transport_new (socket);
  ConfabdLeg *leg = confabd_hub_accept (self->hub, transport);
  g_autoptr (GError) error = NULL;

  if (!check_socket (self, head, socket, &error))
    confabd_leg_refuse (leg, error);
}

static const ConfabdGateHandler gate_handler = {
  .request = on_gate_request,
  .socket = on_gate_socket,
};

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

/* Owned by the caller; nobody when nobody is trusted. */
static ConfabdProxies *
make_proxies (ConfabdContext *self)
{
  const ConfabdConfigServer *configured = confabd_config_get_server (self->config);

  if (configured->trusted_proxies->len == 0)
    return NULL;
  return confabd_proxies_new (configured->trusted_proxies, configured->proxy_source);
}

static void
set_gate_limits (ConfabdContext *self, ConfabdGateOptions *options)
{
  const ConfabdConfigLimits *configured = confabd_config_get_limits (self->config);

  options->max_connections = configured->max_connections;
  options->max_connections_per_address = configured->max_connections_per_address;
  options->head_bytes = configured->head_bytes;
  options->head_timeout_ms = configured->head_timeout_s * 1000;
  options->body_bytes = configured->body_bytes;
  options->request_timeout_ms = configured->request_timeout_s * 1000;
  options->socket.outbox_messages = configured->outbox_messages;
  options->socket.outbox_bytes = configured->outbox_bytes;
  options->socket.ping_interval_ms = configured->ping_interval_s * 1000;
  options->socket.dead_after_ms = configured->dead_after_s * 1000;
}

static gboolean
open_gate (ConfabdContext *self, gboolean is_desktop, GError **error)
{
  g_autoptr (ConfabdProxies) proxies = make_proxies (self);
  ConfabdGateOptions options = CONFABD_GATE_OPTIONS_INIT;

  set_gate_limits (self, &options);
  options.proxies = proxies;
  options.websocket_path = SIGNALING_PATH;
  options.websocket_protocol = SIGNALING_PROTOCOL;

  self->poller = confabd_poller_new (NULL, error);
  if (self->poller == NULL)
    return FALSE;
  self->gate = confabd_gate_new (self->poller, &options, &gate_handler, self);
  self->address =
      confabd_listen (self->gate, confabd_config_get_server (self->config)->listen,
                      is_desktop ? confabd_store_get_folder (self->domain->store) : NULL, error);
  if (self->address == NULL)
    return FALSE;
  self->base_url = g_strdup (confabd_config_get_server (self->config)->base_url);
  if (self->base_url == NULL)
    self->base_url = confabd_listen_guess_base_url (self->address);
  return TRUE;
}

static void
build_realtime (ConfabdContext *self)
{
  const ConfabdHubParts parts = {
    .calls = self->domain->calls,
    .tickets = self->domain->tickets,
    .sessions = self->domain->sessions,
    .keys = self->domain->keys,
    .key_watch = self->domain->key_watch,
    .quality = self->domain->quality,
    .expiry = self->domain->expiry,
    .clock = self->clock,
    .turn = self->domain->turn,
    .base_url = self->base_url,
    .sockets_per_user = confabd_config_get_limits (self->config)->sockets_per_user,
  };

  self->hub = confabd_hub_new (&parts);
}

static void
add_accounts_api (ConfabdContext *self)
{
  g_autoptr (ConfabdApiMembers) members =
      confabd_api_members_new (self->domain->members, self->domain->people, self->clock,
                               confabd_config_get_auth (self->config)->telegram_token);
  g_autoptr (ConfabdApiPeople) people =
      confabd_api_people_new (self->domain->people, self->domain->members);
  g_autoptr (ConfabdApiAdminUsers) admin = confabd_api_admin_users_new (self->domain->people);

  confabd_api_members_add_routes (members, self->router);
  confabd_api_people_add_routes (people, self->router);
  confabd_api_admin_users_add_routes (admin, self->router);
}

static void
add_server_info (ConfabdContext *self)
{
  const ConfabdConfigAuth *auth = confabd_config_get_auth (self->config);
  const ConfabdServerInfo info = {
    .registration = confabd_registration_to_string (auth->registration),
    .guests = auth->guests,
    .has_telegram = auth->telegram_token != NULL,
    .has_mail = confabd_config_get_mail (self->config)->url != NULL,
  };
  g_autoptr (ConfabdApiServerInfo) api = confabd_api_server_info_new (&info);

  confabd_api_server_info_add_routes (api, self->router);
}

static void
add_api (ConfabdContext *self)
{
  g_autoptr (ConfabdApiAudit) audit = confabd_api_audit_new (self->domain->audit);
  g_autoptr (ConfabdApiAuth) auth =
      confabd_api_auth_new (self->domain->accounts, self->domain->tickets);
  g_autoptr (ConfabdApiCalls) calls = confabd_api_calls_new (self->domain->calls, self->base_url);
  g_autoptr (ConfabdApiQuality) quality = confabd_api_quality_new (self->domain->quality);
  g_autoptr (ConfabdApiKeys) keys = confabd_api_keys_new (self->domain->keys);
  g_autoptr (ConfabdApiSessions) sessions =
      confabd_api_sessions_new (self->domain->sessions, self->domain->audit);
  g_autoptr (ConfabdApiIce) ice = confabd_api_ice_new (self->domain->calls, self->domain->turn);

  add_accounts_api (self);
  add_server_info (self);
  confabd_api_audit_add_routes (audit, self->router);
  confabd_api_auth_add_routes (auth, self->router);
  confabd_api_calls_add_routes (calls, self->router);
  confabd_api_client_errors_add_routes (self->router);
  confabd_api_ice_add_routes (ice, self->router);
  confabd_api_keys_add_routes (keys, self->router);
  confabd_api_quality_add_routes (quality, self->router);
  confabd_api_sessions_add_routes (sessions, self->router);
}

static void
build_server (ConfabdContext *self)
{
  const ConfabdServerParts parts = {
    .router = self->router,
    .sessions = self->domain->sessions,
    .keys = self->domain->keys,
    .origins = self->origins,
    .limits = self->limits,
    .guests = confabd_config_get_auth (self->config)->guests,
    .is_secure = g_str_has_prefix (self->base_url, "https://"),
  };

  self->server = confabd_server_new (&parts);
}

static void
build_http (ConfabdContext *self, gboolean is_desktop)
{
  const ConfabdConfigServer *server = confabd_config_get_server (self->config);
  g_autoptr (ConfabdMetrics) metrics =
      confabd_metrics_new (self->domain->store, self->domain->jobs, confabd_gauges_write, self);
  g_autoptr (ConfabdHealth) health = confabd_health_new (self->domain->store, self->domain->jobs);
  g_autoptr (ConfabdGuestPage) page = confabd_guest_page_new (confabd_guest_get_resource ());

  self->origins =
      confabd_origins_new (self->base_url, (const char *const *) server->allowed_origins);
  self->limits =
      confabd_limits_new (self->clock, confabd_config_get_limits (self->config), is_desktop);
  confabd_domain_admit_members (self->domain, self->base_url);
  if (!is_desktop) {
    confabd_passwords_prepare (self->domain->passwords);
  }
  self->router = confabd_router_new ();
  add_api (self);
  confabd_metrics_add_routes (metrics, self->router);
  confabd_health_add_routes (health, self->router);
  confabd_guest_page_add_routes (page, self->router);
  confabd_docs_add_routes (self->router, confabd_docs_get_resource ());
  build_server (self);
}

static void
confabd_context_dispose (GObject *object)
{
  ConfabdContext *self = CONFABD_CONTEXT (object);

  g_clear_object (&self->gate);
  g_clear_object (&self->server);
  g_clear_object (&self->router);
  g_clear_object (&self->limits);
  g_clear_object (&self->origins);
  g_clear_object (&self->hub);
  g_clear_object (&self->poller);
  g_clear_pointer (&self->domain, confabd_domain_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->config);
  g_clear_object (&self->reports);

  G_OBJECT_CLASS (confabd_context_parent_class)->dispose (object);
}

static void
confabd_context_finalize (GObject *object)
{
  ConfabdContext *self = CONFABD_CONTEXT (object);

  g_free (self->address);
  g_free (self->base_url);

  G_OBJECT_CLASS (confabd_context_parent_class)->finalize (object);
}

static void
confabd_context_class_init (ConfabdContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_context_dispose;
  object_class->finalize = confabd_context_finalize;
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
  if (self->domain == NULL || !open_gate (self, is_desktop, error))
    return NULL;
  build_realtime (self);
  build_http (self, is_desktop);
  confabd_expiry_start (self->domain->expiry);
  confabd_jobs_start (self->domain->jobs);
  confabd_retention_start (self->domain->retention);
  return g_steal_pointer (&self);
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

  if (!confabd_gate_stop_finish (self->gate, result, &error))
    g_warning ("Not every connection ended well: %s", error->message);
  confabd_server_disconnect (self->server);
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
  confabd_hub_drain (self->hub);
  confabd_gate_stop_async (self->gate, confab_error_get_close_code (CONFAB_ERROR_RESTARTING),
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
  return self->address;
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
  return self->base_url;
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
 * confabd_context_get_audit:
 * @self: a daemon
 *
 * Returns: (transfer none): who writes down what is done in it
 */
ConfabdAudit *
confabd_context_get_audit (ConfabdContext *self)
{
  return self->domain->audit;
}

/**
 * confabd_context_get_mail:
 * @self: a daemon
 *
 * Returns: (transfer none): its way to send letters
 */
ConfabdMail *
confabd_context_get_mail (ConfabdContext *self)
{
  return self->domain->mail;
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
  return self->hub;
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
  return self->gate;
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
  return self->router;
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
  return self->server;
}
