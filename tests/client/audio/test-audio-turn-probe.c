/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "confab-audio-stun.h"
#include "confab-audio-turn-probe.h"
#include "confab-error.h"
#include "test-loop.h"

#define HEAD     CONFAB_AUDIO_STUN_HEAD_BYTES
#define ALLOCATE 3

/* A relay over TCP that gives scripted answers: 0 is a success. */
typedef struct {
  GSocketService *service; /* (owned) */
  guint16 port;
  const guint *codes; /* (unowned) */
  guint n_requests;
  guint n_signed;
} FakeRelay;

static void
put16 (GByteArray *message, guint value)
{
  guint8 bytes[2] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (message, bytes, 2);
}

static void
put_attribute (GByteArray *message, guint type, const char *value, guint size)
{
  put16 (message, type);
  put16 (message, size);
  g_byte_array_append (message, (const guint8 *) value, size);
  g_byte_array_append (message, (const guint8 *) "\0\0\0", -size & 3);
}

static GByteArray *
make_answer (const guint8 *request, guint code)
{
  GByteArray *answer = g_byte_array_new ();
  guint8 reason[4] = { 0, 0, (guint8) (code / 100), (guint8) (code % 100) };

  put16 (answer, (guint) request[1] | (code == 0 ? 0x100 : 0x110));
  put16 (answer, 0);
  g_byte_array_append (answer, request + 4, HEAD - 4);
  if (code != 0) {
    put_attribute (answer, 0x0009, (const char *) reason, 4);
    put_attribute (answer, 0x0014, "realm", 5);
    put_attribute (answer, 0x0015, "nonce", 5);
  }
  answer->data[2] = (guint8) ((answer->len - HEAD) >> 8);
  answer->data[3] = (guint8) (answer->len - HEAD);
  return answer;
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        FakeRelay *relay)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  guint8 request[CONFAB_AUDIO_STUN_MAX_BYTES];
  gsize size = 0;

  while (g_input_stream_read_all (input, request, HEAD, &size, NULL, NULL) && size == HEAD) {
    gsize rest = (gsize) request[2] << 8 | request[3];
    g_autoptr (GByteArray) answer = NULL;

    g_assert_cmpuint (rest, <=, sizeof request - HEAD);
    g_assert_true (g_input_stream_read_all (input, request + HEAD, rest, &size, NULL, NULL));
    if (memmem (request, HEAD + rest, "nonce", 5) != NULL)
      relay->n_signed++;
    answer = make_answer (request, request[1] == ALLOCATE ? relay->codes[relay->n_requests++] : 0);
    g_output_stream_write_all (output, answer->data, answer->len, NULL, NULL, NULL);
  }
  return TRUE;
}

static void
relay_open (FakeRelay *relay, const guint *codes)
{
  relay->codes = codes;
  relay->service = g_threaded_socket_service_new (4);
  relay->port =
      g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (relay->service), NULL, NULL);
  g_signal_connect (relay->service, "run", G_CALLBACK (on_run), relay);
}

static void
relay_close (FakeRelay *relay)
{
  g_socket_service_stop (relay->service);
  g_socket_listener_close (G_SOCKET_LISTENER (relay->service));
  g_object_unref (relay->service);
}

typedef struct {
  gboolean is_done;
  GError *error; /* (owned) (nullable) */
} Outcome;

static void
on_done (const GError *error, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->is_done = TRUE;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

static GError *
ask (guint16 port, const char *username, gboolean is_tcp)
{
  const ConfabAudioTurnTarget target = { "127.0.0.1", port, FALSE, is_tcp, username, "pass" };
  Outcome outcome = { FALSE, NULL };
  ConfabAudioTurnProbe *probe =
      confab_audio_turn_probe_new (g_main_context_default (), &target, on_done, &outcome);

  test_wait_until (outcome.is_done);
  confab_audio_turn_probe_free (probe);
  return outcome.error;
}

static void
assert_words (const guint *codes, const char *username, const char *words)
{
  FakeRelay relay = { NULL };
  g_autoptr (GError) error = NULL;

  relay_open (&relay, codes);
  error = ask (relay.port, username, TRUE);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_RELAY_REFUSED);
  g_assert_nonnull (strstr (error->message, words));
  relay_close (&relay);
}

static void
test_words (void)
{
  assert_words ((const guint[]){ 401, 401 }, "9999999999:ada", "password is wrong (401)");
  assert_words ((const guint[]){ 401, 401 }, "1000000000:ada", "has expired (401)");
  assert_words ((const guint[]){ 401, 486 }, "ada", "too many places already (486)");
  assert_words ((const guint[]){ 401, 508 }, "ada", "full (508)");
  assert_words ((const guint[]){ 401, 438, 438, 438 }, "ada", "nonce (438)");
  assert_words ((const guint[]){ 403 }, "ada", "does not let us in (403)");
}

/* The first request is nobody's; one with a stale nonce is made again with the new one. */
static void
test_let_in (void)
{
  const guint codes[] = { 401, 438, 0 };
  FakeRelay relay = { NULL };

  relay_open (&relay, codes);
  g_assert_no_error (ask (relay.port, "ada", TRUE));
  g_assert_cmpuint (relay.n_requests, ==, 3);
  g_assert_cmpuint (relay.n_signed, >=, 2);
  relay_close (&relay);
}

/* A relay over UDP that loses the first question, and gives each answer twice. */
static gpointer
run_lossy (gpointer data)
{
  GSocket *socket = data;
  guint8 request[CONFAB_AUDIO_STUN_MAX_BYTES];
  guint n = 0;

  for (gboolean is_over = FALSE; !is_over; n++) {
    g_autoptr (GSocketAddress) from = NULL;
    g_autoptr (GByteArray) answer = NULL;

    if (g_socket_receive_from (socket, &from, (char *) request, sizeof request, NULL, NULL) < HEAD)
      return NULL;
    if (n == 0)
      continue;
    is_over = request[1] != ALLOCATE; /* the place is given back */
    answer = make_answer (request, n == 1 ? 401 : 0);
    for (guint i = 0; i < 2; i++)
      g_socket_send_to (socket, from, (char *) answer->data, answer->len, NULL, NULL);
  }
  return GUINT_TO_POINTER (n);
}

static void
test_lossy_way (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) address = NULL;
  GThread *relay = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_socket_set_timeout (socket, 10);
  address = g_socket_get_local_address (socket, NULL);
  relay = g_thread_new ("lossy-relay", run_lossy, socket);
  g_assert_no_error (
      ask (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), "ada", FALSE));
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (relay)), ==, 4);
}

static void
test_nobody_there (void)
{
  FakeRelay relay = { NULL };
  g_autoptr (GError) error = NULL;

  relay_open (&relay, NULL);
  relay_close (&relay);
  error = ask (relay.port, "ada", TRUE);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_RELAY_REFUSED);
  g_assert_nonnull (strstr (error->message, "cannot be used"));
}

static void
test_garbage (void)
{
  const ConfabAudioStunLogin login = { "u", "p", NULL, NULL };
  g_autoptr (GByteArray) request =
      confab_audio_stun_request (CONFAB_AUDIO_STUN_ALLOCATE, 60, &login);
  g_autoptr (GByteArray) answer = make_answer (request->data, 401);
  ConfabAudioStunReply reply;

  for (gsize size = 0; size < answer->len; size++)
    g_assert_false (confab_audio_stun_parse_reply (answer->data, size, request->data, &reply));
  g_assert_true (confab_audio_stun_parse_reply (answer->data, answer->len, request->data, &reply));
  g_assert_cmpuint (reply.error_code, ==, 401);
  g_assert_cmpstr (reply.realm, ==, "realm");
  confab_audio_stun_reply_clear (&reply);
  /* An attribute that says to be longer than the message. */
  answer->data[HEAD + 3] = 255;
  g_assert_true (confab_audio_stun_parse_reply (answer->data, answer->len, request->data, &reply));
  g_assert_null (reply.realm);
  confab_audio_stun_reply_clear (&reply);
  answer->data[8] ^= 1;
  g_assert_false (confab_audio_stun_parse_reply (answer->data, answer->len, request->data, &reply));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/turn-probe/words", test_words);
  g_test_add_func ("/audio/turn-probe/let-in", test_let_in);
  g_test_add_func ("/audio/turn-probe/lossy-way", test_lossy_way);
  g_test_add_func ("/audio/turn-probe/nobody-there", test_nobody_there);
  g_test_add_func ("/audio/turn-probe/garbage", test_garbage);
  return g_test_run ();
}
