/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-leg"

#include "config.h"

#include "confab-codec.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-envelope.h"
#include "confabd-hub.h"
#include "confabd-leg-kind.h"
#include "confabd-leg-messages.h"
#include "confabd-leg.h"
#include "confabd-public-error.h"
#include "confabd-reporter.h"
#include "confabd-seat.h"
#include "confabd-sequencer.h"
#include "confabd-socket-limits.h"

#define CLOSE_NORMAL     1000
#define CLOSE_GOING_AWAY 1001 /* a browser whose page is left */

/*
 * One session: one WebSocket of one device of one user, in at most one call.
 *
 * What a client says comes through on_text (), as far as the grammar of a session goes
 * (ConfabdLegKind); what it is told goes through its sequencer.
 */
struct _ConfabdLeg {
  GObject parent_instance;

  ConfabdHub *hub;             /* (unowned) (nullable) the hub owns its legs; NULL once it let go */
  ConfabdTransport *transport; /* (owned) */
  ConfabdPrincipal *principal; /* (owned) (nullable) from `hello` on */
  ConfabdSeat *seat;           /* (owned) (nullable) from join on */
  ConfabdSequencer sequencer;
  ConfabdReporter reporter;
  gboolean is_ending; /* asked for the end of its call, and waits for the answer */
  ConfabdLegState state;
};

/* Handles one kind of message. */
typedef gboolean (*Handler) (ConfabdLeg *self, ConfabMessage *message, GError **error);

G_DEFINE_FINAL_TYPE (ConfabdLeg, confabd_leg, G_TYPE_OBJECT)

static gboolean
step (ConfabdLeg *self, ConfabdLegEvent event)
{
  return confabd_leg_state_next (self->state, event, &self->state);
}

static void
send_message (ConfabdLeg *self, ConfabMessage *message)
{
  if (self->state < CONFABD_LEG_STATE_CLOSING)
    confabd_sequencer_send_message (&self->sequencer, message);
}

static void
depart (ConfabdLeg *self, const char *reason)
{
  ConfabdRoom *room = self->seat != NULL ? confabd_seat_get_room (self->seat) : NULL;
  g_autofree char *call_id = NULL;

  if (room != NULL)
    call_id = g_strdup (confab_call_get_id (confabd_room_get_call (room)));
  if (self->seat != NULL && confabd_seat_leave (self->seat, self, reason))
    confabd_hub_close_room (self->hub, call_id);
}

/* The wire name goes along as the reason of the close frame: it fits, whatever the sentence says.
 */
static void
close_with (ConfabdLeg *self, ConfabError code)
{
  guint close_code = confab_error_get_close_code (code);

  if (!step (self, CONFABD_LEG_EVENT_CLOSE))
    return;
  if (close_code == 0)
    close_code = confab_error_get_close_code (CONFAB_ERROR_BAD_MESSAGE);
  confabd_transport_close (self->transport, close_code, confab_error_get_wire_name (code));
}

/* Says what is wrong and, when that is fatal, ends the session. */
static void
answer_error (ConfabdLeg *self, const GError *error, ConfabdLegKind about)
{
  ConfabError code = confabd_error_get_public_code (error);
  gboolean ends = confabd_leg_kind_is_fatal (about, self->state, code);

  if (self->state >= CONFABD_LEG_STATE_CLOSING)
    return;
  confabd_sequencer_send_error (&self->sequencer, error, confabd_leg_kind_to_string (about));
  if (!ends)
    return;
  g_info ("A session ends with “%s”", confab_error_get_wire_name (code));
  depart (self, "lost");
  close_with (self, code);
}

static void
send_welcome (ConfabdLeg *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (confabd_hub_get_parts (self->hub)->clock);
  g_autoptr (ConfabMessage) message = confabd_leg_write_welcome (confabd_leg_get_user (self), now);

  send_message (self, message);
}

static gboolean
handle_hello (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  const ConfabdHubParts *parts = confabd_hub_get_parts (self->hub);
  const char *ticket = NULL;

  if (!confabd_leg_read_hello (message, &ticket, error))
    return FALSE;
  self->principal = confabd_tickets_redeem (parts->tickets, ticket,
                                            confabd_transport_get_family (self->transport), error);
  if (self->principal == NULL || !confabd_hub_register (self->hub, self, error))
    return FALSE;
  step (self, CONFABD_LEG_EVENT_WELCOME);
  send_welcome (self);
  return TRUE;
}

static void
take_place (ConfabdLeg *self, ConfabCall *call)
{
  ConfabdRoom *room = confabd_hub_open_room (self->hub, call);
  g_autoptr (GPtrArray) roster = confabd_room_dup_roster (room);
  g_autoptr (ConfabMessage) joined = confabd_leg_write_joined (
      confabd_hub_get_parts (self->hub), call, confabd_seat_get_participant (self->seat), roster);

  step (self, CONFABD_LEG_EVENT_ADMIT);
  send_message (self, joined);
  confabd_seat_sit (self->seat, room, self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdLeg) self = CONFABD_LEG (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call = confabd_seat_ask_finish (CONFABD_SEAT (source), result, &error);

  if (call != NULL) {
    take_place (self, call);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    step (self, CONFABD_LEG_EVENT_TURN_AWAY);
    g_clear_object (&self->seat);
    answer_error (self, error, CONFABD_LEG_KIND_JOIN);
  }
}

static gboolean
handle_join (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  ConfabParticipantFlags flags = { 0 };
  const char *call_id = NULL;

  if (!confabd_leg_read_join (message, &call_id, &flags, error))
    return FALSE;
  step (self, CONFABD_LEG_EVENT_JOIN);
  self->seat = confabd_seat_new (confabd_hub_get_parts (self->hub)->calls);
  confabd_seat_ask_async (self->seat, confabd_leg_get_user (self), call_id, &flags, on_answered,
                          g_object_ref (self));
  return TRUE;
}

static gboolean
handle_state (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (confabd_hub_get_parts (self->hub)->clock);
  ConfabParticipantFlags flags;

  confab_participant_get_flags (confabd_seat_get_participant (self->seat), &flags);
  if (!confabd_leg_read_state (message, &flags, error) ||
      !confabd_seat_check_recording (self->seat, &flags, error))
    return FALSE;
  confabd_seat_change (self->seat, &flags, now);
  return TRUE;
}

static gboolean
handle_quality (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  return confabd_reporter_take (&self->reporter, confabd_hub_get_parts (self->hub),
                                confabd_seat_get_room (self->seat),
                                confabd_seat_get_participant (self->seat), message, error);
}

/* Nothing is kept to be sent again, so that an acknowledgement is read and no more. */
static gboolean
handle_ack (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  gint64 seq = 0;

  return confab_message_get_integer (message, "seq", CONFAB_FIELD_REQUIRED, 1,
                                     (gint64) self->sequencer.last_seq, &seq, error);
}

static gboolean
handle_ping (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) pong = confab_message_new ("pong");
  g_autoptr (GDateTime) now = confab_clock_dup_now (confabd_hub_get_parts (self->hub)->clock);
  gint64 id = 0;

  if (!confab_message_get_integer (message, "id", CONFAB_FIELD_REQUIRED, 0, CONFABD_LEG_MAX_INTEGER,
                                   &id, error))
    return FALSE;
  confab_message_set_integer (pong, "id", id);
  confab_message_set_time (pong, "server_time", now);
  send_message (self, pong);
  return TRUE;
}

static gboolean
handle_leave (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  depart (self, "left");
  if (step (self, CONFABD_LEG_EVENT_CLOSE))
    confabd_transport_close (self->transport, CLOSE_NORMAL, "left");
  return TRUE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdLeg) self = CONFABD_LEG (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call = confabd_calls_end_finish (CONFABD_CALLS (source), result, &error);

  self->is_ending = FALSE;
  if (call == NULL)
    answer_error (self, error, CONFABD_LEG_KIND_END);
}

static gboolean
handle_end (ConfabdLeg *self, ConfabMessage *message, GError **error)
{
  ConfabCall *call = confabd_room_get_call (confabd_seat_get_room (self->seat));

  if (self->is_ending)
    return TRUE;
  self->is_ending = TRUE;
  confabd_calls_end_async (confabd_hub_get_parts (self->hub)->calls, self->principal,
                           confab_call_get_id (call), "ended-by-host", NULL, on_ended,
                           g_object_ref (self));
  return TRUE;
}

/* The addressee's own parser has the last word on the payload; we pass on only what fits it. */
static gboolean
relay (ConfabdLeg *self, const ConfabdEnvelope *envelope, GBytes *text, GError **error)
{
  g_autofree char *to = confabd_envelope_dup_to (envelope, text);
  g_autoptr (GBytes) body = NULL;
  ConfabdLeg *addressee;

  if (to == NULL || envelope->has_from || envelope->has_seq) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "A signal has “to”, and neither “from” nor “seq”");
    return FALSE;
  }
  body = confabd_envelope_dup_body (envelope, text);
  if (g_bytes_get_size (body) > CONFAB_LIMIT_MESSAGE_BYTES - CONFABD_ENVELOPE_HEAD_SIZE) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE,
                         "The signal leaves no room for its sender");
    return FALSE;
  }
  addressee = confabd_room_get_leg (confabd_seat_get_room (self->seat), to);
  if (addressee == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_PARTICIPANT,
                         "That participant is not in this call");
    return FALSE;
  }
  confabd_leg_send (addressee, confab_participant_get_id (confabd_leg_get_participant (self)),
                    body);
  return TRUE;
}

/* A signal is relayed without being decoded. */
static const Handler handlers[CONFABD_N_LEG_KINDS] = {
  [CONFABD_LEG_KIND_PING] = handle_ping,   [CONFABD_LEG_KIND_ACK] = handle_ack,
  [CONFABD_LEG_KIND_STATE] = handle_state, [CONFABD_LEG_KIND_QUALITY] = handle_quality,
  [CONFABD_LEG_KIND_HELLO] = handle_hello, [CONFABD_LEG_KIND_JOIN] = handle_join,
  [CONFABD_LEG_KIND_LEAVE] = handle_leave, [CONFABD_LEG_KIND_END] = handle_end,
};

static gboolean
handle_decoded (ConfabdLeg *self, ConfabdLegKind kind, GBytes *text, GError **error)
{
  g_autoptr (ConfabMessage) message = confab_codec_decode (text, error);

  return message != NULL && handlers[kind](self, message, error);
}

static gboolean
handle (ConfabdLeg *self,
        ConfabdLegKind kind,
        const ConfabdEnvelope *envelope,
        GBytes *text,
        GError **error)
{
  if (!confabd_leg_kind_check (kind, self->state, error))
    return FALSE;
  if (kind == CONFABD_LEG_KIND_SIGNAL)
    return relay (self, envelope, text, error);
  return handle_decoded (self, kind, text, error);
}

static void
on_text (GBytes *text, gpointer user_data)
{
  g_autoptr (ConfabdLeg) self = g_object_ref (CONFABD_LEG (user_data));
  g_autoptr (GError) error = NULL;
  ConfabdLegKind kind = CONFABD_LEG_KIND_UNKNOWN;
  ConfabdEnvelope envelope;
  gboolean is_good;

  if (self->state >= CONFABD_LEG_STATE_CLOSING)
    return;
  is_good = confabd_envelope_scan (&envelope, text, &error);
  if (is_good) {
    kind = confabd_leg_kind_find (&envelope, text);
    is_good = handle (self, kind, &envelope, text, &error);
  }
  if (!is_good)
    answer_error (self, error, kind);
}

static void
on_binary (gpointer user_data)
{
  g_autoptr (ConfabdLeg) self = g_object_ref (CONFABD_LEG (user_data));
  g_autoptr (GError) error =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE, "Messages are text, not binary");

  answer_error (self, error, CONFABD_LEG_KIND_UNKNOWN);
}

/* The transport closes by itself; what it cannot say is why, in words. */
static void
on_failing (guint code, gpointer user_data)
{
  g_autoptr (ConfabMessage) message = confabd_leg_write_failure (code);

  if (message != NULL)
    send_message (CONFABD_LEG (user_data), message);
}

static const char *
reason_of (guint code, gboolean was_clean)
{
  if (code == CONFABD_CLOSE_TOO_SLOW)
    return "too-slow";
  if (was_clean && (code == CLOSE_NORMAL || code == CLOSE_GOING_AWAY))
    return "left";
  return "lost";
}

static void
on_closed (guint code, gboolean was_clean, gpointer user_data)
{
  g_autoptr (ConfabdLeg) self = g_object_ref (CONFABD_LEG (user_data));

  step (self, CONFABD_LEG_EVENT_LOSE);
  depart (self, reason_of (code, was_clean));
  if (self->hub != NULL)
    confabd_hub_forget (self->hub, self);
}

static const ConfabdTransportHandler transport_handler = {
  .text = on_text,
  .binary = on_binary,
  .failing = on_failing,
  .closed = on_closed,
};

static void
confabd_leg_dispose (GObject *object)
{
  ConfabdLeg *self = CONFABD_LEG (object);

  if (self->transport != NULL)
    confabd_transport_set_handler (self->transport, NULL, NULL);
  g_clear_object (&self->transport);
  g_clear_object (&self->seat);
  g_clear_pointer (&self->principal, confabd_principal_unref);

  G_OBJECT_CLASS (confabd_leg_parent_class)->dispose (object);
}

static void
confabd_leg_class_init (ConfabdLegClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_leg_dispose;
}

static void
confabd_leg_init (ConfabdLeg *self)
{
}

/**
 * confabd_leg_new:
 * @hub: whose session it is; it calls confabd_leg_abandon() before it goes
 * @transport: its connection
 *
 * Returns: (transfer full): a session that waits for `hello`
 */
ConfabdLeg *
confabd_leg_new (ConfabdHub *hub, ConfabdTransport *transport)
{
  ConfabdLeg *self = g_object_new (CONFABD_TYPE_LEG, NULL);

  self->hub = hub;
  self->transport = g_object_ref (transport);
  self->sequencer.transport = transport;
  confabd_transport_set_handler (transport, &transport_handler, self);
  return self;
}

/**
 * confabd_leg_get_state:
 * @self: a session
 *
 * Returns: where it is
 */
ConfabdLegState
confabd_leg_get_state (ConfabdLeg *self)
{
  return self->state;
}

/**
 * confabd_leg_get_user:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): whose it is, from `hello` on
 */
ConfabUser *
confabd_leg_get_user (ConfabdLeg *self)
{
  return self->principal != NULL ? confabd_principal_get_user (self->principal) : NULL;
}

/**
 * confabd_leg_get_principal:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): by what right they are here, from `hello` on
 */
ConfabdPrincipal *
confabd_leg_get_principal (ConfabdLeg *self)
{
  return self->principal;
}

/**
 * confabd_leg_get_participant:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): who it is in its call
 */
ConfabParticipant *
confabd_leg_get_participant (ConfabdLeg *self)
{
  return self->seat != NULL ? confabd_seat_get_participant (self->seat) : NULL;
}

/**
 * confabd_leg_send:
 * @self: a session
 * @from: (nullable): participant id of the sender, for a relayed message
 * @body: the message without its opening brace, see confabd_envelope_dup_body()
 *
 * Sends the next message of the session; nothing once it is closing.
 */
void
confabd_leg_send (ConfabdLeg *self, const char *from, GBytes *body)
{
  if (self->state < CONFABD_LEG_STATE_CLOSING)
    confabd_sequencer_send (&self->sequencer, from, body);
}

/**
 * confabd_leg_keep_to_recording_policy:
 * @self: a session in a call that was changed
 *
 * Whoever records it and may not any more is told, as everybody else, that it is over.
 */
void
confabd_leg_keep_to_recording_policy (ConfabdLeg *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (confabd_hub_get_parts (self->hub)->clock);

  if (self->state == CONFABD_LEG_STATE_IN_CALL)
    confabd_seat_keep_to_recording_policy (self->seat, now);
}

/**
 * confabd_leg_refuse:
 * @self: a session
 * @error: why it cannot go on
 *
 * Says so and closes it.
 */
void
confabd_leg_refuse (ConfabdLeg *self, const GError *error)
{
  answer_error (self, error, CONFABD_LEG_KIND_UNKNOWN);
}

/**
 * confabd_leg_dismiss:
 * @self: a session
 * @body: the last message it gets
 * @code: gives the close code
 *
 * Ends the session for a reason that is not its own. The others in its room are not told.
 */
void
confabd_leg_dismiss (ConfabdLeg *self, GBytes *body, ConfabError code)
{
  confabd_leg_send (self, NULL, body);
  if (self->seat != NULL)
    confabd_seat_vanish (self->seat, code != CONFAB_ERROR_CALL_OVER);
  close_with (self, code);
}

/**
 * confabd_leg_abandon:
 * @self: a session
 *
 * The hub goes: the session hears and says nothing more.
 */
void
confabd_leg_abandon (ConfabdLeg *self)
{
  self->state = CONFABD_LEG_STATE_CLOSED;
  confabd_transport_set_handler (self->transport, NULL, NULL);
  if (self->seat != NULL)
    confabd_seat_vanish (self->seat, TRUE);
  self->hub = NULL;
}
