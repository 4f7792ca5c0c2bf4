/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <libsoup/soup.h>

#include "confabd-config-ice.h"
#include "confabd-config-mail.h"
#include "confabd-config-server.h"
#include "confabd-config-turn.h"
#include "confabd-ctl-finding.h"
#include "confabd-ctl-place.h"

/* What the doctor sees of the network: whether the daemon answers, here and by its name, and what
 * helps people to reach it and each other. */

#define ASK_S 5

/* The body of an answer with that status; NULL and a message otherwise. */
static char *
ask (const char *base, const char *path, guint *status, GError **error)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", ASK_S, NULL);
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GBytes) body = NULL;

  soup_session_set_proxy_resolver (session, NULL);
  body = soup_session_send_and_read (session, message, NULL, error);
  if (body == NULL) {
    return NULL;
  }
  *status = soup_message_get_status (message);
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static gboolean
is_confab (const char *body)
{
  return g_str_has_prefix (body, "{\"status\":");
}

void
confabd_ctl_check_daemon (ConfabdCtl *ctl, GPtrArray *findings)
{
  g_autofree char *address = confabd_ctl_place_dup_address (ctl->config);
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  guint status = 0;

  if (address == NULL) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_DOUBTFUL, "daemon",
                              "Set [server] listen to an address with a port",
                              "confabd takes another port at each start");
    return;
  }
  body = ask (address, "/health/ready", &status, &error);
  if (body == NULL) {
    confabd_ctl_findings_add (
        findings, CONFABD_VERDICT_BAD, "daemon",
        "Start it: “systemctl start confabd”, and look at “journalctl -u confabd”",
        "Nobody answers at %s: %s", address, error->message);
  } else if (!is_confab (body)) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "daemon",
                              "Another program has the port: set another in [server] listen",
                              "What answers at %s is no confabd", address);
  } else if (status != SOUP_STATUS_OK) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "daemon",
                              "Restart it after a migration; its log says more",
                              "confabd runs at %s, but not well: %s", address, body);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "daemon", NULL, "confabd runs at %s",
                              address);
  }
}

static gboolean
listens_on_loopback_only (const ConfabdConfigServer *server)
{
  for (guint i = 0; i < server->listen->len; i++) {
    GInetSocketAddress *address = g_ptr_array_index (server->listen, i);

    if (!g_inet_address_get_is_loopback (g_inet_socket_address_get_address (address))) {
      return FALSE;
    }
  }
  return TRUE;
}

static void
check_name (const char *base_url, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  guint status = 0;
  g_autofree char *body = ask (base_url, "/health/live", &status, &error);

  if (body == NULL) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "address",
                              "Look at the name, the certificate and the proxy in front",
                              "Links begin with %s, and nobody answers there: %s", base_url,
                              error->message);
  } else if (status != SOUP_STATUS_OK || !is_confab (body)) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "address",
                              "Let the proxy pass all addresses on, or correct [server] base-url",
                              "Links begin with %s, and what answers there is no confabd",
                              base_url);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "address", NULL,
                              "%s leads to confabd", base_url);
  }
}

static gboolean
is_secure (const char *base_url)
{
  return g_str_has_prefix (base_url, "https://") || g_str_has_prefix (base_url, "http://127.") ||
         g_str_has_prefix (base_url, "http://localhost") ||
         g_str_has_prefix (base_url, "http://[::1]");
}

void
confabd_ctl_check_addresses (ConfabdCtl *ctl, GPtrArray *findings)
{
  const ConfabdConfigServer *server = confabd_config_get_server (ctl->config);

  if (server->base_url == NULL) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_DOUBTFUL, "address",
                              "Set [server] base-url to what others reach it by",
                              listens_on_loopback_only (server)
                                  ? "Nobody but this machine can reach confabd"
                                  : "Links begin with an address that is guessed");
    return;
  }
  if (!is_secure (server->base_url)) {
    confabd_ctl_findings_add (
        findings, CONFABD_VERDICT_BAD, "address",
        "Put a proxy with a certificate in front, and set [server] base-url to https://…",
        "%s is not encrypted: browsers give no microphone to its page, and tokens can be read on "
        "the way",
        server->base_url);
  }
  check_name (server->base_url, findings);
}

void
confabd_ctl_check_proxies (ConfabdCtl *ctl, GPtrArray *findings)
{
  const ConfabdConfigServer *server = confabd_config_get_server (ctl->config);
  gboolean has_proxy = server->base_url != NULL && g_str_has_prefix (server->base_url, "https://");

  if (has_proxy && server->trusted_proxies->len == 0) {
    confabd_ctl_findings_add (
        findings, CONFABD_VERDICT_BAD, "proxy",
        "Set [server] trusted-proxies to the address of the proxy, such as 127.0.0.1",
        "A proxy is in front that confabd does not believe: all people count as one address");
  } else if (!has_proxy && server->trusted_proxies->len > 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_DOUBTFUL, "proxy",
                              "Take [server] trusted-proxies away if there is none in front",
                              "A proxy is believed, and [server] base-url is not https");
  }
}

void
confabd_ctl_check_turn (ConfabdCtl *ctl, GPtrArray *findings)
{
  const ConfabdConfigTurn *turn = confabd_config_get_turn (ctl->config);

  if (g_strv_length (turn->urls) > 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "turn", NULL,
                              "A relay is set for those who cannot reach each other");
    return;
  }
  confabd_ctl_findings_add (
      findings, CONFABD_VERDICT_DOUBTFUL, "turn",
      "Install coturn and set [turn] urls and secret-file",
      "There is no relay: some people behind routers will not hear each other");
}

void
confabd_ctl_check_mail (ConfabdCtl *ctl, GPtrArray *findings)
{
  const ConfabdConfigMail *mail = confabd_config_get_mail (ctl->config);

  if (mail->url != NULL) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "mail", NULL, "Letters go out as %s",
                              mail->from);
    return;
  }
  confabd_ctl_findings_add (
      findings, CONFABD_VERDICT_DOUBTFUL, "mail",
      "Set [mail] url and from; without, hand out “confabctl user reset-link NAME”",
      "No letters are sent: nobody can set a forgotten password by themself");
}
