/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "test-fake-server"

#include "config.h"

#include "confab-codec.h"
#include "confab-time.h"
#include "fake-server.h"

#define API "/api/v1"

typedef struct {
  guint status;
  char *body;       /* (owned) (nullable) */
  const char *type; /* (unowned) a literal */
  char *location;   /* (owned) (nullable) */
  gboolean is_hanging;
} FakeReply;

static void
fake_reply_free (FakeReply *reply)
{
  g_free (reply->body);
  g_free (reply->location);
  g_free (reply);
}

static void
remember_request (FakeServer *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  g_free (self->last_uri);
  self->last_uri = g_uri_to_string (soup_server_message_get_uri (message));
  g_free (self->last_authorization);
  self->last_authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
  g_free (self->last_body);
  self->last_body = g_strndup (body->data != NULL ? body->data : "", (gsize) body->length);
}

static void
answer_ticket (FakeServer *self, SoupServerMessage *message)
{
  g_autofree char *body = g_strdup_printf (
      "{\"ticket\":\"ticket-%u\",\"expires_at\":\"2030-01-01T00:00:00Z\"}", ++self->n_tickets);

  soup_server_message_set_status (message, 201, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
answer_scripted (FakeReply *reply, SoupServerMessage *message)
{
  if (reply->is_hanging) {
    soup_server_message_pause (message);
    return;
  }
  soup_server_message_set_status (message, reply->status, NULL);
  if (reply->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                  reply->location);
  if (reply->body != NULL)
    soup_server_message_set_response (message, reply->type, SOUP_MEMORY_COPY, reply->body,
                                      strlen (reply->body));
}

static gboolean
is_refused (FakeServer *self, const char *path)
{
  g_autofree char *expected = g_strconcat ("Bearer ", self->accepted_token, NULL);

  return self->accepted_token != NULL && !g_str_has_prefix (path, API "/auth/") &&
         g_strcmp0 (self->last_authorization, expected) != 0;
}

static void
answer_refused (SoupServerMessage *message)
{
  static const char body[] = "{\"type\":\"about:blank\",\"code\":\"not-authenticated\"}";

  soup_server_message_set_status (message, 401, NULL);
  soup_server_message_set_response (message, "application/problem+json", SOUP_MEMORY_STATIC, body,
                                    sizeof body - 1);
}

static void
count_request (FakeServer *self, const char *path)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_requests, path));

  g_hash_table_replace (self->n_requests, g_strdup (path), GUINT_TO_POINTER (n + 1));
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  FakeServer *self = user_data;
  FakeReply *reply = g_hash_table_lookup (self->replies, path);

  remember_request (self, message);
  count_request (self, path);
  if (is_refused (self, path))
    answer_refused (message);
  else if (reply != NULL)
    answer_scripted (reply, message);
  else if (g_str_equal (path, API "/auth/ws-ticket"))
    answer_ticket (self, message);
  else
    soup_server_message_set_status (message, 404, NULL);
}

static char *
make_server_time (FakeServer *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) ahead = g_date_time_add (now, self->clock_ahead_us);

  return confab_time_format (ahead);
}

static void
send_welcome (FakeServer *self)
{
  g_autofree char *server_time = make_server_time (self);
  g_autofree char *json =
      g_strdup_printf ("{\"type\":\"welcome\",\"session\":\"s%u\",\"server_time\":\"%s\"}",
                       self->n_sessions, server_time);

  fake_server_send (self, json);
}

static void
send_pong (FakeServer *self, ConfabMessage *ping)
{
  g_autofree char *server_time = make_server_time (self);
  g_autofree char *json = NULL;
  gint64 id = 0;

  g_assert_true (
      confab_message_get_integer (ping, "id", CONFAB_FIELD_REQUIRED, 0, G_MAXINT64, &id, NULL));
  json = g_strdup_printf ("{\"type\":\"pong\",\"id\":%" G_GINT64_FORMAT ",\"server_time\":\"%s\"}",
                          id, server_time);
  fake_server_send (self, json);
}

static void
refuse (FakeServer *self)
{
  g_autofree char *json = NULL;

  if (self->error_code != NULL) {
    json = g_strdup_printf ("{\"type\":\"error\",\"code\":\"%s\",\"detail\":\"Said %s\"}",
                            self->error_code, self->error_code);
    fake_server_send (self, json);
  }
  fake_server_close (self, self->close_code);
}

static void
take_hello (FakeServer *self)
{
  switch (self->mode) {
  case FAKE_WELCOME:
  case FAKE_MUTE_WELCOME:
    send_welcome (self);
    break;
  case FAKE_REFUSE:
    refuse (self);
    break;
  case FAKE_SILENT:
    break;
  }
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType type,
            GBytes *bytes,
            FakeServer *self)
{
  g_autoptr (GError) error = NULL;
  ConfabMessage *message = confab_codec_decode (bytes, &error);
  const char *kind = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (self->received, message);
  kind = confab_message_get_kind (message);
  if (g_str_equal (kind, "hello"))
    take_hello (self);
  else if (g_str_equal (kind, "ping") && self->mode == FAKE_WELCOME)
    send_pong (self, message);
}

static void
on_websocket (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer user_data)
{
  FakeServer *self = user_data;

  g_set_object (&self->connection, connection);
  self->n_sessions++;
  self->seq = 0;
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
}

/* libsoup's own listener leaks with every connection on our baseline. */
static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  FakeServer *self = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, NULL);
  return TRUE;
}

FakeServer *
fake_server_new (void)
{
  FakeServer *self = g_new0 (FakeServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  char *protocols[] = { (char *) "confab.v1", NULL };

  self->replies =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fake_reply_free);
  self->n_requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->received = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_add_websocket_handler (self->server, API "/signaling", NULL, protocols, on_websocket,
                                     self, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("http://127.0.0.1:%u",
                               g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return self;
}

void
fake_server_free (FakeServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  fake_server_cut (self);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_hash_table_unref (self->replies);
  g_hash_table_unref (self->n_requests);
  g_free (self->accepted_token);
  g_ptr_array_unref (self->received);
  g_free (self->last_uri);
  g_free (self->last_authorization);
  g_free (self->last_body);
  g_free (self->url);
  g_free (self);
}

static FakeReply *
add_reply (FakeServer *self, const char *path)
{
  FakeReply *reply = g_new0 (FakeReply, 1);

  g_hash_table_replace (self->replies, g_strconcat (API, path, NULL), reply);
  return reply;
}

void
fake_server_set_reply (FakeServer *self, const char *path, guint status, const char *body)
{
  FakeReply *reply = add_reply (self, path);

  reply->status = status;
  reply->body = g_strdup (body);
  reply->type = "application/json";
}

void
fake_server_set_problem (FakeServer *self, const char *path, guint status, const char *code)
{
  FakeReply *reply = add_reply (self, path);

  reply->status = status;
  reply->body = g_strdup_printf ("{\"type\":\"about:blank\",\"status\":%u,\"code\":\"%s\","
                                 "\"detail\":\"Said %s.\"}",
                                 status, code, code);
  reply->type = "application/problem+json";
}

void
fake_server_set_hanging (FakeServer *self, const char *path)
{
  add_reply (self, path)->is_hanging = TRUE;
}

void
fake_server_set_redirect (FakeServer *self, const char *path, const char *location)
{
  FakeReply *reply = add_reply (self, path);

  reply->status = 307;
  reply->location = g_strdup (location);
}

/* Any other token is refused from now on. */
void
fake_server_accept (FakeServer *self, const char *token)
{
  g_free (self->accepted_token);
  self->accepted_token = g_strdup (token);
}

guint
fake_server_count_requests (FakeServer *self, const char *path)
{
  g_autofree char *full = g_strconcat (API, path, NULL);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->n_requests, full));
}

void
fake_server_send_raw (FakeServer *self, const char *text)
{
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
}

/* An object without "seq", which is spliced in. */
void
fake_server_send (FakeServer *self, const char *json)
{
  g_autofree char *text =
      g_strdup_printf ("{\"seq\":%" G_GINT64_FORMAT ",%s", ++self->seq, json + 1);

  fake_server_send_raw (self, text);
}

void
fake_server_close (FakeServer *self, gushort close_code)
{
  soup_websocket_connection_close (self->connection, close_code, NULL);
}

/* As a network does: without a word. */
void
fake_server_cut (FakeServer *self)
{
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_io_stream_close (soup_websocket_connection_get_io_stream (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
}

ConfabMessage *
fake_server_find (FakeServer *self, const char *kind)
{
  for (guint i = self->received->len; i > 0; i--) {
    ConfabMessage *message = g_ptr_array_index (self->received, i - 1);

    if (g_str_equal (confab_message_get_kind (message), kind))
      return message;
  }
  return NULL;
}

guint
fake_server_count (FakeServer *self, const char *kind)
{
  guint n = 0;

  for (guint i = 0; i < self->received->len; i++)
    n += g_str_equal (confab_message_get_kind (g_ptr_array_index (self->received, i)), kind);
  return n;
}
