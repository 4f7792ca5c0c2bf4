/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confabd-gate.h"
#include "peer.h"

#define HOST "Host: a.example\r\n"
#define GET  "GET /hello?a=b HTTP/1.1\r\n" HOST "\r\n"
#define SHAKE                                                                    \
  "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\n"    \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Protocol: confab.v1\r\n"                                        \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

typedef struct {
  ConfabdPoller *poller;
  ConfabdGateOptions options;
  ConfabdGate *gate;
  GSocketAddress *address;
  GPtrArray *held;     /* (element-type GSocketConnection) requests that are not answered */
  GPtrArray *sockets;  /* (element-type ConfabdSocket) */
  gboolean holds;      /* does not answer requests */
  guint close_sockets; /* with this code, at once */
  guint n_requests;
  char *last_path;
  char *last_remote;
  ConfabdProxies *proxies;
  gboolean is_stopped;
  guint n_closed;
} Fixture;

static void
on_request (ConfabdGate *gate,
            ConfabdHead *head,
            GSocketConnection *connection,
            GSocketAddress *remote,
            gpointer user_data)
{
  Fixture *fixture = user_data;
  GSocket *socket = g_socket_connection_get_socket (connection);
  gsize size = confabd_head_get_size (head);
  g_autofree char *buffer = g_malloc (size);

  fixture->n_requests++;
  g_free (fixture->last_path);
  fixture->last_path = g_strdup (confabd_head_get_path (head));
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (remote));
  g_free (fixture->last_remote);
  fixture->last_remote =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  /* Nobody has read from it yet. */
  g_assert_cmpint (g_socket_receive_with_blocking (socket, buffer, size, FALSE, NULL, NULL), ==,
                   size);
  g_assert_true (g_str_has_prefix (buffer, confabd_head_get_method (head)));
  if (fixture->holds)
    g_ptr_array_add (fixture->held, g_object_ref (connection));
  else
    g_socket_send_with_blocking (socket, ANSWER, strlen (ANSWER), FALSE, NULL, NULL);
}

static void
on_text (ConfabdSocket *socket, GBytes *text, gpointer user_data)
{
  confabd_socket_send_text (socket, text);
}

static void
on_closed (ConfabdSocket *socket, guint code, gboolean was_clean, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_closed++;
  g_ptr_array_remove (fixture->sockets, socket);
}

static const ConfabdSocketHandler socket_handler = { .text = on_text, .closed = on_closed };

static void
on_socket (ConfabdGate *gate, ConfabdHead *head, ConfabdSocket *socket, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->sockets, g_object_ref (socket));
  confabd_socket_set_handler (socket, &socket_handler, fixture);
  if (fixture->close_sockets != 0) {
    g_autoptr (GBytes) text = g_bytes_new_static ("sorry", 5);

    confabd_socket_send_text (socket, text);
    confabd_socket_close (socket, fixture->close_sockets, "");
  }
}

static const ConfabdGateHandler gate_handler = { on_request, on_socket };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->options = (ConfabdGateOptions) CONFABD_GATE_OPTIONS_INIT;
  fixture->options.websocket_path = "/ws";
  fixture->options.websocket_protocol = "confab.v1";
  fixture->poller = confabd_poller_new (NULL, NULL);
  fixture->held = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->sockets = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
open_gate_at (Fixture *fixture, const char *host)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GError) error = NULL;

  fixture->gate = confabd_gate_new (fixture->poller, &fixture->options, &gate_handler, fixture);
  fixture->address = confabd_gate_listen (fixture->gate, any, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (fixture->address)), >,
                    0);
}

static void
open_gate (Fixture *fixture)
{
  open_gate_at (fixture, "127.0.0.1");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->held);
  g_assert_finalize_object (fixture->gate);
  for (guint i = 0; i < fixture->sockets->len; i++)
    g_assert_cmpuint (G_OBJECT (g_ptr_array_index (fixture->sockets, i))->ref_count, ==, 1);
  g_ptr_array_unref (fixture->sockets);
  g_object_unref (fixture->address);
  g_assert_finalize_object (fixture->poller);
  g_free (fixture->last_path);
  g_free (fixture->last_remote);
  if (fixture->proxies != NULL)
    g_assert_finalize_object (fixture->proxies);
}

static guint
count_descriptors (void)
{
  DIR *directory = opendir ("/proc/self/fd");
  guint count = 0;

  while (readdir (directory) != NULL)
    count++;
  closedir (directory);
  return count;
}

static void
run_idle (Fixture *fixture)
{
  run_until (confabd_gate_get_n_connections (fixture->gate) == 0);
}

/* What a refusal looks like: one whole answer with the status and the code, then the end. */
static void
assert_refused (Peer *peer, guint status, const char *code)
{
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);
  g_autofree char *member = g_strdup_printf ("\"code\":\"%s\"", code);

  run_until (peer_check_end (peer));
  g_assert_cmpuint (peer->received->len, >, strlen (start));
  g_assert_cmpmem (peer->received->data, strlen (start), start, strlen (start));
  g_assert_true (peer_has (peer, "\r\nContent-Type: application/problem+json\r\n"));
  g_assert_true (peer_has (peer, member));
}

static void
test_request (Fixture *fixture, gconstpointer data)
{
  open_gate (fixture);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Peer) peer = peer_connect (fixture->address);

    peer_send_text (peer, GET);
    run_until (peer_check_end (peer));
    g_assert_true (peer_has (peer, ANSWER));
    g_assert_cmpstr (fixture->last_path, ==, "/hello");
  }
  g_assert_cmpuint (fixture->n_requests, ==, 3);
  run_idle (fixture);
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  open_gate_at (fixture, "::1");
  peer = peer_connect (fixture->address);
  peer_send_text (peer, GET);
  run_until (peer_has (peer, ANSWER));
}

static void
test_head_in_pieces (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  for (const char *at = GET; *at != '\0'; at++) {
    g_assert_cmpuint (fixture->n_requests, ==, 0);
    peer_send (peer, at, 1);
    iterate ();
  }
  run_until (peer_has (peer, ANSWER));
}

typedef struct {
  const char *name;
  guint status;
  const char *code;
  const char *bytes;
} Refusal;

/* clang-format off */
static const Refusal refusals[] = {
  { "two-lengths", 400, "bad-request", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx" },
  { "length-and-encoding", 400, "bad-request", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n" },
  { "chunked", 411, "bad-request", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n" },
  { "bare-line-feed", 400, "bad-request", "GET / HTTP/1.1\nHost: a\n\n" },
  { "large-body", 413, "too-large", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n" },
  { "tls", 400, "bad-request", "\x16\x03\x01\x02" },
  { "plain-request-to-the-socket", 426, "unsupported", "GET /ws HTTP/1.1\r\n" HOST "\r\n" },
  { "old-websocket", 426, "unsupported", "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n" },
  { "websocket-without-protocol", 400, "unsupported", "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" },
};
/* clang-format on */

static void
test_refusal (Fixture *fixture, gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, refusal->bytes);
  assert_refused (peer, refusal->status, refusal->code);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
  g_clear_pointer (&peer, peer_free);
  run_idle (fixture);
}

/* The answer survives that the client goes on sending what nobody reads. */
static void
test_refused_while_sending (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (300 * 1024, 'x');
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, "POST / HTTP/1.1\r\n" HOST "Content-Length: 10000000\r\n\r\n");
  peer_send_text (peer, body);
  assert_refused (peer, 413, "too-large");
}

/* A refused client that stays does not stay long. */
static void
test_refused_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, "nonsense\r\n\r\n");
  assert_refused (peer, 400, "bad-request");
  g_assert_cmpuint (confabd_gate_get_n_connections (fixture->gate), ==, 1);
  run_idle (fixture);
}

static void
test_half_open (Fixture *fixture, gconstpointer data)
{
  Peer *peers[50];
  gsize sent = 0;

  fixture->options.head_timeout_ms = 300;
  open_gate (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = peer_connect (fixture->address);
  /* Drips into all but the first, which says nothing at all. */
  while (confabd_gate_get_n_connections (fixture->gate) > 0 || sent < 5) {
    for (guint i = 1; i < G_N_ELEMENTS (peers); i++)
      peer_send (peers[i], GET + MIN (sent, strlen (GET) - 3), 1);
    sent++;
    for (gint64 end_us = g_get_monotonic_time () + 20000; g_get_monotonic_time () < end_us;)
      iterate ();
    g_assert_cmpuint (sent, <, 500);
  }
  g_assert_cmpuint (fixture->n_requests, ==, 0);
  run_until (peer_check_end (peers[0]));
  g_assert_cmpuint (peers[0]->received->len, ==, 0);
  g_assert_true (peer_has (peers[1], "HTTP/1.1 408 "));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_free (peers[i]);
}

static void
on_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Half a head lies in the kernel's buffer; nobody turns round and round because of it. */
static void
test_no_busy_loop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;
  gboolean is_over = FALSE;
  ConfabdTimer timer = CONFABD_TIMER_INIT (on_over, &is_over);
  guint n_turns = 0;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, "GET / HT");
  run_until (confabd_gate_get_n_connections (fixture->gate) == 1);
  confabd_poller_arm (fixture->poller, &timer, 300);
  for (; !is_over; n_turns++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_turns, <, 10);
}

static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, "GET / HT");
  run_until (confabd_gate_get_n_connections (fixture->gate) == 1);
  g_clear_pointer (&peer, peer_free);
  run_idle (fixture);
}

static void
test_request_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  fixture->options.request_timeout_ms = 100;
  fixture->holds = TRUE;
  open_gate (fixture);
  peer = peer_connect (fixture->address);
  peer_send_text (peer, "POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nhalf");
  run_until (peer_check_end (peer));
  g_assert_cmpuint (fixture->held->len, ==, 1);
  g_assert_cmpuint (confabd_gate_get_n_connections (fixture->gate), ==, 1);
  g_ptr_array_set_size (fixture->held, 0);
  run_idle (fixture);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) first = NULL;
  g_autoptr (Peer) second = NULL;
  g_autoptr (Peer) third = NULL;

  fixture->options.max_connections = 1;
  open_gate (fixture);
  first = peer_connect (fixture->address);
  run_until (confabd_gate_get_n_connections (fixture->gate) == 1);
  second = peer_connect (fixture->address);
  assert_refused (second, 503, "too-many");
  g_clear_pointer (&first, peer_free);
  run_idle (fixture);
  third = peer_connect (fixture->address);
  peer_send_text (third, GET);
  run_until (peer_has (third, ANSWER));
}

static void
test_too_many_from_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) first = NULL;
  g_autoptr (Peer) second = NULL;

  fixture->options.max_connections_per_address = 1;
  open_gate (fixture);
  first = peer_connect (fixture->address);
  run_until (confabd_gate_get_n_connections (fixture->gate) == 1);
  second = peer_connect (fixture->address);
  assert_refused (second, 429, "too-many");
  g_assert_cmpuint (confabd_gate_get_n_refused (fixture->gate), ==, 1);
  peer_send_text (first, GET);
  run_until (peer_has (first, ANSWER));
}

static void
trust_loopback (Fixture *fixture, ConfabdProxySource source)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (networks, g_inet_address_mask_new_from_string ("127.0.0.1", NULL));
  fixture->proxies = confabd_proxies_new (networks, source);
  fixture->options.proxies = fixture->proxies;
  fixture->options.max_connections_per_address = 1;
}

static Peer *
ask_as (Fixture *fixture, const char *fields)
{
  g_autofree char *head = g_strconcat ("GET / HTTP/1.1\r\n" HOST, fields, "\r\n", NULL);
  Peer *peer = peer_connect (fixture->address);

  peer_send_text (peer, head);
  return peer;
}

/* A stranger's word is nothing; a proxy's counts for the one it speaks for, not for the proxy. */
static void
test_stranger_is_no_proxy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = ask_as (fixture, "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n");
  run_until (peer_has (peer, ANSWER));
  g_assert_cmpstr (fixture->last_remote, ==, "127.0.0.1");
}

static void
test_behind_proxy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) held = NULL;
  g_autoptr (Peer) same = NULL;
  g_autoptr (Peer) other = NULL;
  g_autoptr (Peer) own = NULL;

  trust_loopback (fixture, CONFABD_PROXY_X_FORWARDED_FOR);
  open_gate (fixture);
  fixture->holds = TRUE;
  held = ask_as (fixture, "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.1\r\n");
  run_until (fixture->held->len == 1);
  g_assert_cmpstr (fixture->last_remote, ==, "192.0.2.1");
  fixture->holds = FALSE;
  same = ask_as (fixture, "X-Forwarded-For: 192.0.2.1\r\n");
  assert_refused (same, 429, "too-many");
  other = ask_as (fixture, "X-Forwarded-For: 192.0.2.2\r\nForwarded: for=192.0.2.9\r\n");
  run_until (peer_has (other, ANSWER));
  g_assert_cmpstr (fixture->last_remote, ==, "192.0.2.2");
  own = ask_as (fixture, "");
  run_until (peer_has (own, ANSWER));
  g_assert_cmpstr (fixture->last_remote, ==, "127.0.0.1");
  g_ptr_array_set_size (fixture->held, 0);
  run_idle (fixture);
}

#define PROXY_HEADER \
  "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x63\x30\x39\x01\xbb"

static void
test_proxy_protocol (Fixture *fixture, gconstpointer data)
{
  const char header[] = PROXY_HEADER;
  g_autoptr (Peer) peer = NULL;
  g_autoptr (Peer) whole = NULL;
  g_autoptr (Peer) without = NULL;
  g_autofree char *bytes = g_malloc (sizeof header - 1 + strlen (GET));

  trust_loopback (fixture, CONFABD_PROXY_PROTOCOL);
  open_gate (fixture);
  peer = peer_connect (fixture->address);
  for (gsize i = 0; i < sizeof header - 1; i++) {
    peer_send (peer, header + i, 1);
    iterate ();
  }
  peer_send_text (peer, "GET / HTTP/1.1\r\n" HOST "X-Forwarded-For: 203.0.113.9\r\n\r\n");
  run_until (peer_has (peer, ANSWER));
  g_assert_cmpstr (fixture->last_remote, ==, "192.0.2.1");
  g_clear_pointer (&peer, peer_free);
  run_idle (fixture);

  memcpy (bytes, header, sizeof header - 1);
  memcpy (bytes + sizeof header - 1, GET, strlen (GET));
  whole = peer_connect (fixture->address);
  peer_send (whole, bytes, sizeof header - 1 + strlen (GET));
  run_until (peer_has (whole, ANSWER));
  without = ask_as (fixture, "");
  assert_refused (without, 400, "bad-request");
  g_assert_cmpuint (fixture->n_requests, ==, 2);
}

static void
test_head_limit (Fixture *fixture, gconstpointer data)
{
  g_autofree char *value = g_strnfill (2000, 'x');
  g_autofree char *field = g_strconcat ("X: ", value, "\r\n", NULL);
  g_autoptr (Peer) whole = NULL;
  g_autoptr (Peer) half = NULL;

  fixture->options.head_bytes = 1024;
  open_gate (fixture);
  whole = ask_as (fixture, field);
  assert_refused (whole, 431, "too-large");
  half = peer_connect (fixture->address);
  peer_send_text (half, "GET / HTTP/1.1\r\nX: ");
  peer_send_text (half, value);
  assert_refused (half, 431, "too-large");
}

static Peer *
shake_hands (Fixture *fixture, const char *more_fields)
{
  g_autofree char *head = g_strconcat (SHAKE, more_fields, "\r\n", NULL);
  Peer *peer = peer_connect (fixture->address);
  const guint8 *end = NULL;

  peer_send_text (peer, head);
  run_until (peer_has (peer, "\r\n\r\n"));
  if (peer_has (peer, "HTTP/1.1 101 ")) {
    g_assert_false (peer_has (peer, "Extensions"));
    g_assert_true (peer_has (peer, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    g_assert_true (peer_has (peer, "\r\nSec-WebSocket-Protocol: confab.v1\r\n"));
    end = memmem (peer->received->data, peer->received->len, "\r\n\r\n", 4);
    g_byte_array_remove_range (peer->received, 0, (guint) (end + 4 - peer->received->data));
  }
  return peer;
}

/* Deflate is offered, not accepted, and a compressed frame is an error. */
static void
test_websocket (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;
  g_auto (PeerFrame) frame = { 0 };

  open_gate (fixture);
  peer = shake_hands (fixture, "");
  peer_send_frame (peer, 0x81, "hello", 5);
  frame = peer_wait_frame (peer);
  g_assert_cmpmem (g_bytes_get_data (frame.payload, NULL), g_bytes_get_size (frame.payload),
                   "hello", 5);
  peer_send_frame (peer, 0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  g_assert_cmpuint (peer_wait_close (peer), ==, 1002);
  run_until (peer_check_end (peer));
  g_clear_pointer (&peer, peer_free);
  run_idle (fixture);
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

/* Frames that come in the same packet as the head are not lost. */
static void
test_frames_behind_head (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) text = peer_make_frame (0x81, "early", 5, TRUE);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (Peer) peer = NULL;

  open_gate (fixture);
  peer = peer_connect (fixture->address);
  g_byte_array_append (bytes, (const guint8 *) SHAKE "\r\n", strlen (SHAKE "\r\n"));
  g_byte_array_append (bytes, g_bytes_get_data (text, NULL), (guint) g_bytes_get_size (text));
  peer_send (peer, bytes->data, bytes->len);
  run_until (peer_has (peer, "early"));
}

static void
test_closed_after_handshake (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) peer = NULL;
  g_auto (PeerFrame) frame = { 0 };

  fixture->close_sockets = 4403;
  open_gate (fixture);
  peer = shake_hands (fixture, "");
  frame = peer_wait_frame (peer);
  g_assert_cmpmem (g_bytes_get_data (frame.payload, NULL), g_bytes_get_size (frame.payload),
                   "sorry", 5);
  g_assert_cmpuint (peer_wait_close (peer), ==, 4403);
}

static void
test_port_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;

  open_gate (fixture);
  expected =
      g_strdup_printf ("Port %u on 127.0.0.1 is already in use",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (fixture->address)));
  g_assert_null (confabd_gate_listen (fixture->gate, fixture->address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_not_our_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) foreign = g_inet_socket_address_new_from_string ("192.0.2.1", 0);
  g_autoptr (GError) error = NULL;

  open_gate (fixture);
  g_assert_null (confabd_gate_listen (fixture->gate, foreign, &error));
  g_assert_cmpstr (error->message, ==, "192.0.2.1 is not an address of this machine");
}

static gboolean
on_visitor_time (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* The descriptors run out while clients come: they are sent away, nobody turns in circles, and then
 * it serves again. */
static void
test_no_descriptors (Fixture *fixture, gconstpointer data)
{
  struct rlimit usual, tight;
  Peer *peers[40];
  g_autoptr (Peer) last = NULL;
  guint n_turns = 0;
  int dummy;

  open_gate (fixture);
  getrlimit (RLIMIT_NOFILE, &usual);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = peer_connect (fixture->address);
  dummy = fcntl (STDIN_FILENO, F_DUPFD, 0);
  close (dummy);
  tight = usual;
  tight.rlim_cur = (rlim_t) dummy + 8;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &tight), ==, 0);

  run_until (peer_check_end (peers[G_N_ELEMENTS (peers) - 1]));
  for (gint64 end_us = g_get_monotonic_time () + 200000; g_get_monotonic_time () < end_us;
       n_turns++) {
    guint id = g_timeout_add (100, on_visitor_time, NULL);

    g_main_context_iteration (NULL, TRUE);
    if (g_main_context_find_source_by_id (NULL, id) != NULL)
      g_source_remove (id);
  }
  g_assert_cmpuint (n_turns, <, 20);
  g_assert_cmpuint (confabd_gate_get_n_connections (fixture->gate), <=, 8);

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_free (peers[i]);
  run_idle (fixture);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &usual), ==, 0);
  last = peer_connect (fixture->address);
  peer_send_text (last, GET);
  run_until (peer_has (last, ANSWER));
}

/* Connections closed while idle, at every stage: none leaves a descriptor behind. */
static void
test_descriptors_flat (Fixture *fixture, gconstpointer data)
{
  static const char *const starts[] = {
    "",  "GET ",       "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n",
    GET, SHAKE "\r\n", "rubbish\r\n\r\n"
  };
  guint before;

  open_gate (fixture);
  before = count_descriptors ();
  for (guint i = 0; i < 600; i++) {
    g_autoptr (Peer) peer = peer_connect (fixture->address);

    peer_send_text (peer, starts[i % G_N_ELEMENTS (starts)]);
    if (i % 2 == 0)
      iterate ();
  }
  run_idle (fixture);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_gate_stop_finish (CONFABD_GATE (source), result, &error));
  g_assert_no_error (error);
  fixture->is_stopped = TRUE;
}

static void
test_stop_idle (Fixture *fixture, gconstpointer data)
{
  open_gate (fixture);
  confabd_gate_stop_async (fixture->gate, 4503, 1000, NULL, on_stopped, fixture);
  run_until (fixture->is_stopped);
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) silent = NULL;
  g_autoptr (Peer) asking = NULL;
  g_autoptr (Peer) socket = NULL;
  g_autoptr (GSocketAddress) again = NULL;
  g_autoptr (GError) error = NULL;

  fixture->holds = TRUE;
  open_gate (fixture);
  silent = peer_connect (fixture->address);
  asking = peer_connect (fixture->address);
  peer_send_text (asking, GET);
  socket = shake_hands (fixture, "");
  run_until (fixture->held->len == 1);

  confabd_gate_stop_async (fixture->gate, 4503, 60 * 1000, NULL, on_stopped, fixture);
  g_assert_cmpuint (peer_wait_close (socket), ==, 4503);
  peer_send_frame (socket, 0x88, "\x11\x97", 2);
  run_until (peer_check_end (silent) && peer_check_end (socket));
  g_assert_false (fixture->is_stopped);
  g_assert_false (peer_check_end (asking));

  g_ptr_array_set_size (fixture->held, 0);
  run_until (fixture->is_stopped);
  g_assert_cmpuint (fixture->n_closed, ==, 1);

  /* The port is free again, although connections of it are still in TIME_WAIT. */
  again = confabd_gate_listen (fixture->gate, fixture->address, &error);
  g_assert_no_error (error);
}

static void
test_stop_cuts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Peer) asking = NULL;
  g_autoptr (Peer) socket = NULL;

  fixture->holds = TRUE;
  open_gate (fixture);
  asking = peer_connect (fixture->address);
  peer_send_text (asking, GET);
  socket = shake_hands (fixture, "");
  run_until (fixture->held->len == 1);

  confabd_gate_stop_async (fixture->gate, 4503, 100, NULL, on_stopped, fixture);
  run_until (fixture->is_stopped);
  run_until (peer_check_end (asking) && peer_check_end (socket));
  run_until (fixture->n_closed == 1);
}

#define add(path, function)            g_test_add (path, Fixture, NULL, set_up, function, tear_down)
#define add_with(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/gate/request", test_request);
  add ("/gate/ipv6", test_ipv6);
  add ("/gate/head-in-pieces", test_head_in_pieces);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = g_strconcat ("/gate/refused/", refusals[i].name, NULL);

    add_with (path, &refusals[i], test_refusal);
  }
  add ("/gate/refused/while-sending", test_refused_while_sending);
  add ("/gate/refused/stays", test_refused_stays);
  add ("/gate/half-open", test_half_open);
  add ("/gate/no-busy-loop", test_no_busy_loop);
  add ("/gate/gives-up", test_gives_up);
  add ("/gate/request-deadline", test_request_deadline);
  add ("/gate/too-many", test_too_many);
  add ("/gate/too-many-from-one", test_too_many_from_one);
  add ("/gate/proxy/stranger-is-none", test_stranger_is_no_proxy);
  add ("/gate/proxy/speaks-for-others", test_behind_proxy);
  add ("/gate/proxy/protocol", test_proxy_protocol);
  add ("/gate/head-limit", test_head_limit);
  add ("/gate/websocket", test_websocket);
  add ("/gate/frames-behind-head", test_frames_behind_head);
  add ("/gate/closed-after-handshake", test_closed_after_handshake);
  add ("/gate/port-in-use", test_port_in_use);
  add ("/gate/not-our-address", test_not_our_address);
  add ("/gate/no-descriptors", test_no_descriptors);
  add ("/gate/descriptors-flat", test_descriptors_flat);
  add ("/gate/stop/idle", test_stop_idle);
  add ("/gate/stop/drains", test_stop);
  add ("/gate/stop/cuts", test_stop_cuts);
  return g_test_run ();
}
