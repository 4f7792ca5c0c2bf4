/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libsoup/soup.h>

/* bare-soup FILE: what libsoup alone can do. Answers every request with the bytes of FILE as JSON,
 * one request a connection as confabd, and prints where it listens. */

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Content-Type", "application/json");
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), user_data);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
}

static int
refuse (const GError *error)
{
  g_printerr ("bare-soup: %s\n", error->message);
  return 1;
}

int
main (int argc, char *argv[])
{
  g_autoptr (SoupServer) server = soup_server_new ("raw-paths", TRUE, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GSList *uris;
  gsize length = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &text, &length, &error)) {
    return error != NULL ? refuse (error) : 2;
  }
  body = g_bytes_new_take (g_steal_pointer (&text), length);
  soup_server_add_handler (server, NULL, on_request, body, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error)) {
    return refuse (error);
  }
  uris = soup_server_get_uris (server);
  g_print ("Listening on http://127.0.0.1:%d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
