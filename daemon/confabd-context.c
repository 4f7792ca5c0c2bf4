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
#include "confabd-api-sessions.h"
#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-config-errors.h"
#include "confabd-config-ice.h"
#include "confabd-config-limits.h"
#include "confabd-config-mail.h"
#include "confabd-config-retention.h"
#include "confabd-config-server.h"
#include "confabd-config-turn.h"
#include "confabd-config-webhooks.h"
#include "confabd-context.h"
#include "confabd-docs-resources.h"
#include "confabd-docs.h"
#include "confabd-expiry.h"
#include "confabd-gate.h"
#include "confabd-gauges.h"
#include "confabd-guest-page.h"
#include "confabd-guest-resources.h"
#include "confabd-health.h"
#include "confabd-listen.h"
#include "confabd-metrics.h"
#include "confabd-public-error.h"
#include "confabd-retention.h"
#include "confabd-signing-key.h"
#include "confabd-smtp.h"
#include "confabd-socket-transport.h"
#include "confabd-statements.h"
#include "confabd-webhooks.h"

#define SIGNALING_PATH     "/api/v1/signaling"
#define SIGNALING_PROTOCOL "confab.v1"
#define BRAKE_ENTRIES      10000 /* 2 MB of failed log-ins */
#define DRAIN_MS           3000  /* for close frames and answers that are under way */

/*
 * Builds the parts of the daemon, hands each what it needs, and takes them apart again. Nobody but
 * the context knows them all.
 */
struct _ConfabdContext {
  GObject parent_instance;

  gboolean is_desktop;
  ConfabdConfig *config;       /* (owned) */
  ConfabClock *clock;          /* (owned) */
  ConfabdReports *reports;     /* (owned) (nullable) when somebody wants them */
  ConfabdStore *store;         /* (owned) */
  ConfabdAudit *audit;         /* (owned) */
  ConfabdSessions *sessions;   /* (owned) */
  ConfabdKeys *keys;           /* (owned) */
  ConfabdJobs *jobs;           /* (owned) */
  ConfabdMail *mail;           /* (owned) */
  ConfabdRetention *retention; /* (owned) */
  ConfabdAccounts *accounts;   /* (owned) */
  ConfabdBrake *brake;         /* (owned) */
  ConfabdPasswords *passwords; /* (owned) */
  ConfabdMembers *members;     /* (owned) */
  ConfabdPeople *people;       /* (owned) */
  ConfabdTickets *tickets;     /* (owned) */
  ConfabdCalls *calls;         /* (owned) */
  ConfabdExpiry *expiry;       /* (owned) */
  ConfabdQuality *quality;     /* (owned) */
  ConfabdTurn *turn;           /* (owned) */
  ConfabdPoller *poller;       /* (owned) */
  ConfabdGate *gate;           /* (owned) */
  ConfabdHub *hub;             /* (owned) */
  ConfabdOrigins *origins;     /* (owned) */
  ConfabdLimits *limits;       /* (owned) */
  ConfabdRouter *router;       /* (owned) */
  ConfabdServer *server;       /* (owned) */
  char *address;  /* (owned) "http://127.0.0.1:41234", where the first socket listens */
  char *base_url; /* (owned) what join links begin with */
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

/* A desktop makes its own, beside the database; a server is given one. */
static GBytes *
load_key (ConfabdContext *self, GError **error)
{
  const char *path = confabd_config_get_auth (self->config)->key_file;
  const char *folder = confabd_store_get_folder (self->store);
  g_autofree char *beside = NULL;

  if (!self->is_desktop)
    return confabd_signing_key_find (path, error);
  if (path == NULL && folder != NULL)
    path = beside = g_build_filename (folder, "secret.key", NULL);
  return confabd_signing_key_load (path, error);
}

static ConfabdKeyring *
load_keyring (ConfabdContext *self, GError **error)
{
  const char *previous_path = confabd_config_get_auth (self->config)->previous_key_file;
  g_autoptr (GBytes) key = load_key (self, error);
  g_autoptr (GBytes) previous = NULL;

  if (key == NULL)
    return NULL;
  if (previous_path != NULL) {
    previous = confabd_signing_key_read (previous_path, error);
    if (previous == NULL)
      return NULL;
  }
  return confabd_keyring_new (key, previous);
}

/* Who cannot be reached for half a minute may be back in a second: the first retry is soon. After
 * twelve, about eight hours, somebody has to look. */
static const ConfabdJobPolicy mail_policy = {
  .kind = "mail",
  .n_at_once = 2,
  .max_attempts = 12,
  .first_retry_ms = 20000,
  .retry_limit_ms = 3600000,
  .deadline_ms = 60000,
};

static void
open_post_office (ConfabdContext *self)
{
  const ConfabdConfigMail *mail = confabd_config_get_mail (self->config);
  const ConfabdSmtpSetup setup = {
    .clock = self->clock,
    .url = mail->url,
    .from = mail->from,
    .from_name = mail->from_name,
    .user_name = mail->user_name,
    .password = mail->password,
    .ca_file = mail->ca_file,
  };
  g_autoptr (ConfabdSmtp) smtp = NULL;

  self->jobs = confabd_jobs_new (self->store, self->clock);
  self->mail = confabd_mail_new (self->jobs, mail->url != NULL);
  if (mail->url != NULL) {
    smtp = confabd_smtp_new (&setup);
    confabd_jobs_set_handler (self->jobs, &mail_policy, CONFABD_JOB_HANDLER (smtp));
  }
}

static gboolean
build_sessions (ConfabdContext *self, GError **error)
{
  g_autoptr (ConfabdKeyring) keyring = load_keyring (self, error);

  if (keyring == NULL)
    return FALSE;
  self->sessions = confabd_sessions_new (self->store, self->clock, keyring);
  confabd_sessions_set_audit (self->sessions, self->audit);
  self->keys = confabd_keys_new (self->store, self->clock, self->audit);
  self->accounts = confabd_accounts_new (self->store, self->clock, self->sessions);
  return confabd_sessions_start (self->sessions, error);
}

static gboolean
open_store (ConfabdContext *self, gboolean is_desktop, GError **error)
{
  confabd_statements_set_slow_ms (confabd_config_get_database (self->config)->slow_statement_ms);
  self->store = confabd_store_open (confabd_config_get_database (self->config)->url,
                                    is_desktop ? CONFABD_SCHEMA_MIGRATE : CONFABD_SCHEMA_KEEP,
                                    self->clock, error);
  if (self->store == NULL)
    return FALSE;
  self->audit = confabd_audit_new (self->store, self->clock, CONFABD_AUDIT_MAX_WAITING);
  open_post_office (self);
  return build_sessions (self, error);
}

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

static ConfabdRetention *
make_retention (ConfabdContext *self)
{
  const ConfabdConfigRetention *config = confabd_config_get_retention (self->config);
  const ConfabdRetentionPolicy policy = { .days = {
                                              [CONFABD_AGING_QUALITY] = config->quality_days,
                                              [CONFABD_AGING_HISTORY] = config->history_days,
                                              [CONFABD_AGING_SESSIONS] = config->session_days,
                                              [CONFABD_AGING_LETTERS] = 1,
                                              [CONFABD_AGING_PROOFS] = 1,
                                              [CONFABD_AGING_DONE_JOBS] = config->job_days,
                                              [CONFABD_AGING_DEAD_JOBS] = config->job_days * 3,
                                              [CONFABD_AGING_AUDIT] = config->audit_days,
                                          } };

  return confabd_retention_new (self->store, self->clock, &policy);
}

/* A receiver that is being restarted is told in seconds, one that is away for a day as well. */
static const ConfabdJobPolicy webhook_policy = {
  .kind = "webhook",
  .n_at_once = 4,
  .max_attempts = 30,
  .first_retry_ms = 2000,
  .retry_limit_ms = 3600000,
  .deadline_ms = 30000,
};

static void
follow_calls (ConfabdContext *self)
{
  const ConfabdConfigWebhooks *config = confabd_config_get_webhooks (self->config);
  g_autoptr (ConfabdWebhooks) webhooks = NULL;

  if (config->urls[0] == NULL)
    return;
  webhooks = confabd_webhooks_new ((const char *const *) config->urls, config->secret);
  confabd_jobs_set_handler (self->jobs, &webhook_policy, CONFABD_JOB_HANDLER (webhooks));
  confabd_webhooks_follow (webhooks, self->calls, self->jobs);
}

static ConfabdTurn *
make_turn (ConfabdContext *self)
{
  const ConfabdConfigTurn *turn = confabd_config_get_turn (self->config);
  const ConfabdTurnSetup setup = {
    .clock = self->clock,
    .stun_servers = confabd_config_get_ice (self->config)->servers,
    .urls = (const char *const *) turn->urls,
    .secret = turn->secret,
    .lifetime_s = turn->lifetime_s,
  };

  return confabd_turn_new (&setup);
}

static void
build_domain (ConfabdContext *self)
{
  const ConfabdConfigLimits *configured = confabd_config_get_limits (self->config);
  ConfabdCallLimits limits = CONFABD_CALL_LIMITS_INIT;
  ConfabdExpiryLimits expiry_limits = CONFABD_EXPIRY_LIMITS_INIT;
  const ConfabdQualityLimits quality_limits = CONFABD_QUALITY_LIMITS_INIT;

  limits.max_participants = configured->max_participants;
  limits.open_per_user = configured->open_calls_per_user;
  expiry_limits.call_s = configured->call_s;
  expiry_limits.empty_room_s = configured->empty_room_s;
  self->brake = confabd_brake_new (self->clock, BRAKE_ENTRIES);
  self->passwords = confabd_passwords_new ();
  self->tickets = confabd_tickets_new (self->clock);
  self->calls = confabd_calls_new (self->store, self->clock, &limits);
  confabd_calls_set_audit (self->calls, self->audit);
  self->expiry = confabd_expiry_new (self->store, self->calls, self->clock, &expiry_limits);
  self->quality = confabd_quality_new (self->store, &quality_limits);
  self->turn = make_turn (self);
  self->retention = make_retention (self);
  follow_calls (self);
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
                      is_desktop ? confabd_store_get_folder (self->store) : NULL, error);
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
    .calls = self->calls,
    .tickets = self->tickets,
    .sessions = self->sessions,
    .keys = self->keys,
    .quality = self->quality,
    .expiry = self->expiry,
    .clock = self->clock,
    .turn = self->turn,
    .base_url = self->base_url,
    .sockets_per_user = confabd_config_get_limits (self->config)->sockets_per_user,
  };

  self->hub = confabd_hub_new (&parts);
}

static void
build_members (ConfabdContext *self)
{
  const ConfabdMembersParts parts = {
    .store = self->store,
    .clock = self->clock,
    .sessions = self->sessions,
    .passwords = self->passwords,
    .audit = self->audit,
    .brake = self->brake,
    .mail = self->mail,
    .registration = confabd_config_get_auth (self->config)->registration,
    .base_url = self->base_url,
  };

  self->members = confabd_members_new (&parts);
  self->people =
      confabd_people_new (self->store, self->clock, self->sessions, self->passwords, self->audit);
}

static void
add_accounts_api (ConfabdContext *self)
{
  g_autoptr (ConfabdApiMembers) members =
      confabd_api_members_new (self->members, self->people, self->clock,
                               confabd_config_get_auth (self->config)->telegram_token);
  g_autoptr (ConfabdApiPeople) people = confabd_api_people_new (self->people, self->members);
  g_autoptr (ConfabdApiAdminUsers) admin = confabd_api_admin_users_new (self->people);

  confabd_api_members_add_routes (members, self->router);
  confabd_api_people_add_routes (people, self->router);
  confabd_api_admin_users_add_routes (admin, self->router);
}

static void
add_api (ConfabdContext *self)
{
  g_autoptr (ConfabdApiAudit) audit = confabd_api_audit_new (self->audit);
  g_autoptr (ConfabdApiAuth) auth = confabd_api_auth_new (self->accounts, self->tickets);
  g_autoptr (ConfabdApiCalls) calls = confabd_api_calls_new (self->calls, self->base_url);
  g_autoptr (ConfabdApiQuality) quality = confabd_api_quality_new (self->quality);
  g_autoptr (ConfabdApiKeys) keys = confabd_api_keys_new (self->keys);
  g_autoptr (ConfabdApiSessions) sessions = confabd_api_sessions_new (self->sessions, self->audit);
  g_autoptr (ConfabdApiIce) ice = confabd_api_ice_new (self->calls, self->turn);

  add_accounts_api (self);
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
    .sessions = self->sessions,
    .keys = self->keys,
    .origins = self->origins,
    .limits = self->limits,
    .is_secure = g_str_has_prefix (self->base_url, "https://"),
  };

  self->server = confabd_server_new (&parts);
}

static void
build_http (ConfabdContext *self, gboolean is_desktop)
{
  const ConfabdConfigServer *server = confabd_config_get_server (self->config);
  g_autoptr (ConfabdMetrics) metrics =
      confabd_metrics_new (self->store, self->jobs, confabd_gauges_write, self);
  g_autoptr (ConfabdHealth) health = confabd_health_new (self->store, self->jobs);
  g_autoptr (ConfabdGuestPage) page = confabd_guest_page_new (confabd_guest_get_resource ());

  self->origins =
      confabd_origins_new (self->base_url, (const char *const *) server->allowed_origins);
  self->limits =
      confabd_limits_new (self->clock, confabd_config_get_limits (self->config), is_desktop);
  build_members (self);
  if (!is_desktop) {
    confabd_passwords_prepare (self->passwords);
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
  g_clear_object (&self->turn);
  g_clear_object (&self->expiry);
  g_clear_object (&self->quality);
  g_clear_object (&self->calls);
  g_clear_object (&self->tickets);
  g_clear_object (&self->people);
  g_clear_object (&self->members);
  g_clear_object (&self->passwords);
  g_clear_object (&self->brake);
  g_clear_object (&self->accounts);
  g_clear_object (&self->sessions);
  g_clear_object (&self->keys);
  g_clear_object (&self->poller);
  g_clear_object (&self->retention);
  g_clear_object (&self->mail);
  g_clear_object (&self->jobs);
  g_clear_object (&self->audit);
  g_clear_object (&self->store);
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
  self->is_desktop = is_desktop;
  if (!open_reports (self, error) || !open_store (self, is_desktop, error))
    return NULL;
  build_domain (self);
  if (!open_gate (self, is_desktop, error))
    return NULL;
  build_realtime (self);
  build_http (self, is_desktop);
  confabd_expiry_start (self->expiry);
  confabd_jobs_start (self->jobs);
  confabd_retention_start (self->retention);
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
  confabd_audit_flush_async (self->audit, on_audit_flushed, g_steal_pointer (&task));
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
  confabd_jobs_stop_async (self->jobs, on_jobs_stopped, g_steal_pointer (&task));
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
  confabd_expiry_stop (self->expiry);
  confabd_retention_stop (self->retention);
  confabd_sessions_stop (self->sessions);
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
  confabd_quality_flush (self->quality);
  return g_task_propagate_boolean (G_TASK (result), error) &&
         confabd_store_close (self->store, error);
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
  return self->accounts;
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
  return self->audit;
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
  return self->mail;
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
  return self->calls;
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
  return self->brake;
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
