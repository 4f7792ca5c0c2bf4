/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-seat"

#include "config.h"

#include "confab-error.h"
#include "confab-permission.h"
#include "confab-wire-model.h"
#include "confabd-room.h"
#include "confabd-seat.h"

/*
 * What a session has of a call: its participant, in the room and in the store. Asked for, sat on,
 * left; a seat that is left while it is still being asked for is given back when it comes.
 */
struct _ConfabdSeat {
  GObject parent_instance;

  ConfabdCalls *calls;            /* (owned) */
  ConfabdRoom *room;              /* (owned) (nullable) while sat on */
  ConfabParticipant *participant; /* (owned) (nullable) from the answer on */
  const char *leave_reason;       /* (unowned) (nullable) static; set once left */
  guint is_storing_flags : 1;
  guint has_newer_flags : 1;
};

G_DEFINE_FINAL_TYPE (ConfabdSeat, confabd_seat, G_TYPE_OBJECT)

static void
on_leave_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!confabd_calls_leave_finish (CONFABD_CALLS (source), result, &error))
    g_message ("A leave was not stored: %s", error->message);
}

static void
store_leave (ConfabdSeat *self)
{
  confabd_calls_leave_async (self->calls, confab_participant_get_id (self->participant),
                             self->leave_reason, NULL, on_leave_stored, NULL);
}

static void
on_entered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  ConfabdSeat *self = g_task_get_source_object (task);
  g_autoptr (ConfabCall) call = NULL;
  GError *error = NULL;

  self->participant = confabd_calls_enter_finish (CONFABD_CALLS (source), result, &call, &error);
  if (self->participant == NULL) {
    g_task_return_error (task, error);
  } else if (self->leave_reason != NULL) {
    store_leave (self);
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Left before it was in");
  } else {
    g_task_return_pointer (task, g_steal_pointer (&call), (GDestroyNotify) confab_call_unref);
  }
}

static void store_flags (ConfabdSeat *self);

static void
on_flags_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdSeat) self = CONFABD_SEAT (user_data);
  g_autoptr (ConfabParticipant) stored = NULL;
  g_autoptr (GError) error = NULL;

  stored = confabd_calls_set_flags_finish (CONFABD_CALLS (source), result, &error);
  if (stored == NULL)
    g_info ("A state was not stored: %s", error->message);
  self->is_storing_flags = FALSE;
  if (self->has_newer_flags && self->room != NULL)
    store_flags (self);
}

/* One write at a time: whoever flips a switch faster than the disk turns is stored once. */
static void
store_flags (ConfabdSeat *self)
{
  ConfabParticipantFlags flags;

  self->has_newer_flags = self->is_storing_flags;
  if (self->is_storing_flags)
    return;
  self->is_storing_flags = TRUE;
  confab_participant_get_flags (self->participant, &flags);
  confabd_calls_set_flags_async (self->calls, confab_participant_get_id (self->participant), &flags,
                                 NULL, on_flags_stored, g_object_ref (self));
}

static void
confabd_seat_finalize (GObject *object)
{
  ConfabdSeat *self = CONFABD_SEAT (object);

  g_clear_object (&self->room);
  g_clear_object (&self->calls);
  g_clear_pointer (&self->participant, confab_participant_unref);

  G_OBJECT_CLASS (confabd_seat_parent_class)->finalize (object);
}

static void
confabd_seat_class_init (ConfabdSeatClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_seat_finalize;
}

static void
confabd_seat_init (ConfabdSeat *self)
{
}

/**
 * confabd_seat_new:
 * @calls: who admits to calls
 *
 * Returns: (transfer full): a seat nobody asked for yet; good for one call
 */
ConfabdSeat *
confabd_seat_new (ConfabdCalls *calls)
{
  ConfabdSeat *self = g_object_new (CONFABD_TYPE_SEAT, NULL);

  self->calls = g_object_ref (calls);
  return self;
}

/**
 * confabd_seat_get_participant:
 * @self: a seat
 *
 * Returns: (transfer none) (nullable): who sits or sat on it
 */
ConfabParticipant *
confabd_seat_get_participant (ConfabdSeat *self)
{
  return self->participant;
}

/**
 * confabd_seat_get_room:
 * @self: a seat
 *
 * Returns: (transfer none) (nullable): where it stands, while it is sat on
 */
ConfabdRoom *
confabd_seat_get_room (ConfabdSeat *self)
{
  return self->room;
}

/**
 * confabd_seat_ask_async:
 * @self: a new seat
 * @user: who asks
 * @call_id: for which call
 * @flags: what they begin with
 * @callback: called when there is an answer
 * @user_data: for @callback
 *
 * Asks the calls to be let in.
 */
void
confabd_seat_ask_async (ConfabdSeat *self,
                        ConfabUser *user,
                        const char *call_id,
                        const ConfabParticipantFlags *flags,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, confabd_seat_ask_async);
  confabd_calls_enter_async (self->calls, user, call_id, flags, NULL, on_entered, task);
}

/**
 * confabd_seat_ask_finish:
 * @self: a seat
 * @result: the result
 * @error: return location for a #GError
 *
 * Fails as confabd_calls_enter_finish() does, and with %G_IO_ERROR_CANCELLED when the seat was left
 * in the meantime.
 *
 * Returns: (transfer full): the call, in which @self has a participant now
 */
ConfabCall *
confabd_seat_ask_finish (ConfabdSeat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confabd_seat_sit:
 * @self: a seat with a participant
 * @room: the room of the call
 * @leg: the session whose seat it is
 *
 * Takes the place in the room; the others are told.
 */
void
confabd_seat_sit (ConfabdSeat *self, ConfabdRoom *room, ConfabdLeg *leg)
{
  g_assert (self->room == NULL && self->participant != NULL);

  self->room = g_object_ref (room);
  confabd_room_add (room, leg);
}

/**
 * confabd_seat_change:
 * @self: a seat that is sat on
 * @flags: what the participant says about themself
 * @now: the time, for a hand that is raised
 *
 * Tells everybody in the room, the participant too, and stores it; nothing when nothing changed.
 */
void
confabd_seat_change (ConfabdSeat *self, const ConfabParticipantFlags *flags, GDateTime *now)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("participant-updated");
  ConfabParticipantFlags old;
  ConfabParticipant *changed;

  confab_participant_get_flags (self->participant, &old);
  if (old.is_muted == flags->is_muted && old.is_deafened == flags->is_deafened &&
      old.is_on_hold == flags->is_on_hold && old.is_listen_only == flags->is_listen_only &&
      old.has_hand_raised == flags->has_hand_raised && old.is_recording == flags->is_recording)
    return;

  changed = confab_participant_with_flags (self->participant, flags, now);
  confab_participant_unref (self->participant);
  self->participant = changed;
  confab_message_take_object (message, "participant",
                              confab_participant_to_message (self->participant));
  confabd_room_broadcast (self->room, message, NULL);
  store_flags (self);
}

static gboolean
may_record (ConfabdSeat *self)
{
  return confab_recording_policy_allows (
      confab_call_get_recording_policy (confabd_room_get_call (self->room)),
      confab_participant_get_role (self->participant));
}

/**
 * confabd_seat_check_recording:
 * @self: a seat that is sat on
 * @wanted: what the participant wants to say about themself
 * @error: return location for a #GError
 *
 * Stopping is always allowed, and so is going on with what was begun: when it may not go on, it is
 * ended by confabd_seat_keep_to_recording_policy(). Fails with %CONFAB_ERROR_NOT_ALLOWED.
 *
 * Returns: whether they may
 */
gboolean
confabd_seat_check_recording (ConfabdSeat *self,
                              const ConfabParticipantFlags *wanted,
                              GError **error)
{
  ConfabCall *call = confabd_room_get_call (self->room);
  gboolean is_for_host = confab_call_get_recording_policy (call) == CONFAB_RECORDING_HOST;

  if (!wanted->is_recording || confab_participant_get_recording_since (self->participant) != NULL ||
      may_record (self))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                       is_for_host ? "Only the host may record this call"
                                   : "This call may not be recorded");
  return FALSE;
}

/**
 * confabd_seat_keep_to_recording_policy:
 * @self: a seat that is sat on, in a call that was changed
 * @now: the time
 *
 * A participant who records and may not any more does so no more, and everybody is told.
 */
void
confabd_seat_keep_to_recording_policy (ConfabdSeat *self, GDateTime *now)
{
  ConfabParticipantFlags flags;

  confab_participant_get_flags (self->participant, &flags);
  if (!flags.is_recording || may_record (self))
    return;
  flags.is_recording = FALSE;
  confabd_seat_change (self, &flags, now);
}

/**
 * confabd_seat_leave:
 * @self: a seat
 * @leg: the session whose seat it is
 * @reason: a static string: "left", "lost" or "too-slow"
 *
 * Leaves the room, tells the others and stores it. Leaving twice does nothing.
 *
 * Returns: whether the room is empty now
 */
gboolean
confabd_seat_leave (ConfabdSeat *self, ConfabdLeg *leg, const char *reason)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("participant-left");
  g_autoptr (ConfabdRoom) room = g_steal_pointer (&self->room);

  if (self->leave_reason == NULL)
    self->leave_reason = reason;
  if (room == NULL)
    return FALSE;

  confabd_room_remove (room, leg);
  confab_message_set_string (message, "participant", confab_participant_get_id (self->participant));
  confab_message_set_string (message, "reason", reason);
  confabd_room_broadcast (room, message, NULL);
  store_leave (self);
  return confabd_room_get_n_legs (room) == 0;
}

/**
 * confabd_seat_vanish:
 * @self: a seat
 * @stores: whether the store has to be told; of the end of a call it knows already
 *
 * For a room that is no more: the call is over, or the daemon goes. Nobody else is told.
 */
void
confabd_seat_vanish (ConfabdSeat *self, gboolean stores)
{
  g_autoptr (ConfabdRoom) room = g_steal_pointer (&self->room);

  if (self->leave_reason == NULL)
    self->leave_reason = "lost";
  if (room != NULL && stores)
    store_leave (self);
}
