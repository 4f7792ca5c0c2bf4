/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <libsoup/soup.h>
#include <sodium.h>

#include "confab-clock.h"
#include "confab-error.h"
#include "confabd-config-database.h"
#include "confabd-ctl-call-end.h"
#include "confabd-ctl-place.h"
#include "confabd-ctl.h"
#include "confabd-local-token.h"
#include "confabd-signing-key.h"
#include "confabd-store-calls.h"

/* The end of a call: a daemon that runs is asked, so that everybody in the call hears of it;
 * without one it is written down. */

#define ASK_S   10
#define TOKEN_S 60

static gboolean
set_over (GError **error)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER, "The call is over already");
  return FALSE;
}

/* Whoever can read the key may do what the host of the call may, under their own name. */
static char *
make_authorization (ConfabdConfig *config, ConfabUser *creator, GError **error)
{
  g_autoptr (ConfabUser) administrator =
      confab_user_new (confab_user_get_id (creator), g_get_user_name (),
                       confab_user_get_role (creator), confab_user_get_created_at (creator));
  g_autofree char *path = confabd_ctl_place_dup_key_file (config);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GBytes) key = NULL;
  char *token, *field;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The daemon runs, and its signing key is in no file: set [auth] key-file");
    return NULL;
  }
  key = confabd_signing_key_load (path, error);
  if (key == NULL) {
    return NULL;
  }
  token = confabd_local_token_new (key, administrator, now, TOKEN_S);
  field = g_strconcat ("Bearer ", token, NULL);
  sodium_memzero (token, strlen (token));
  g_free (token);
  return field;
}

static gboolean
judge_answer (SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);

  if (status == SOUP_STATUS_GONE) {
    return set_over (error);
  }
  if (status != SOUP_STATUS_OK) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The daemon refuses with status %u",
                 status);
  }
  return status == SOUP_STATUS_OK;
}

static gboolean
ask_daemon (ConfabdConfig *config,
            const char *address,
            ConfabCall *call,
            ConfabUser *creator,
            GError **error)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", ASK_S, NULL);
  g_autofree char *url =
      g_strdup_printf ("%s/api/v1/calls/%s/end", address, confab_call_get_id (call));
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_POST, url);
  g_autofree char *authorization = make_authorization (config, creator, error);
  g_autoptr (GBytes) body = NULL;

  if (authorization == NULL) {
    return FALSE;
  }
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                authorization);
  soup_session_set_proxy_resolver (session, NULL);
  body = soup_session_send_and_read (session, message, NULL, error);
  return body != NULL && judge_answer (message, error);
}

static gboolean
is_listening (const char *address)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, ASK_S);
  connection = g_socket_client_connect_to_uri (client, address, 80, NULL, NULL);
  return connection != NULL;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static gboolean
write_end (ConfabdConfig *config, ConfabCall *call, GError **error)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (clock);
  g_autoptr (ConfabdStore) store = confabd_store_open (confabd_config_get_database (config)->url,
                                                       CONFABD_SCHEMA_KEEP, clock, error);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_CALL_ENDED,
                                    .actor = g_get_user_name (),
                                    .target = confab_call_get_id (call),
                                    .is_success = TRUE,
                                    .detail = "ended-by-admin" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabCall) over = NULL;

  if (store == NULL) {
    return FALSE;
  }
  confabd_store_end_call_async (store, NULL, confab_call_get_id (call), CONFAB_CALL_EVENT_END,
                                "ended-by-admin", now, &facts, NULL, on_ended, &result);
  while (result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  over = confabd_store_end_call_finish (store, result, error);
  return over != NULL && confabd_store_close (store, error);
}

/**
 * confabd_ctl_end_call:
 * @config: of the daemon
 * @call: what shall end
 * @creator: (nullable): who made it
 * @error: return location for a #GError
 *
 * Returns: whether the call is over now and was not before
 */
gboolean
confabd_ctl_end_call (ConfabdConfig *config, ConfabCall *call, ConfabUser *creator, GError **error)
{
  g_autofree char *address = confabd_ctl_place_dup_address (config);

  if (confab_call_get_ended_at (call) != NULL) {
    return set_over (error);
  }
  if (address != NULL && creator != NULL && is_listening (address)) {
    return ask_daemon (config, address, call, creator, error);
  }
  return write_end (config, call, error);
}
