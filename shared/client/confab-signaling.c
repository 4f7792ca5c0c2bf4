/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-signaling"

#include "config.h"

#include "confab-client-private.h"
#include "confab-codec.h"
#include "confab-error.h"
#include "confab-exchange-private.h"
#include "confab-keepalive-private.h"
#include "confab-limits.h"
#include "confab-redact.h"
#include "confab-retry-private.h"
#include "confab-signaling-private.h"
#include "confab-signaling.h"
#include "confab-wire-model.h"

#define SUB_PROTOCOL     "confab.v1"
#define PROTOCOL_VERSION 1
#define MIN_INTERVAL_MS  1000 /* what a server may ask of us in `welcome` */
#define MAX_INTERVAL_MS  (10 * 60 * 1000)

/* clang-format off */
static const ConfabSignalingTiming default_timing = {
  .attempt_ms = CONFAB_REQUEST_DEADLINE_MS,
  .ping_ms = 10 * 1000,
  .dead_ms = 25 * 1000,
  .give_up_ms = 2 * 60 * 1000,
  .backoff = CONFAB_BACKOFF_INIT (500, 8000),
};
/* clang-format on */

typedef enum {
  PHASE_IDLE,
  PHASE_TICKET,  /* asking for one */
  PHASE_UPGRADE, /* opening the WebSocket */
  PHASE_HELLO,   /* waiting for `welcome` */
  PHASE_OPEN,
  PHASE_WAITING, /* for the next attempt */
  PHASE_CLOSED,
} Phase;

/**
 * ConfabSignaling:
 *
 * One WebSocket session with a server that comes back after an outage: ticket, upgrade, `hello`,
 * `welcome`. After each `welcome` the session is a new one, and whoever was in a call joins anew.
 *
 * Belongs to the main context that is the thread's default when it is opened.
 * Source: data/api/asyncapi.yaml.
 *
 * Since: 0.1
 */
struct _ConfabSignaling {
  GObject parent_instance;

  ConfabClient *client; /* (owned) */
  char *device_name;    /* (owned) */
  ConfabClock *clock;   /* (owned) */
  ConfabSignalingTiming timing;
  Phase phase;

  GCancellable *cancellable;           /* (owned) (nullable) of the attempt under way */
  SoupWebsocketConnection *connection; /* (owned) (nullable) */
  GSource *attempt_timer;              /* (owned) (nullable) */
  GSource *retry_timer;                /* (owned) (nullable) */

  char *ticket;                /* (owned) (nullable) between its arrival and `hello` */
  GError *announced;           /* (owned) (nullable) the `error` before a close */
  gboolean was_welcomed;       /* ever: before that, the first failure is the last */
  gboolean had_new_ticket;     /* since the last session that worked */
  gint64 outage_since_mono_us; /* 0: none */

  ConfabKeepalive keepalive;
};

enum { SIGNAL_WELCOME, SIGNAL_MESSAGE, SIGNAL_LOST, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabSignaling, confab_signaling, G_TYPE_OBJECT)

static void begin_attempt (ConfabSignaling *self);
static void take_failure (ConfabSignaling *self, GError *error);

/* Hands a connection over to itself, so that what is queued still goes out: libsoup drops it all
 * with the last reference, and gives up on a peer that does not close by itself. */
static void
close_connection (ConfabSignaling *self)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  g_signal_connect (connection, "closed", G_CALLBACK (g_object_unref), NULL);
  soup_websocket_connection_close (g_steal_pointer (&connection), SOUP_WEBSOCKET_CLOSE_NORMAL,
                                   NULL);
}

/* Leaves nothing of an attempt or a session behind. */
static void
clear_session (ConfabSignaling *self)
{
  confab_timer_stop (&self->attempt_timer);
  confab_timer_stop (&self->retry_timer);
  confab_keepalive_stop (&self->keepalive);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  close_connection (self);
  g_clear_pointer (&self->ticket, g_free);
  g_clear_error (&self->announced);
}

static void
fail_for_good (ConfabSignaling *self, const GError *error)
{
  self->phase = PHASE_CLOSED;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static gboolean
on_retry (gpointer user_data)
{
  ConfabSignaling *self = user_data;

  confab_timer_stop (&self->retry_timer);
  begin_attempt (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (ConfabSignaling *self, const GError *error)
{
  guint delay_ms = confab_backoff_next_ms (&self->timing.backoff, g_random_double ());

  self->phase = PHASE_WAITING;
  self->retry_timer = confab_timer_start (delay_ms, on_retry, self);
  g_debug ("Next attempt in %u ms", delay_ms);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, error);
}

static gboolean
has_waited_long_enough (ConfabSignaling *self)
{
  gint64 now_mono_us = confab_clock_get_mono_us (self->clock);

  if (self->outage_since_mono_us == 0)
    self->outage_since_mono_us = now_mono_us;
  return now_mono_us - self->outage_since_mono_us >= (gint64) self->timing.give_up_ms * 1000;
}

static gboolean
may_retry (ConfabSignaling *self, const GError *error)
{
  gboolean had_new_ticket = self->had_new_ticket;

  switch (confab_retry_for_error (error)) {
  case CONFAB_RETRY_NEVER:
    return FALSE;
  case CONFAB_RETRY_NEW_TICKET:
    self->had_new_ticket = TRUE;
    return !had_new_ticket && !has_waited_long_enough (self);
  case CONFAB_RETRY_LATER:
    return self->was_welcomed && !has_waited_long_enough (self);
  }
  g_assert_not_reached ();
}

/* The one place where a session ends that we did not close. Takes the error over. */
static void
take_failure (ConfabSignaling *self, GError *error)
{
  g_autoptr (GError) owned = error;
  g_autoptr (ConfabSignaling) keep = g_object_ref (self);
  g_autofree char *redacted = confab_redact_text (error->message);

  clear_session (self);
  if (self->phase == PHASE_CLOSED)
    return;
  g_debug ("Session lost: %s", redacted);
  if (may_retry (self, owned))
    retry_later (self, owned);
  else
    fail_for_good (self, owned);
}

static gboolean
on_attempt_deadline (gpointer user_data)
{
  ConfabSignaling *self = user_data;

  take_failure (self, g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                                   "“%s” did not welcome us within %u seconds",
                                   confab_client_get_server (self->client),
                                   self->timing.attempt_ms / 1000));
  return G_SOURCE_REMOVE;
}

static void
on_dead (gpointer user_data)
{
  ConfabSignaling *self = user_data;

  take_failure (self,
                g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                             "The server was silent for %u seconds", self->timing.dead_ms / 1000));
}

/* A connection that is closing takes nothing any more. */
static gboolean
send_now (ConfabSignaling *self, ConfabMessage *message)
{
  g_autoptr (GBytes) bytes = confab_codec_encode (message);

  if (g_bytes_get_size (bytes) > CONFAB_LIMIT_MESSAGE_BYTES ||
      soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  soup_websocket_connection_send_message (self->connection, SOUP_WEBSOCKET_DATA_TEXT, bytes);
  return TRUE;
}

static void
on_ping (gint64 id, gpointer user_data)
{
  ConfabSignaling *self = user_data;
  g_autoptr (ConfabMessage) ping = confab_message_new ("ping");

  confab_message_set_integer (ping, "id", id);
  send_now (self, ping);
}

static void
read_interval (ConfabMessage *welcome, const char *name, guint *interval_ms)
{
  gint64 value = 0;

  if (confab_message_get_integer (welcome, name, CONFAB_FIELD_REQUIRED, MIN_INTERVAL_MS,
                                  MAX_INTERVAL_MS, &value, NULL))
    *interval_ms = (guint) value;
}

static void
take_welcome (ConfabSignaling *self, ConfabMessage *message)
{
  confab_timer_stop (&self->attempt_timer);
  self->phase = PHASE_OPEN;
  self->was_welcomed = TRUE;
  read_interval (message, "ping_interval_ms", &self->timing.ping_ms);
  read_interval (message, "dead_after_ms", &self->timing.dead_ms);
  confab_keepalive_take_welcome (&self->keepalive, message);
  confab_keepalive_start (&self->keepalive, self->timing.ping_ms, self->timing.dead_ms);
  g_signal_emit (self, signals[SIGNAL_WELCOME], 0, message);
}

/* A session that was welcomed may still be refused: only what it is for ends an outage. */
static void
take_settled_message (ConfabSignaling *self, ConfabMessage *message)
{
  self->outage_since_mono_us = 0;
  self->had_new_ticket = FALSE;
  confab_backoff_reset (&self->timing.backoff);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

static void
take_error (ConfabSignaling *self, ConfabMessage *message)
{
  g_clear_error (&self->announced);
  self->announced = confab_error_from_message (message);
  if (self->phase == PHASE_OPEN)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

static void
take_message (ConfabSignaling *self, ConfabMessage *message)
{
  const char *kind = confab_message_get_kind (message);

  if (g_str_equal (kind, "error"))
    take_error (self, message);
  else if (self->phase == PHASE_HELLO && g_str_equal (kind, "welcome"))
    take_welcome (self, message);
  else if (self->phase != PHASE_OPEN)
    g_debug ("A message came before “welcome”");
  else if (g_str_equal (kind, "pong"))
    confab_keepalive_take_pong (&self->keepalive, message);
  else if (g_str_equal (kind, "draining"))
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
  else
    take_settled_message (self, message);
}

/* Payloads of other participants come through unread, so that one which is no message of ours is
 * dropped and does not end the session. */
static void
on_websocket_message (SoupWebsocketConnection *connection,
                      SoupWebsocketDataType type,
                      GBytes *bytes,
                      ConfabSignaling *self)
{
  g_autoptr (ConfabSignaling) keep = g_object_ref (self);
  g_autoptr (ConfabMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  confab_keepalive_hear (&self->keepalive);
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    message = confab_codec_decode (bytes, &error);
  if (message != NULL)
    take_message (self, message);
  else
    g_debug ("A message was dropped: %s", error != NULL ? error->message : "it is not text");
}

static void
on_websocket_pong (SoupWebsocketConnection *connection, GBytes *bytes, ConfabSignaling *self)
{
  confab_keepalive_hear (&self->keepalive);
}

static GError *
make_close_error (ConfabSignaling *self, guint close_code)
{
  ConfabError code = confab_retry_error_from_close_code (close_code);

  if (self->announced != NULL &&
      confab_error_get_close_code ((ConfabError) self->announced->code) == close_code)
    return g_error_copy (self->announced);
  return g_error_new_literal (CONFAB_ERROR, (gint) code, confab_retry_describe (code));
}

static void
on_websocket_closed (SoupWebsocketConnection *connection, ConfabSignaling *self)
{
  take_failure (self,
                make_close_error (self, soup_websocket_connection_get_close_code (connection)));
}

static void
send_hello (ConfabSignaling *self)
{
  g_autoptr (ConfabMessage) hello = confab_message_new ("hello");
  ConfabMessage *device = confab_message_new (NULL);
  const char *const features[] = { "audio", NULL };

  confab_message_set_string (device, "name", self->device_name);
  confab_message_set_integer (hello, "version", PROTOCOL_VERSION);
  confab_message_set_string (hello, "ticket", self->ticket);
  confab_message_take_object (hello, "device", device);
  confab_message_set_strings (hello, "features", features);
  send_now (self, hello);
  g_clear_pointer (&self->ticket, g_free);
}

static void
take_connection (ConfabSignaling *self, SoupWebsocketConnection *connection)
{
  self->connection = connection;
  self->phase = PHASE_HELLO;
  soup_websocket_connection_set_max_incoming_payload_size (connection, CONFAB_LIMIT_MESSAGE_BYTES);
  g_signal_connect_object (connection, "message", G_CALLBACK (on_websocket_message), self, 0);
  g_signal_connect_object (connection, "pong", G_CALLBACK (on_websocket_pong), self, 0);
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_websocket_closed), self, 0);
  send_hello (self);
}

/* A refused upgrade has a status; a broken one only a cause. */
static GError *
make_upgrade_error (SoupMessage *request, const GError *cause)
{
  if (cause->domain == SOUP_WEBSOCKET_ERROR)
    return confab_exchange_error_for_status (request);
  return confab_exchange_error_for_transport (request, cause);
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabSignaling) self = user_data;
  SoupSession *session = SOUP_SESSION (source);
  SoupMessage *request = soup_session_get_async_result_message (session, result);
  g_autoptr (SoupWebsocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  connection = soup_session_websocket_connect_finish (session, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL)
    take_failure (self, make_upgrade_error (request, error));
  else if (soup_websocket_connection_get_protocol (connection) == NULL)
    take_failure (self, g_error_new (CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED,
                                     "“%s” does not speak " SUB_PROTOCOL,
                                     confab_client_get_server (self->client)));
  else
    take_connection (self, g_steal_pointer (&connection));
}

static void
on_ticket (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabSignaling) self = user_data;
  g_autoptr (SoupMessage) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ticket = NULL;
  char *protocols[] = { (char *) SUB_PROTOCOL, NULL };

  ticket = confab_client_get_ticket_finish (self->client, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ticket == NULL) {
    /* A new ticket does not help against a server that will not give one. */
    self->had_new_ticket |= error->code == CONFAB_ERROR_NOT_AUTHENTICATED;
    take_failure (self, g_steal_pointer (&error));
    return;
  }

  self->phase = PHASE_UPGRADE;
  self->ticket = g_steal_pointer (&ticket);
  self->attempt_timer = confab_timer_start (self->timing.attempt_ms, on_attempt_deadline, self);
  request = confab_client_make_signaling_request (self->client);
  soup_session_websocket_connect_async (confab_client_get_session (self->client), request, NULL,
                                        protocols, G_PRIORITY_DEFAULT, self->cancellable,
                                        on_upgraded, g_object_ref (self));
}

static void
begin_attempt (ConfabSignaling *self)
{
  self->phase = PHASE_TICKET;
  self->cancellable = g_cancellable_new ();
  confab_client_get_ticket_async (self->client, self->cancellable, on_ticket, g_object_ref (self));
}

static void
confab_signaling_dispose (GObject *object)
{
  ConfabSignaling *self = CONFAB_SIGNALING (object);

  self->phase = PHASE_CLOSED;
  clear_session (self);
  g_clear_object (&self->client);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confab_signaling_parent_class)->dispose (object);
}

static void
confab_signaling_finalize (GObject *object)
{
  ConfabSignaling *self = CONFAB_SIGNALING (object);

  g_free (self->device_name);

  G_OBJECT_CLASS (confab_signaling_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, GType argument_type)
{
  return g_signal_new (name, CONFAB_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, argument_type);
}

static void
confab_signaling_class_init (ConfabSignalingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_signaling_dispose;
  object_class->finalize = confab_signaling_finalize;

  /**
   * ConfabSignaling::welcome:
   * @self: the signaling
   * @message: the message `welcome`
   *
   * A session began. Nothing of the one before is left.
   *
   * Since: 0.1
   */
  signals[SIGNAL_WELCOME] = new_signal ("welcome", CONFAB_TYPE_MESSAGE);
  /**
   * ConfabSignaling::message:
   * @self: the signaling
   * @message: any other message than `welcome` and `pong`
   *
   * A message came, in order.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MESSAGE] = new_signal ("message", CONFAB_TYPE_MESSAGE);
  /**
   * ConfabSignaling::lost:
   * @self: the signaling
   * @error: why
   *
   * A session or an attempt at one ended, and another attempt follows.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LOST] = new_signal ("lost", G_TYPE_ERROR);
  /**
   * ConfabSignaling::failed:
   * @self: the signaling
   * @error: why
   *
   * There is no session, and no attempt follows: the server refused, was not there from the start,
   * or did not come back within two minutes.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAILED] = new_signal ("failed", G_TYPE_ERROR);
}

static void
confab_signaling_init (ConfabSignaling *self)
{
  self->clock = confab_system_clock_new ();
  self->timing = default_timing;
  self->keepalive.clock = self->clock;
  self->keepalive.ping = on_ping;
  self->keepalive.dead = on_dead;
  self->keepalive.owner = self;
}

/**
 * confab_signaling_new:
 * @client: a client that is signed in when confab_signaling_open() is called
 * @device_name: how the server may call this device, UTF-8
 *
 * Returns: (transfer full): a session that is not open
 * Since: 0.1
 */
ConfabSignaling *
confab_signaling_new (ConfabClient *client, const char *device_name)
{
  ConfabSignaling *self = NULL;

  g_return_val_if_fail (CONFAB_IS_CLIENT (client), NULL);
  g_return_val_if_fail (device_name != NULL, NULL);

  self = g_object_new (CONFAB_TYPE_SIGNALING, NULL);
  self->client = g_object_ref (client);
  self->device_name = g_strdup (device_name);
  return self;
}

/* Before the session is opened. */
void
confab_signaling_set_timing (ConfabSignaling *self, const ConfabSignalingTiming *timing)
{
  g_assert (self->phase == PHASE_IDLE);

  self->timing = *timing;
}

/* Before the session is opened. */
void
confab_signaling_set_clock (ConfabSignaling *self, ConfabClock *clock)
{
  g_assert (self->phase == PHASE_IDLE);

  g_set_object (&self->clock, clock);
  self->keepalive.clock = self->clock;
}

/**
 * confab_signaling_open:
 * @self: a session that was not opened before
 *
 * Begins: ends in #ConfabSignaling::welcome or #ConfabSignaling::failed, never within this call.
 *
 * Since: 0.1
 */
void
confab_signaling_open (ConfabSignaling *self)
{
  g_return_if_fail (CONFAB_IS_SIGNALING (self));
  g_return_if_fail (self->phase == PHASE_IDLE);

  begin_attempt (self);
}

/**
 * confab_signaling_send:
 * @self: a session
 * @message: any message but `hello` and `ping`, at most %CONFAB_LIMIT_MESSAGE_BYTES
 *
 * Queues a message for the server. It is lost when the session is.
 *
 * Returns: %FALSE when no session is open or the message is too large
 * Since: 0.1
 */
gboolean
confab_signaling_send (ConfabSignaling *self, ConfabMessage *message)
{
  g_return_val_if_fail (CONFAB_IS_SIGNALING (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  return self->phase == PHASE_OPEN && send_now (self, message);
}

/* Ends the session as if the network had: for whoever finds it useless. */
void
confab_signaling_drop (ConfabSignaling *self, const GError *error)
{
  if (self->phase == PHASE_OPEN)
    take_failure (self, g_error_copy (error));
}

/**
 * confab_signaling_close:
 * @self: a session
 *
 * Ends the session for good, in order: what was sent before still goes out. Emits nothing, and may
 * be called at any time and again.
 *
 * Since: 0.1
 */
void
confab_signaling_close (ConfabSignaling *self)
{
  g_return_if_fail (CONFAB_IS_SIGNALING (self));

  self->phase = PHASE_CLOSED;
  clear_session (self);
}

/**
 * confab_signaling_get_clock_offset_us:
 * @self: a session
 *
 * Says how far the server's clock is ahead of ours, from `welcome` and every `pong`.
 *
 * Returns: microseconds to add to our time to get the server's; 0 before the first `welcome`
 * Since: 0.1
 */
gint64
confab_signaling_get_clock_offset_us (ConfabSignaling *self)
{
  g_return_val_if_fail (CONFAB_IS_SIGNALING (self), 0);

  return self->keepalive.clock_offset_us;
}
