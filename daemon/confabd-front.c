/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-front"

#include "config.h"

#include "confab-error.h"
#include "confabd-api-admin-users.h"
#include "confabd-api-audit.h"
#include "confabd-api-auth.h"
#include "confabd-api-calls.h"
#include "confabd-api-client-errors.h"
#include "confabd-api-credentials.h"
#include "confabd-api-ice.h"
#include "confabd-api-keys.h"
#include "confabd-api-members.h"
#include "confabd-api-people.h"
#include "confabd-api-quality.h"
#include "confabd-api-server-info.h"
#include "confabd-api-sessions.h"
#include "confabd-config-auth.h"
#include "confabd-config-limits.h"
#include "confabd-config-mail.h"
#include "confabd-config-server.h"
#include "confabd-docs-resources.h"
#include "confabd-docs.h"
#include "confabd-front.h"
#include "confabd-guest-page.h"
#include "confabd-guest-resources.h"
#include "confabd-health.h"
#include "confabd-listen.h"
#include "confabd-public-error.h"
#include "confabd-socket-transport.h"

#define SIGNALING_PATH     "/api/v1/signaling"
#define SIGNALING_PROTOCOL "confab.v1"

static void
on_gate_request (ConfabdGate *gate,
                 ConfabdHead *head,
                 GSocketConnection *connection,
                 GSocketAddress *remote,
                 gpointer user_data)
{
  ConfabdFront *self = user_data;

  confabd_server_serve (self->server, connection, remote);
}

static gboolean
check_socket (ConfabdFront *self, ConfabdHead *head, ConfabdSocket *socket, GError **error)
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
  ConfabdFront *self = user_data;
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

/* Owned by the caller; nobody when nobody is trusted. */
static ConfabdProxies *
make_proxies (ConfabdFront *self)
{
  const ConfabdConfigServer *configured = confabd_config_get_server (self->domain->config);

  if (configured->trusted_proxies->len == 0)
    return NULL;
  return confabd_proxies_new (configured->trusted_proxies, configured->proxy_source);
}

static void
set_gate_limits (ConfabdFront *self, ConfabdGateOptions *options)
{
  const ConfabdConfigLimits *configured = confabd_config_get_limits (self->domain->config);

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
open_gate (ConfabdFront *self, GError **error)
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
  self->address = confabd_listen (
      self->gate, confabd_config_get_server (self->domain->config)->listen,
      self->domain->is_desktop ? confabd_store_get_folder (self->domain->store) : NULL, error);
  if (self->address == NULL)
    return FALSE;
  self->base_url = g_strdup (confabd_config_get_server (self->domain->config)->base_url);
  if (self->base_url == NULL)
    self->base_url = confabd_listen_guess_base_url (self->address);
  return TRUE;
}

static void
build_realtime (ConfabdFront *self)
{
  const ConfabdHubParts parts = {
    .calls = self->domain->calls,
    .tickets = self->domain->tickets,
    .sessions = self->domain->sessions,
    .keys = self->domain->keys,
    .key_watch = self->domain->key_watch,
    .quality = self->domain->quality,
    .expiry = self->domain->expiry,
    .clock = self->domain->clock,
    .turn = self->domain->turn,
    .base_url = self->base_url,
    .sockets_per_user = confabd_config_get_limits (self->domain->config)->sockets_per_user,
  };

  self->hub = confabd_hub_new (&parts);
}

static void
add_accounts_api (ConfabdFront *self)
{
  g_autoptr (ConfabdApiMembers) members =
      confabd_api_members_new (self->domain->members, self->domain->clock,
                               confabd_config_get_auth (self->domain->config)->telegram_token);
  g_autoptr (ConfabdApiCredentials) credentials =
      confabd_api_credentials_new (self->domain->members, self->domain->people);
  g_autoptr (ConfabdApiPeople) people =
      confabd_api_people_new (self->domain->people, self->domain->members);
  g_autoptr (ConfabdApiAdminUsers) admin = confabd_api_admin_users_new (self->domain->people);

  confabd_api_members_add_routes (members, self->router);
  confabd_api_credentials_add_routes (credentials, self->router);
  confabd_api_people_add_routes (people, self->router);
  confabd_api_admin_users_add_routes (admin, self->router);
}

static void
add_server_info (ConfabdFront *self)
{
  const ConfabdConfigAuth *auth = confabd_config_get_auth (self->domain->config);
  const ConfabdServerInfo info = {
    .registration = confabd_registration_to_string (auth->registration),
    .guests = auth->guests,
    .has_telegram = auth->telegram_token != NULL,
    .has_mail = confabd_config_get_mail (self->domain->config)->url != NULL,
  };
  g_autoptr (ConfabdApiServerInfo) api = confabd_api_server_info_new (&info);

  confabd_api_server_info_add_routes (api, self->router);
}

static void
add_api (ConfabdFront *self)
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
build_server (ConfabdFront *self)
{
  const ConfabdServerParts parts = {
    .router = self->router,
    .sessions = self->domain->sessions,
    .keys = self->domain->keys,
    .origins = self->origins,
    .limits = self->limits,
    .guests = confabd_config_get_auth (self->domain->config)->guests,
    .is_secure = g_str_has_prefix (self->base_url, "https://"),
  };

  self->server = confabd_server_new (&parts);
}

static void
build_http (ConfabdFront *self)
{
  const ConfabdConfigServer *server = confabd_config_get_server (self->domain->config);
  g_autoptr (ConfabdHealth) health = confabd_health_new (self->domain->store, self->domain->jobs);
  g_autoptr (ConfabdGuestPage) page = confabd_guest_page_new (confabd_guest_get_resource ());

  self->origins =
      confabd_origins_new (self->base_url, (const char *const *) server->allowed_origins);
  self->limits =
      confabd_limits_new (self->domain->clock, confabd_config_get_limits (self->domain->config),
                          self->domain->is_desktop);
  confabd_domain_admit_members (self->domain, self->base_url);
  if (!self->domain->is_desktop) {
    confabd_passwords_prepare (self->domain->passwords);
  }
  self->router = confabd_router_new ();
  add_api (self);
  confabd_health_add_routes (health, self->router);
  confabd_guest_page_add_routes (page, self->router);
  confabd_docs_add_routes (self->router, confabd_docs_get_resource ());
  build_server (self);
}

/**
 * confabd_front_open:
 * @domain: what is served; has to outlive the front
 * @error: return location for a #GError
 *
 * Listens, and wires what strangers meet to the domain.
 *
 * Returns: (transfer full): the objects, which answer as soon as the main loop runs
 */
ConfabdFront *
confabd_front_open (ConfabdDomain *domain, GError **error)
{
  g_autoptr (ConfabdFront) self = g_new0 (ConfabdFront, 1);

  self->domain = domain;
  if (!open_gate (self, error))
    return NULL;
  build_realtime (self);
  build_http (self);
  return g_steal_pointer (&self);
}

/**
 * confabd_front_reload:
 * @self: the objects, whose domain has another configuration than before
 *
 * Takes over what can change while people are connected; they keep what they have.
 */
void
confabd_front_reload (ConfabdFront *self)
{
  const ConfabdConfigLimits *figures = confabd_config_get_limits (self->domain->config);
  const ConfabdConfigServer *server = confabd_config_get_server (self->domain->config);
  ConfabdGateOptions options = CONFABD_GATE_OPTIONS_INIT;

  set_gate_limits (self, &options);
  confabd_gate_set_limits (self->gate, &options);
  confabd_limits_set_figures (self->limits, figures);
  confabd_origins_set_foreign (self->origins, (const char *const *) server->allowed_origins);
  confabd_hub_set_sockets_per_user (self->hub, figures->sockets_per_user);
}

/**
 * confabd_front_free:
 * @self: (transfer full): the objects
 */
void
confabd_front_free (ConfabdFront *self)
{
  g_clear_object (&self->gate);
  g_clear_object (&self->server);
  g_clear_object (&self->router);
  g_clear_object (&self->limits);
  g_clear_object (&self->origins);
  g_clear_object (&self->hub);
  g_clear_object (&self->poller);
  g_free (self->address);
  g_free (self->base_url);
  g_free (self);
}
