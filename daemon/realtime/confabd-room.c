/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-room"

#include "config.h"

#include "confab-error.h"
#include "confab-wire-model.h"
#include "confabd-envelope.h"
#include "confabd-room.h"

/*
 * Who is present in one call, on this daemon, right now. The store knows who ever was.
 */
struct _ConfabdRoom {
  GObject parent_instance;

  ConfabCall *call;  /* (owned) */
  GPtrArray *legs;   /* (element-type ConfabdLeg) (owned) in the order in which they joined */
  GHashTable *by_id; /* (element-type utf8 ConfabdLeg) (owned) (unowned elements) of legs */
};

G_DEFINE_FINAL_TYPE (ConfabdRoom, confabd_room, G_TYPE_OBJECT)

static const char *
id_of (ConfabdLeg *leg)
{
  return confab_participant_get_id (confabd_leg_get_participant (leg));
}

static void
confabd_room_finalize (GObject *object)
{
  ConfabdRoom *self = CONFABD_ROOM (object);

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->legs);
  confab_call_unref (self->call);

  G_OBJECT_CLASS (confabd_room_parent_class)->finalize (object);
}

static void
confabd_room_class_init (ConfabdRoomClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_room_finalize;
}

static void
confabd_room_init (ConfabdRoom *self)
{
  self->legs = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * confabd_room_new:
 * @call: the call
 *
 * Returns: (transfer full): an empty room
 */
ConfabdRoom *
confabd_room_new (ConfabCall *call)
{
  ConfabdRoom *self = g_object_new (CONFABD_TYPE_ROOM, NULL);

  self->call = confab_call_ref (call);
  return self;
}

/**
 * confabd_room_get_call:
 * @self: a room
 *
 * Returns: (transfer none): the call as it was last seen
 */
ConfabCall *
confabd_room_get_call (ConfabdRoom *self)
{
  return self->call;
}

/**
 * confabd_room_set_call:
 * @self: a room
 * @call: the same call, as it is now
 */
void
confabd_room_set_call (ConfabdRoom *self, ConfabCall *call)
{
  confab_call_ref (call);
  confab_call_unref (self->call);
  self->call = call;
}

/**
 * confabd_room_get_n_legs:
 * @self: a room
 *
 * Returns: how many sessions are in the call
 */
guint
confabd_room_get_n_legs (ConfabdRoom *self)
{
  return self->legs->len;
}

/**
 * confabd_room_dup_roster:
 * @self: a room
 *
 * Returns: (transfer full) (element-type ConfabParticipant): those present, in the order in which
 * they joined
 */
GPtrArray *
confabd_room_dup_roster (ConfabdRoom *self)
{
  GPtrArray *roster =
      g_ptr_array_new_full (self->legs->len + 1, (GDestroyNotify) confab_participant_unref);

  for (guint i = 0; i < self->legs->len; i++)
    g_ptr_array_add (roster,
                     confab_participant_ref (confabd_leg_get_participant (self->legs->pdata[i])));
  return roster;
}

/**
 * confabd_room_get_leg:
 * @self: a room
 * @participant_id: an id
 *
 * Returns: (transfer none) (nullable): the session of that participant, if present in this call
 */
ConfabdLeg *
confabd_room_get_leg (ConfabdRoom *self, const char *participant_id)
{
  return g_hash_table_lookup (self->by_id, participant_id);
}

/**
 * confabd_room_add:
 * @self: a room
 * @leg: a session with a participant that is not present yet
 *
 * Lets a session in and tells everybody else.
 */
void
confabd_room_add (ConfabdRoom *self, ConfabdLeg *leg)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("participant-joined");

  confab_message_take_object (message, "participant",
                              confab_participant_to_message (confabd_leg_get_participant (leg)));
  confabd_room_broadcast (self, message, NULL);
  g_ptr_array_add (self->legs, g_object_ref (leg));
  g_hash_table_insert (self->by_id, g_strdup (id_of (leg)), leg);
}

/**
 * confabd_room_remove:
 * @self: a room
 * @leg: a session that is present
 *
 * Lets a session out, quietly.
 */
void
confabd_room_remove (ConfabdRoom *self, ConfabdLeg *leg)
{
  g_hash_table_remove (self->by_id, id_of (leg));
  g_ptr_array_remove (self->legs, leg);
}

/**
 * confabd_room_broadcast:
 * @self: a room
 * @message: what all shall know
 * @except: (nullable): a session that need not
 *
 * Encodes @message once; each receiver gets a head of its own before the shared body.
 */
void
confabd_room_broadcast (ConfabdRoom *self, ConfabMessage *message, ConfabdLeg *except)
{
  g_autoptr (GBytes) body = confabd_envelope_encode_body (message);

  for (guint i = 0; i < self->legs->len; i++) {
    ConfabdLeg *leg = self->legs->pdata[i];

    if (leg != except)
      confabd_leg_send (leg, NULL, body);
  }
}

/**
 * confabd_room_change_call:
 * @self: a room
 * @call: the same call, as one of its moderators has just made it
 *
 * Tells everybody, and ends what may not be recorded any more.
 */
void
confabd_room_change_call (ConfabdRoom *self, ConfabCall *call)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("call-updated");
  g_autoptr (GPtrArray) legs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->legs->len; i++) /* one that is too slow to be told leaves */
    g_ptr_array_add (legs, g_object_ref (self->legs->pdata[i]));
  confabd_room_set_call (self, call);
  confab_message_take_object (message, "call", confab_call_to_message (call));
  confabd_room_broadcast (self, message, NULL);
  for (guint i = 0; i < legs->len; i++)
    confabd_leg_keep_to_recording_policy (legs->pdata[i]);
}

/**
 * confabd_room_end:
 * @self: a room
 * @reason: (nullable): why the call is over, as in its `end_reason`
 *
 * Tells everybody that the call is over, closes their sessions with 4410 and is empty.
 */
void
confabd_room_end (ConfabdRoom *self, const char *reason)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("call-ended");
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GPtrArray) legs = self->legs;

  confab_message_set_string (message, "call", confab_call_get_id (self->call));
  confab_message_set_string (message, "reason", reason != NULL ? reason : "ended");
  body = confabd_envelope_encode_body (message);

  self->legs = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_remove_all (self->by_id);
  for (guint i = 0; i < legs->len; i++)
    confabd_leg_dismiss (legs->pdata[i], body, CONFAB_ERROR_CALL_OVER);
}
