/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "confabd-socket.h"
#include "peer.h"

#define FIN       0x80
#define MORE      0x00
#define CONTINUED 0x0
#define TEXT      0x1
#define BINARY    0x2
#define CLOSE     0x8
#define PING      0x9
#define PONG      0xa
#define RSV1      0x40

typedef struct {
  ConfabdPoller *poller;
  ConfabdSocketLimits limits;
  ConfabdSocket *socket; /* (owned) */
  Peer *peer;            /* (owned) */
  GString *texts;        /* every text message, with a bar behind it */
  gsize binary_bytes;
  gboolean echoes;
  guint close_on_text; /* code to close with */
  guint n_closed;
  guint close_code;
  gboolean was_clean;
} Fixture;

static void
on_text (ConfabdSocket *socket, GBytes *text, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_len (fixture->texts, g_bytes_get_data (text, NULL),
                       (gssize) g_bytes_get_size (text));
  g_string_append_c (fixture->texts, '|');
  if (fixture->echoes)
    confabd_socket_send_text (socket, text);
  if (fixture->close_on_text != 0)
    confabd_socket_close (socket, fixture->close_on_text, "enough");
}

static void
on_binary (ConfabdSocket *socket, GBytes *data, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->binary_bytes += g_bytes_get_size (data);
}

static void
on_closed (ConfabdSocket *socket, guint code, gboolean was_clean, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_closed++;
  fixture->close_code = code;
  fixture->was_clean = was_clean;
}

static const ConfabdSocketHandler handler = { .text = on_text,
                                              .binary = on_binary,
                                              .closed = on_closed };

static void
fixture_open (Fixture *fixture)
{
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string ("127.0.0.1", 5);
  int fd = -1;

  fixture->peer = peer_new_pair (&fd);
  fixture->socket = confabd_socket_new (fixture->poller, fd, remote, &fixture->limits);
  confabd_socket_set_handler (fixture->socket, &handler, fixture);
  g_assert_true (confabd_socket_start (fixture->socket, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->limits = (ConfabdSocketLimits) CONFABD_SOCKET_LIMITS_INIT;
  fixture->poller = confabd_poller_new (NULL, NULL);
  fixture->texts = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->socket != NULL)
    g_assert_finalize_object (fixture->socket);
  g_clear_pointer (&fixture->peer, peer_free);
  g_string_free (fixture->texts, TRUE);
  g_assert_finalize_object (fixture->poller);
}

static void
assert_frame_is (Fixture *fixture, guint8 opcode, gconstpointer payload, gsize length)
{
  g_auto (PeerFrame) frame = peer_wait_frame (fixture->peer);

  g_assert_cmpuint (frame.opcode, ==, opcode);
  g_assert_true (frame.is_final);
  g_assert_cmpmem (g_bytes_get_data (frame.payload, NULL), g_bytes_get_size (frame.payload),
                   payload, length);
}

static void
assert_frame (Fixture *fixture, guint8 opcode, const char *payload)
{
  assert_frame_is (fixture, opcode, payload, strlen (payload));
}

/* The peer did wrong: it is told @code, the handler hears it once, and the connection ends even if
 * the peer stays. */
static void
assert_failed (Fixture *fixture, guint code)
{
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, code);
  run_until (fixture->n_closed > 0);
  g_assert_cmpuint (fixture->close_code, ==, code);
  g_assert_false (fixture->was_clean);
  g_assert_false (confabd_socket_is_open (fixture->socket));
  run_until (peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

static void
send_text (Fixture *fixture, const char *text)
{
  peer_send_frame (fixture->peer, FIN | TEXT, text, strlen (text));
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (64 * 1024, 'x');

  fixture->echoes = TRUE;
  fixture_open (fixture);
  send_text (fixture, "Grüße");
  assert_frame (fixture, TEXT, "Grüße");
  send_text (fixture, "");
  assert_frame (fixture, TEXT, "");
  send_text (fixture, longest);
  assert_frame (fixture, TEXT, longest);
  peer_send_frame (fixture->peer, FIN | TEXT, "a\0b", 3);
  assert_frame_is (fixture, TEXT, "a\0b", 3);
  peer_send_frame (fixture->peer, FIN | BINARY, "\0\xff", 2);
  run_until (fixture->binary_bytes == 2);
  g_assert_cmpint (confabd_socket_get_family (fixture->socket), ==, G_SOCKET_FAMILY_IPV4);
  g_assert_cmpuint (confabd_socket_get_queued_messages (fixture->socket), ==, 0);
  g_assert_cmpuint (confabd_socket_get_queued_bytes (fixture->socket), ==, 0);
}

static void
test_byte_by_byte (Fixture *fixture, gconstpointer data)
{
  g_autofree char *payload = g_strnfill (300, 'y');
  g_autoptr (GBytes) frame = peer_make_frame (FIN | TEXT, payload, strlen (payload), TRUE);
  const guint8 *bytes = g_bytes_get_data (frame, NULL);

  fixture->echoes = TRUE;
  fixture_open (fixture);
  for (gsize i = 0; i < g_bytes_get_size (frame); i++) {
    peer_send (fixture->peer, bytes + i, 1);
    iterate ();
  }
  assert_frame (fixture, TEXT, payload);
}

static void
test_fragments (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, "a\xc3", 2);
  peer_send_frame (fixture->peer, FIN | PING, "?", 1);
  peer_send_frame (fixture->peer, MORE | CONTINUED, "", 0);
  peer_send_frame (fixture->peer, MORE | CONTINUED, "\xbc", 1);
  peer_send_frame (fixture->peer, FIN | CONTINUED, "b", 1);
  assert_frame (fixture, PONG, "?");
  run_until (fixture->texts->len > 0);
  g_assert_cmpstr (fixture->texts->str, ==, "aüb|");
}

static void
test_spliced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) rest = g_bytes_new_static ("\"type\":\"x\"}", 11);

  fixture_open (fixture);
  g_assert_true (confabd_socket_send_spliced (fixture->socket, "{\"seq\":1,", 9, rest));
  g_assert_true (confabd_socket_send_spliced (fixture->socket, "{\"seq\":2,", 9, rest));
  assert_frame (fixture, TEXT, "{\"seq\":1,\"type\":\"x\"}");
  assert_frame (fixture, TEXT, "{\"seq\":2,\"type\":\"x\"}");
}

typedef struct {
  const char *name;
  guint code;
  guint8 first_byte;
  const char *payload;
  guint length;
} BadFrame;

/* clang-format off */
static const BadFrame bad_frames[] = {
  { "compressed", 1002, FIN | RSV1 | TEXT, "a", 1 },
  { "other-reserved-bit", 1002, FIN | 0x10 | TEXT, "a", 1 },
  { "reserved-opcode", 1002, FIN | 0x3, "a", 1 },
  { "reserved-control", 1002, FIN | 0xb, "a", 1 },
  { "continues-nothing", 1002, FIN | CONTINUED, "a", 1 },
  { "fragmented-ping", 1002, MORE | PING, "a", 1 },
  { "long-ping", 1002, FIN | PING, NULL, 126 },
  { "no-utf8", 1007, FIN | TEXT, "\xff", 1 },
  { "surrogate", 1007, FIN | TEXT, "\xed\xa0\x80", 3 },
  { "no-utf8-after-nul", 1007, FIN | TEXT, "a\0\xff", 3 },
  { "half-a-character", 1007, FIN | TEXT, "\xc3", 1 },
  { "half-a-close-code", 1002, FIN | CLOSE, "\x03", 1 },
  { "code-not-to-be-sent", 1002, FIN | CLOSE, "\x03\xed", 2 },
  { "close-reason-no-utf8", 1007, FIN | CLOSE, "\x03\xe8\xff", 3 },
  { "too-large", 4413, FIN | TEXT, NULL, 64 * 1024 + 1 },
  { "too-large-binary", 4413, FIN | BINARY, NULL, 64 * 1024 + 1 },
};
/* clang-format on */

static void
test_bad_frame (Fixture *fixture, gconstpointer data)
{
  const BadFrame *one = data;
  g_autofree char *filling = g_strnfill (one->length, 'x');

  fixture_open (fixture);
  peer_send_frame (fixture->peer, one->first_byte, one->payload != NULL ? one->payload : filling,
                   one->length);
  assert_failed (fixture, one->code);
  g_assert_cmpstr (fixture->texts->str, ==, "");
}

static void
test_unmasked (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_unmasked (fixture->peer, FIN | TEXT, "a", 1);
  assert_failed (fixture, 1002);
}

static void
test_message_in_message (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, "a", 1);
  peer_send_frame (fixture->peer, FIN | TEXT, "b", 1);
  assert_failed (fixture, 1002);
}

/* A length of 2^62 is refused by its header; nothing is allocated for it. */
static void
test_huge_length (Fixture *fixture, gconstpointer data)
{
  static const guint8 frame[] = {
    FIN | TEXT, 0x80 | 127, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 'x'
  };

  fixture_open (fixture);
  peer_send (fixture->peer, frame, sizeof frame);
  assert_failed (fixture, 4413);
}

static void
test_fragments_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *half = g_strnfill (40 * 1024, 'x');

  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, half, strlen (half));
  peer_send_frame (fixture->peer, MORE | CONTINUED, half, strlen (half));
  assert_failed (fixture, 4413);
}

static void
test_too_many_fragments (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, "a", 1);
  for (guint i = 0; i < fixture->limits.fragments; i++)
    peer_send_frame (fixture->peer, MORE | CONTINUED, "", 0);
  assert_failed (fixture, 4413);
}

static void
test_unfinished_message (Fixture *fixture, gconstpointer data)
{
  fixture->limits.unfinished_ms = 100;
  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, "a", 1);
  assert_failed (fixture, 4408);
}

static void
test_unfinished_header (Fixture *fixture, gconstpointer data)
{
  fixture->limits.unfinished_ms = 100;
  fixture_open (fixture);
  peer_send (fixture->peer, "\x81", 1);
  assert_failed (fixture, 4408);
}

/* Pings between the fragments are no excuse for never finishing. */
static void
test_unfinished_with_pings (Fixture *fixture, gconstpointer data)
{
  fixture->limits.unfinished_ms = 150;
  fixture->limits.controls_per_s = 0;
  fixture_open (fixture);
  peer_send_frame (fixture->peer, MORE | TEXT, "a", 1);
  while (fixture->n_closed == 0) {
    peer_send_frame (fixture->peer, FIN | PING, "", 0);
    iterate ();
  }
  assert_failed (fixture, 4408);
}

static void
test_peer_closes (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_frame (fixture->peer, FIN | CLOSE,
                   "\x0f\xa1"
                   "bye",
                   5);
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 4001);
  run_until (fixture->n_closed == 1 && peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->close_code, ==, 4001);
  g_assert_true (fixture->was_clean);
}

static void
test_peer_closes_without_code (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  peer_send_frame (fixture->peer, FIN | CLOSE, "", 0);
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 1005);
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 1005);
  g_assert_true (fixture->was_clean);
}

static void
test_peer_vanishes (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  g_clear_pointer (&fixture->peer, peer_free);
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 1006);
  g_assert_false (fixture->was_clean);
}

/* What was queued before the close arrives before it; what comes after it is not delivered. */
static void
test_we_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("last", 4);

  fixture_open (fixture);
  g_assert_true (confabd_socket_send_text (fixture->socket, text));
  confabd_socket_close (fixture->socket, 4410, "The call is over.");
  g_assert_false (confabd_socket_send_text (fixture->socket, text));
  g_assert_cmpuint (fixture->n_closed, ==, 0);
  assert_frame (fixture, TEXT, "last");
  send_text (fixture, "too late");
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 4410);
  peer_send_frame (fixture->peer, FIN | CLOSE, "\x11\x3a", 2);
  run_until (fixture->n_closed == 1 && peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->close_code, ==, 4410);
  g_assert_true (fixture->was_clean);
  g_assert_cmpstr (fixture->texts->str, ==, "");
}

static void
test_close_in_callback (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) two = peer_make_frame (FIN | TEXT, "a", 1, TRUE);
  g_autoptr (GByteArray) both = g_byte_array_new ();

  fixture->close_on_text = 4400;
  fixture->echoes = TRUE;
  fixture_open (fixture);
  for (guint i = 0; i < 2; i++)
    g_byte_array_append (both, g_bytes_get_data (two, NULL), (guint) g_bytes_get_size (two));
  peer_send (fixture->peer, both->data, both->len);
  assert_frame (fixture, TEXT, "a");
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 4400);
  g_clear_pointer (&fixture->peer, peer_free);
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 4400);
  g_assert_cmpstr (fixture->texts->str, ==, "a|");
}

static void
test_close_unanswered (Fixture *fixture, gconstpointer data)
{
  fixture->limits.close_timeout_ms = 100;
  fixture_open (fixture);
  confabd_socket_close (fixture->socket, 4503, "");
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 4503);
  g_assert_false (fixture->was_clean);
  run_until (peer_check_end (fixture->peer));
}

static void
test_close_answered_with_rubbish (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  confabd_socket_close (fixture->socket, 4503, "");
  peer_send_unmasked (fixture->peer, FIN | TEXT, "a", 1);
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 4503);
  run_until (fixture->n_closed == 1 && peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->peer->received->len, ==, 0);
  g_assert_false (fixture->was_clean);
}

static void
test_pings_and_death (Fixture *fixture, gconstpointer data)
{
  fixture->limits.ping_interval_ms = 50;
  fixture->limits.dead_after_ms = 400;
  fixture_open (fixture);
  for (guint i = 0; i < 12; i++) {
    assert_frame (fixture, PING, "");
    peer_send_frame (fixture->peer, FIN | PONG, "", 0);
  }
  g_assert_true (confabd_socket_is_open (fixture->socket));
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 1006);
}

/* Everything at once, unread: one answer, to the last. */
static void
test_pongs_coalesce (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) pings = g_byte_array_new ();

  fixture_open (fixture);
  for (guint i = 0; i < 20; i++) {
    char payload = (char) ('a' + i);
    g_autoptr (GBytes) ping = peer_make_frame (FIN | PING, &payload, 1, TRUE);

    g_byte_array_append (pings, g_bytes_get_data (ping, NULL), (guint) g_bytes_get_size (ping));
  }
  peer_send (fixture->peer, pings->data, pings->len);
  assert_frame (fixture, PONG, "t");
}

static void
test_ping_flood (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) ping = peer_make_frame (FIN | PING, "ping", 4, TRUE);
  g_autoptr (GByteArray) flood = g_byte_array_new ();

  fixture_open (fixture);
  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (flood, g_bytes_get_data (ping, NULL), (guint) g_bytes_get_size (ping));
  while (fixture->n_closed == 0) {
    peer_try_send (fixture->peer, flood->data, flood->len);
    iterate ();
    g_assert_cmpuint (confabd_socket_get_queued_messages (fixture->socket), <=, 2);
  }
  g_assert_cmpuint (fixture->close_code, ==, 4429);
}

static void
test_message_flood (Fixture *fixture, gconstpointer data)
{
  fixture->limits.messages_per_s = 10;
  fixture->limits.messages_burst = 5;
  fixture_open (fixture);
  for (guint i = 0; i < 20; i++)
    send_text (fixture, "m");
  assert_failed (fixture, 4429);
  g_assert_cmpuint (fixture->texts->len, >=, 2 * 5);
  g_assert_cmpuint (fixture->texts->len, <, 2 * 20);
}

static void
send_until_full (Fixture *fixture, GBytes *text)
{
  for (guint i = 0; i < 100000; i++) {
    if (!confabd_socket_send_text (fixture->socket, text))
      return;
    g_assert_cmpuint (confabd_socket_get_queued_messages (fixture->socket), <=,
                      fixture->limits.outbox_messages);
    g_assert_cmpuint (confabd_socket_get_queued_bytes (fixture->socket), <=,
                      fixture->limits.outbox_bytes);
  }
  g_assert_not_reached ();
}

static gint
get_unsent_kernel_bytes (Fixture *fixture, int fd)
{
  int value = 0;

  g_assert_cmpint (ioctl (fd, TIOCOUTQ, &value), ==, 0);
  return value;
}

/* A peer that never reads is bounded in messages, in bytes and in what the kernel keeps for it. */
static void
test_never_reads (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (GPOINTER_TO_UINT (data), 'x');
  g_autoptr (GBytes) text = g_bytes_new (filling, strlen (filling));
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string ("127.0.0.1", 5);
  int fd = -1;

  fixture->limits.close_timeout_ms = 200;
  fixture->peer = peer_new_pair (&fd);
  fixture->socket = confabd_socket_new (fixture->poller, fd, remote, &fixture->limits);
  confabd_socket_set_handler (fixture->socket, &handler, fixture);
  g_assert_true (confabd_socket_start (fixture->socket, NULL));

  send_until_full (fixture, text);
  g_assert_cmpint (get_unsent_kernel_bytes (fixture, fd), <=, 512 * 1024);
  g_assert_cmpuint (fixture->n_closed, ==, 0); /* not from within the call */
  g_assert_cmpuint (confabd_socket_get_queued_messages (fixture->socket), <=, 2);
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 4408);
  g_assert_false (confabd_socket_is_open (fixture->socket));
}

/* It was only slow: everything comes, in order, nothing is lost. */
static void
test_reads_late (Fixture *fixture, gconstpointer data)
{
  fixture->limits.outbox_bytes = 64 * 1024 * 1024;
  fixture->limits.outbox_messages = 1000;
  fixture_open (fixture);
  for (guint i = 0; i < 500; i++) {
    g_autofree char *text = g_strdup_printf ("%u %020000u", i, i);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

    g_assert_true (confabd_socket_send_text (fixture->socket, bytes));
  }
  g_assert_cmpuint (confabd_socket_get_queued_messages (fixture->socket), >, 0);
  for (guint i = 0; i < 500; i++) {
    g_autofree char *text = g_strdup_printf ("%u %020000u", i, i);

    assert_frame (fixture, TEXT, text);
  }
  g_assert_cmpuint (confabd_socket_get_queued_bytes (fixture->socket), ==, 0);
}

/* A pong may overtake queued messages, but never lands inside one. */
static void
test_pong_between_frames (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (60 * 1024, 'x');
  g_autoptr (GBytes) text = g_bytes_new (filling, strlen (filling));
  guint n_sent = 0;
  gboolean has_pong = FALSE;

  fixture->limits.outbox_bytes = 64 * 1024 * 1024;
  fixture_open (fixture);
  while (confabd_socket_get_queued_messages (fixture->socket) < 20) {
    g_assert_true (confabd_socket_send_text (fixture->socket, text));
    n_sent++;
  }
  peer_send_frame (fixture->peer, FIN | PING, "now", 3);
  for (guint i = 0; i < 20; i++)
    iterate ();
  for (guint n_received = 0; n_received < n_sent;) {
    g_auto (PeerFrame) frame = peer_wait_frame (fixture->peer);

    if (frame.opcode == PONG) {
      g_assert_cmpuint (n_received, <, n_sent);
      has_pong = TRUE;
      continue;
    }
    g_assert_true (g_bytes_equal (frame.payload, text));
    n_received++;
  }
  g_assert_true (has_pong);
}

/* One receiver of a broadcast does not read: the other has each message at once, and memory is
 * shared. */
static void
test_slow_delays_nobody (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (30 * 1024, 'x');
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string ("127.0.0.1", 5);
  g_autoptr (Peer) good_peer = NULL;
  ConfabdSocket *good = NULL;
  int fd = -1;

  fixture_open (fixture);
  good_peer = peer_new_pair (&fd);
  good = confabd_socket_new (fixture->poller, fd, remote, &fixture->limits);
  g_assert_true (confabd_socket_start (good, NULL));

  for (guint i = 0; i < 200; i++) {
    g_autoptr (GBytes) text = g_bytes_new (filling, strlen (filling));
    g_auto (PeerFrame) frame = { 0 };

    confabd_socket_send_text (fixture->socket, text);
    g_assert_true (confabd_socket_send_text (good, text));
    frame = peer_wait_frame (good_peer);
    g_assert_true (g_bytes_equal (frame.payload, text));
  }
  run_until (fixture->n_closed == 1);
  g_assert_cmpuint (fixture->close_code, ==, 4408);
  g_assert_finalize_object (good);
}

static void
test_stalled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (500 * 1024, 'x');
  g_autoptr (GBytes) text = g_bytes_new (filling, strlen (filling));

  fixture->limits.dead_after_ms = 300;
  fixture->limits.close_timeout_ms = 100;
  fixture->limits.outbox_bytes = 64 * 1024 * 1024;
  fixture->limits.controls_per_s = 0;
  fixture_open (fixture);
  while (confabd_socket_get_queued_messages (fixture->socket) < 10)
    g_assert_true (confabd_socket_send_text (fixture->socket, text));
  while (fixture->n_closed == 0) {
    peer_send_frame (fixture->peer, FIN | PONG, "", 0); /* alive, but reads nothing */
    iterate ();
  }
  g_assert_cmpuint (fixture->close_code, ==, 4408);
}

static void
test_handler_taken_away (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  confabd_socket_set_handler (fixture->socket, NULL, NULL);
  send_text (fixture, "a");
  peer_send_frame (fixture->peer, FIN | CLOSE, "", 0);
  g_assert_cmpuint (peer_wait_close (fixture->peer), ==, 1005);
  run_until (peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

static void
test_let_go_while_open (Fixture *fixture, gconstpointer data)
{
  fixture_open (fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->socket));
  run_until (peer_check_end (fixture->peer));
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

/* Random bytes, and good frames with a few bytes changed: any answer will do, but there has to be
 * an end. */
static void
test_random (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261121);

  fixture->echoes = TRUE;
  fixture->limits.close_timeout_ms = 50;
  for (guint round = 0; round < 400; round++) {
    gsize n_closed = fixture->n_closed;

    fixture_open (fixture);
    for (guint i = 0; i < 5; i++) {
      g_autofree guint8 *payload = g_malloc (400);
      gsize length = (gsize) g_rand_int_range (random, 0, 400);
      g_autoptr (GBytes) frame = NULL;
      g_autofree guint8 *bytes = NULL;

      memset (payload, 'a', 400);
      frame =
          peer_make_frame ((guint8) (g_rand_boolean (random) ? FIN | TEXT : g_rand_int (random)),
                           payload, length, TRUE);
      length = g_bytes_get_size (frame);
      bytes = g_memdup2 (g_bytes_get_data (frame, NULL), length);
      for (gint n = g_rand_int_range (random, 0, 3); n > 0; n--)
        bytes[g_rand_int_range (random, 0, (gint) length)] = (guint8) g_rand_int (random);
      peer_send (fixture->peer, bytes, length);
    }
    g_clear_pointer (&fixture->peer, peer_free);
    run_until (fixture->n_closed == n_closed + 1);
    g_assert_finalize_object (g_steal_pointer (&fixture->socket));
  }
}

#define add(path, function)            g_test_add (path, Fixture, NULL, set_up, function, tear_down)
#define add_with(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/socket/messages", test_messages);
  add ("/socket/byte-by-byte", test_byte_by_byte);
  add ("/socket/fragments", test_fragments);
  add ("/socket/spliced", test_spliced);
  for (guint i = 0; i < G_N_ELEMENTS (bad_frames); i++) {
    g_autofree char *path = g_strconcat ("/socket/bad-frame/", bad_frames[i].name, NULL);

    add_with (path, &bad_frames[i], test_bad_frame);
  }
  add ("/socket/bad-frame/unmasked", test_unmasked);
  add ("/socket/bad-frame/message-in-message", test_message_in_message);
  add ("/socket/bad-frame/huge-length", test_huge_length);
  add ("/socket/bad-frame/fragments-too-large", test_fragments_too_large);
  add ("/socket/bad-frame/too-many-fragments", test_too_many_fragments);
  add ("/socket/unfinished/message", test_unfinished_message);
  add ("/socket/unfinished/header", test_unfinished_header);
  add ("/socket/unfinished/with-pings", test_unfinished_with_pings);
  add ("/socket/close/by-peer", test_peer_closes);
  add ("/socket/close/by-peer-without-code", test_peer_closes_without_code);
  add ("/socket/close/peer-vanishes", test_peer_vanishes);
  add ("/socket/close/by-us", test_we_close);
  add ("/socket/close/in-callback", test_close_in_callback);
  add ("/socket/close/unanswered", test_close_unanswered);
  add ("/socket/close/answered-with-rubbish", test_close_answered_with_rubbish);
  add ("/socket/keepalive", test_pings_and_death);
  add ("/socket/flood/pongs-coalesce", test_pongs_coalesce);
  add ("/socket/flood/pings", test_ping_flood);
  add ("/socket/flood/messages", test_message_flood);
  add_with ("/socket/slow/never-reads-small", GUINT_TO_POINTER (300), test_never_reads);
  add_with ("/socket/slow/never-reads-large", GUINT_TO_POINTER (60000), test_never_reads);
  add ("/socket/slow/reads-late", test_reads_late);
  add ("/socket/slow/pong-between-frames", test_pong_between_frames);
  add ("/socket/slow/delays-nobody", test_slow_delays_nobody);
  add ("/socket/slow/stalled", test_stalled);
  add ("/socket/handler-taken-away", test_handler_taken_away);
  add ("/socket/let-go-while-open", test_let_go_while_open);
  add ("/socket/random", test_random);
  return g_test_run ();
}
