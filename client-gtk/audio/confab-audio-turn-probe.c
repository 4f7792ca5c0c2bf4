/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-turn-probe"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-stun.h"
#include "confab-audio-turn-probe.h"
#include "confab-error.h"

#define DEADLINE_S    3 /* of each step: find, connect, answer */
#define UDP_TRIES     3 /* of each question, a second each: datagrams are lost */
#define MAX_ANSWERS   8 /* to one question, whether they are any or not */
#define MAX_EXCHANGES 4 /* unknown, known, and once more with a fresh nonce */
#define PLACE_S       60
#define UNAUTHORIZED  401
#define FORBIDDEN     403
#define STALE_NONCE   438
#define QUOTA_REACHED 486
#define NO_CAPACITY   508

struct _ConfabAudioTurnProbe {
  GMainContext *context; /* (owned) */
  ConfabAudioTurnProbeFunc done;
  gpointer user_data; /* (unowned) not used once freed */

  char *host; /* (owned) */
  guint16 port;
  gboolean is_tls;
  gboolean is_tcp;
  ConfabAudioStunLogin login; /* (owned) */
  GCancellable *cancellable;  /* (owned) cancelled: nobody waits any more */
};

static void
clear (gpointer data)
{
  ConfabAudioTurnProbe *self = data;

  g_main_context_unref (self->context);
  g_free (self->host);
  g_free ((char *) self->login.username);
  g_free ((char *) self->login.password);
  g_free (self->login.realm);
  g_free (self->login.nonce);
  g_object_unref (self->cancellable);
}

static void
unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear);
}

/* ---- the thread ---- */

static GSocketConnection *
open_connection (ConfabAudioTurnProbe *self, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (self->host, self->port);

  g_socket_client_set_timeout (client, self->is_tcp ? DEADLINE_S : DEADLINE_S / UDP_TRIES);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, self->is_tls);
  if (!self->is_tcp)
    g_socket_client_set_socket_type (client, G_SOCKET_TYPE_DATAGRAM);
  return g_socket_client_connect (client, address, self->cancellable, error);
}

/* A datagram is one message; in a stream the head says how much follows. */
static gssize
read_message (ConfabAudioTurnProbe *self, GInputStream *stream, guint8 *buffer, GError **error)
{
  gsize size = 0;
  gsize rest = 0;

  if (!self->is_tcp)
    return g_input_stream_read (stream, buffer, CONFAB_AUDIO_STUN_MAX_BYTES, self->cancellable,
                                error);
  if (!g_input_stream_read_all (stream, buffer, CONFAB_AUDIO_STUN_HEAD_BYTES, &size,
                                self->cancellable, error))
    return -1;
  rest = MIN ((gsize) buffer[2] << 8 | buffer[3],
              CONFAB_AUDIO_STUN_MAX_BYTES - CONFAB_AUDIO_STUN_HEAD_BYTES);
  if (size < CONFAB_AUDIO_STUN_HEAD_BYTES ||
      !g_input_stream_read_all (stream, buffer + size, rest, &rest, self->cancellable, error))
    return -1;
  return (gssize) (size + rest);
}

typedef enum { ANSWERED, LOST, STRAY, FAILED } Outcome;

/* FAILED: with an error. */
static Outcome
receive (ConfabAudioTurnProbe *self,
         GIOStream *stream,
         GByteArray *request,
         ConfabAudioStunReply *reply,
         GError **error)
{
  guint8 buffer[CONFAB_AUDIO_STUN_MAX_BYTES];
  g_autoptr (GError) cause = NULL;
  gssize size = read_message (self, g_io_stream_get_input_stream (stream), buffer, &cause);

  if (!self->is_tcp && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return LOST;
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FAILED;
  }
  if (size >= 0 && confab_audio_stun_parse_reply (buffer, (gsize) size, request->data, reply))
    return ANSWERED;
  return STRAY;
}

/* A datagram may be lost, and the answer to one that was not comes twice. */
static gboolean
exchange (ConfabAudioTurnProbe *self,
          GIOStream *stream,
          GByteArray *request,
          ConfabAudioStunReply *reply,
          GError **error)
{
  Outcome outcome = LOST;
  guint n_sent = 0;

  for (guint i = 0; i < MAX_ANSWERS && (outcome == LOST || !self->is_tcp); i++) {
    if (outcome == LOST && n_sent++ == UDP_TRIES) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "it does not answer");
      return FALSE;
    }
    if (outcome == LOST &&
        !g_output_stream_write_all (g_io_stream_get_output_stream (stream), request->data,
                                    request->len, NULL, self->cancellable, error))
      return FALSE;
    outcome = receive (self, stream, request, reply, error);
    if (outcome == ANSWERED || outcome == FAILED)
      return outcome == ANSWERED;
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it does not speak TURN");
  return FALSE;
}

/* The user name of a credential for a time begins with its end, in seconds of 1970. */
static gboolean
has_expired (ConfabAudioTurnProbe *self)
{
  gint64 expiry_s = g_ascii_strtoll (self->login.username, NULL, 10);

  return expiry_s > 0 && expiry_s <= g_get_real_time () / G_USEC_PER_SEC;
}

static const char *
describe_code (ConfabAudioTurnProbe *self, guint code)
{
  switch (code) {
  case UNAUTHORIZED:
    return has_expired (self) ? "the password has expired" : "the user name or password is wrong";
  case FORBIDDEN:
    return "it does not let us in";
  case STALE_NONCE:
    return "it does not accept its own nonce";
  case QUOTA_REACHED:
    return "this user name has too many places already";
  case NO_CAPACITY:
    return "it is full";
  default:
    return "it refuses";
  }
}

static void
set_refused (ConfabAudioTurnProbe *self, guint code, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_RELAY_REFUSED,
               "The relay “%s” refuses us: %s (%u)", self->host, describe_code (self, code), code);
}

static void
set_unreachable (ConfabAudioTurnProbe *self, const GError *cause, GError **error)
{
  const char *reason = cause->message;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    reason = "it does not answer";
  else if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    reason = "its certificate is not valid for that name";
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_RELAY_REFUSED, "The relay “%s” cannot be used: %s",
               self->host, reason);
}

/* Realm and nonce come with the first refusal; a nonce may also be too old. */
static gboolean
may_try_again (ConfabAudioTurnProbe *self, ConfabAudioStunReply *reply)
{
  gboolean was_known = self->login.realm != NULL;

  if (reply->realm != NULL && reply->nonce != NULL &&
      (reply->error_code == STALE_NONCE || (reply->error_code == UNAUTHORIZED && !was_known))) {
    g_free (self->login.realm);
    g_free (self->login.nonce);
    self->login.realm = g_steal_pointer (&reply->realm);
    self->login.nonce = g_steal_pointer (&reply->nonce);
    return TRUE;
  }
  return FALSE;
}

static void
give_back (ConfabAudioTurnProbe *self, GIOStream *stream)
{
  g_autoptr (GByteArray) request =
      confab_audio_stun_request (CONFAB_AUDIO_STUN_REFRESH, 0, &self->login);
  g_auto (ConfabAudioStunReply) reply = { 0 };

  exchange (self, stream, request, &reply, NULL);
}

static gboolean
ask_for_place (ConfabAudioTurnProbe *self, GIOStream *stream, GError **error)
{
  guint code = 0;

  for (guint i = 0; i < MAX_EXCHANGES; i++) {
    g_autoptr (GByteArray) request =
        confab_audio_stun_request (CONFAB_AUDIO_STUN_ALLOCATE, PLACE_S, &self->login);
    g_auto (ConfabAudioStunReply) reply = { 0 };
    g_autoptr (GError) cause = NULL;

    if (!exchange (self, stream, request, &reply, &cause)) {
      set_unreachable (self, cause, error);
      return FALSE;
    }
    if (reply.is_success) {
      give_back (self, stream);
      return TRUE;
    }
    code = reply.error_code;
    if (!may_try_again (self, &reply))
      break;
  }
  set_refused (self, code, error);
  return FALSE;
}

static gboolean
probe (ConfabAudioTurnProbe *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocketConnection) connection = open_connection (self, &cause);

  if (connection == NULL) {
    set_unreachable (self, cause, error);
    return FALSE;
  }
  return ask_for_place (self, G_IO_STREAM (connection), error);
}

/* ---- the result ---- */

typedef struct {
  ConfabAudioTurnProbe *probe; /* (owned) */
  GError *error;               /* (owned) (nullable) */
} Result;

static void
free_result (gpointer data)
{
  Result *result = data;

  unref (result->probe);
  g_clear_error (&result->error);
  g_free (result);
}

static gboolean
deliver (gpointer data)
{
  Result *result = data;

  if (!g_cancellable_is_cancelled (result->probe->cancellable))
    result->probe->done (result->error, result->probe->user_data);
  return G_SOURCE_REMOVE;
}

static gpointer
run (gpointer user_data)
{
  ConfabAudioTurnProbe *self = user_data;
  Result *result = g_new0 (Result, 1);

  probe (self, &result->error);
  result->probe = self;
  confab_audio_context_post (self->context, deliver, result, free_result);
  return NULL;
}

/**
 * confab_audio_turn_probe_new:
 * @context: where @done is called
 * @target: (transfer none): the relay and who we are there
 * @done: called once, unless freed before: %CONFAB_ERROR_RELAY_REFUSED in words, or no error
 * @user_data: for @done
 *
 * Asks for a place in a thread and gives it back: some ten seconds at most, all steps together.
 *
 * Source: RFC 8656, sections 6 and 7; RFC 8489, section 9.2.
 *
 * Returns: (transfer full): the probe
 */
ConfabAudioTurnProbe *
confab_audio_turn_probe_new (GMainContext *context,
                             const ConfabAudioTurnTarget *target,
                             ConfabAudioTurnProbeFunc done,
                             gpointer user_data)
{
  ConfabAudioTurnProbe *self = g_atomic_rc_box_new0 (ConfabAudioTurnProbe);

  self->context = g_main_context_ref (context);
  self->done = done;
  self->user_data = user_data;
  self->host = g_strdup (target->host);
  self->port = target->port;
  self->is_tls = target->is_tls;
  self->is_tcp = target->is_tcp || target->is_tls;
  self->login.username = g_strdup (target->username);
  self->login.password = g_strdup (target->password);
  self->cancellable = g_cancellable_new ();
  g_thread_unref (g_thread_new ("confab-turn-probe", run, g_atomic_rc_box_acquire (self)));
  return self;
}

/* Also in done. The thread may go on for a moment; nothing of it is heard any more. */
void
confab_audio_turn_probe_free (ConfabAudioTurnProbe *self)
{
  g_cancellable_cancel (self->cancellable);
  unref (self);
}
