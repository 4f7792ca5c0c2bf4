/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"
#include "confab-wire-model.h"

#define MAX_PAGE         100
#define MAX_CURSOR_CHARS 128

static char *
make_path (const char *call_id, guint limit, const char *cursor)
{
  g_autofree char *escaped_id = g_uri_escape_string (call_id, NULL, FALSE);
  g_autofree char *escaped_cursor = g_uri_escape_string (cursor != NULL ? cursor : "", NULL, FALSE);
  GString *path = g_string_new (NULL);

  g_string_printf (path, "/calls/%s/quality", escaped_id);
  if (limit > 0)
    g_string_append_printf (path, "?limit=%u", limit);
  if (cursor != NULL)
    g_string_append_printf (path, "%ccursor=%s", limit > 0 ? '&' : '?', escaped_cursor);
  return g_string_free (path, FALSE);
}

/**
 * confab_client_list_quality_async:
 * @self: a client that is signed in
 * @call_id: a call that we are a member of
 * @limit: how many samples, 1 to 100; 0 for the server's default
 * @cursor: (nullable): where the page before ended; %NULL for the newest
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks how well everybody in a call heard everybody else. Source: `GET /calls/{id}/quality`.
 *
 * Since: 0.1
 */
void
confab_client_list_quality_async (ConfabClient *self,
                                  const char *call_id,
                                  guint limit,
                                  const char *cursor,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autofree char *path = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (call_id != NULL);
  g_return_if_fail (limit <= MAX_PAGE);

  path = make_path (call_id, limit, cursor);
  confab_client_send_request (self, SOUP_METHOD_GET, path, NULL,
                              confab_client_new_task (self, confab_client_list_quality_async,
                                                      cancellable, callback, user_data));
}

static GPtrArray *
read_samples (ConfabMessage *reply, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  if (!confab_message_get_list (reply, "items", CONFAB_FIELD_REQUIRED, MAX_PAGE, &items, error))
    return NULL;
  samples = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);
  for (guint i = 0; i < items->len; i++) {
    ConfabQualitySample *sample =
        confab_quality_sample_from_message (g_ptr_array_index (items, i), error);

    if (sample == NULL)
      return NULL;
    g_ptr_array_add (samples, sample);
  }
  return g_steal_pointer (&samples);
}

/**
 * confab_client_list_quality_finish:
 * @self: a client
 * @result: from the callback
 * @next_cursor: (out) (optional) (nullable) (transfer full): where the next page begins; %NULL when
 *   this was the last
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(); %CONFAB_ERROR_NO_SUCH_CALL also for a call that we
 * are no member of.
 *
 * Returns: (transfer container) (element-type ConfabQualitySample): the samples, newest first
 * Since: 0.1
 */
GPtrArray *
confab_client_list_quality_finish (ConfabClient *self,
                                   GAsyncResult *result,
                                   char **next_cursor,
                                   GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;
  const char *cursor = NULL;
  GPtrArray *samples = NULL;

  reply = confab_client_finish_request (self, result, confab_client_list_quality_async, error);
  if (reply == NULL || !confab_message_get_string (reply, "next_cursor", CONFAB_FIELD_OPTIONAL,
                                                   MAX_CURSOR_CHARS, &cursor, error))
    return NULL;
  samples = read_samples (reply, error);
  if (samples != NULL && next_cursor != NULL)
    *next_cursor = g_strdup (cursor);
  return samples;
}
