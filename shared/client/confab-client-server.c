/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"
#include "confab-error.h"
#include "confab-limits.h"
#include "confab-server-info.h"

/**
 * confab_client_describe_server_async:
 * @self: a client; nobody has to be signed in
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks who may come in, and how. Source: `GET /server`.
 *
 * Since: 0.1
 */
void
confab_client_describe_server_async (ConfabClient *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  confab_client_send_anonymous (self, SOUP_METHOD_GET, "/server", NULL,
                                confab_client_new_task (self, confab_client_describe_server_async,
                                                        cancellable, callback, user_data));
}

static ConfabServerInfo *
read_info (ConfabMessage *reply, GError **error)
{
  const char *registration_name = NULL;
  const char *guests_name = NULL;
  ConfabRegistration registration;
  ConfabGuestAccess guests;
  gboolean has_mail = FALSE;

  if (!confab_message_get_string (reply, "registration", CONFAB_FIELD_REQUIRED,
                                  CONFAB_LIMIT_NAME_CHARS, &registration_name, error) ||
      !confab_message_get_string (reply, "guests", CONFAB_FIELD_REQUIRED, CONFAB_LIMIT_NAME_CHARS,
                                  &guests_name, error) ||
      !confab_message_get_boolean (reply, "mail", CONFAB_FIELD_OPTIONAL, &has_mail, error))
    return NULL;
  if (confab_registration_from_string (registration_name, &registration) &&
      confab_guest_access_from_string (guests_name, &guests))
    return confab_server_info_new (registration, guests, has_mail);
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
               "No registration “%s” with guests “%s” is known", registration_name, guests_name);
  return NULL;
}

/**
 * confab_client_describe_server_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_UNREACHABLE and %CONFAB_ERROR_TIMED_OUT when nothing answers, and with
 * %CONFAB_ERROR_NOT_FOUND or %CONFAB_ERROR_BAD_MESSAGE when it is something else that does.
 *
 * Returns: (transfer full): what the server is like
 * Since: 0.1
 */
ConfabServerInfo *
confab_client_describe_server_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply =
      confab_client_finish_request (self, result, confab_client_describe_server_async, error);

  return reply != NULL ? read_info (reply, error) : NULL;
}
