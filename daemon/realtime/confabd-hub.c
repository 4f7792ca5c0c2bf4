/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-envelope.h"
#include "confabd-hub.h"

/*
 * All sessions of this daemon and the rooms they are in. One user may have several sessions, in
 * one call too: participants are sessions, never users.
 */
struct _ConfabdHub {
  GObject parent_instance;

  ConfabdHubParts parts; /* (owned) its members */
  GHashTable *legs;  /* (element-type ConfabdLeg gint64) (owned) with the end of its hello time */
  GHashTable *rooms; /* (element-type utf8 ConfabdRoom) (owned) by call id */
  GHashTable *n_by_user; /* (element-type utf8 guint) (owned) sessions of each user id */
  GQueue waiting;        /* (element-type Waiting) (owned) sessions without a hello, oldest first */
  guint deadline_id;     /* set while somebody waits */
  gboolean is_draining;
};

typedef struct {
  GWeakRef leg;
  gint64 due_mono_us;
} Waiting;

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabdHub, confabd_hub, G_TYPE_OBJECT)

static void
waiting_free (Waiting *waiting)
{
  g_weak_ref_clear (&waiting->leg);
  g_free (waiting);
}

static gboolean
on_deadline (gpointer user_data)
{
  ConfabdHub *self = CONFABD_HUB (user_data);

  confabd_hub_check_deadlines (self);
  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  self->deadline_id = 0;
  return G_SOURCE_REMOVE;
}

/* The time is the same for all, so the queue is in the order of its ends and one timer does. */
static void
expect_hello (ConfabdHub *self, ConfabdLeg *leg)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  g_weak_ref_init (&waiting->leg, leg);
  waiting->due_mono_us =
      confab_clock_get_mono_us (self->parts.clock) + CONFABD_HUB_HELLO_S * G_USEC_PER_SEC;
  g_queue_push_tail (&self->waiting, waiting);
  if (self->deadline_id == 0)
    self->deadline_id = g_timeout_add_seconds (1, on_deadline, self);
}

static void
on_call_ended (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  ConfabdHub *self = CONFABD_HUB (user_data);
  g_autoptr (ConfabdRoom) room = NULL;
  g_autofree char *id = NULL;

  if (!g_hash_table_steal_extended (self->rooms, confab_call_get_id (call), (gpointer *) &id,
                                    (gpointer *) &room))
    return;
  confabd_room_end (room, confab_call_get_end_reason (call));
}

static void
on_call_changed (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  ConfabdRoom *room = confabd_hub_get_room (CONFABD_HUB (user_data), confab_call_get_id (call));

  if (room != NULL)
    confabd_room_change_call (room, call);
}

static void
on_call_ending (ConfabdExpiry *expiry, const char *call_id, guint in_s, gpointer user_data)
{
  ConfabdHub *self = CONFABD_HUB (user_data);
  ConfabdRoom *room = confabd_hub_get_room (self, call_id);
  g_autoptr (ConfabMessage) message = confab_message_new ("call-ending");

  if (room == NULL)
    return;
  confab_message_set_string (message, "call", call_id);
  confab_message_set_integer (message, "in_s", in_s);
  confabd_room_broadcast (room, message, NULL);
}

static void
on_revoked (GObject *source, const char *id, gpointer user_data)
{
  confabd_hub_shut_out (CONFABD_HUB (user_data), id);
}

static void
confabd_hub_dispose (GObject *object)
{
  ConfabdHub *self = CONFABD_HUB (object);
  GHashTableIter iter;
  gpointer leg;

  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->legs);
  while (g_hash_table_iter_next (&iter, &leg, NULL))
    confabd_leg_abandon (leg);
  g_hash_table_remove_all (self->legs);
  g_hash_table_remove_all (self->rooms);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) waiting_free);

  G_OBJECT_CLASS (confabd_hub_parent_class)->dispose (object);
}

static void
confabd_hub_finalize (GObject *object)
{
  ConfabdHub *self = CONFABD_HUB (object);

  g_hash_table_unref (self->legs);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->n_by_user);
  g_clear_object (&self->parts.calls);
  g_clear_object (&self->parts.tickets);
  g_clear_object (&self->parts.sessions);
  g_clear_object (&self->parts.keys);
  g_clear_object (&self->parts.key_watch);
  g_clear_object (&self->parts.quality);
  g_clear_object (&self->parts.expiry);
  g_clear_object (&self->parts.clock);
  g_clear_object (&self->parts.turn);
  g_free ((char *) self->parts.base_url);

  G_OBJECT_CLASS (confabd_hub_parent_class)->finalize (object);
}

static void
confabd_hub_class_init (ConfabdHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_hub_dispose;
  object_class->finalize = confabd_hub_finalize;

  /**
   * ConfabdHub::changed:
   *
   * A session came or went.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confabd_hub_init (ConfabdHub *self)
{
  self->legs = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->n_by_user = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->waiting);
}

/**
 * confabd_hub_new:
 * @parts: what it works with
 *
 * Returns: (transfer full): a hub without sessions, of the main context it was made in
 */
ConfabdHub *
confabd_hub_new (const ConfabdHubParts *parts)
{
  ConfabdHub *self = g_object_new (CONFABD_TYPE_HUB, NULL);

  self->parts.calls = g_object_ref (parts->calls);
  self->parts.tickets = g_object_ref (parts->tickets);
  self->parts.quality = g_object_ref (parts->quality);
  self->parts.clock = g_object_ref (parts->clock);
  self->parts.turn = g_object_ref (parts->turn);
  self->parts.base_url = g_strdup (parts->base_url);
  self->parts.sockets_per_user = parts->sockets_per_user;
  if (parts->sessions != NULL) {
    self->parts.sessions = g_object_ref (parts->sessions);
    g_signal_connect_object (parts->sessions, "revoked", G_CALLBACK (on_revoked), self, 0);
  }
  if (parts->keys != NULL) {
    self->parts.keys = g_object_ref (parts->keys);
    g_signal_connect_object (parts->keys, "revoked", G_CALLBACK (on_revoked), self, 0);
  }
  if (parts->key_watch != NULL) {
    self->parts.key_watch = g_object_ref (parts->key_watch);
    g_signal_connect_object (parts->key_watch, "revoked", G_CALLBACK (on_revoked), self, 0);
  }
  g_signal_connect_object (self->parts.calls, "call-changed", G_CALLBACK (on_call_changed), self,
                           0);
  g_signal_connect_object (self->parts.calls, "call-ended", G_CALLBACK (on_call_ended), self, 0);
  if (parts->expiry != NULL) {
    self->parts.expiry = g_object_ref (parts->expiry);
    g_signal_connect_object (self->parts.expiry, "call-ending", G_CALLBACK (on_call_ending), self,
                             0);
  }
  return self;
}

/**
 * confabd_hub_set_sockets_per_user:
 * @self: the hub
 * @sockets_per_user: how many sessions one user may have at a time; those that are there stay
 */
void
confabd_hub_set_sockets_per_user (ConfabdHub *self, guint sockets_per_user)
{
  g_return_if_fail (CONFABD_IS_HUB (self));

  self->parts.sockets_per_user = sockets_per_user;
}

/**
 * confabd_hub_accept:
 * @self: a hub
 * @transport: a connection of a stranger
 *
 * Starts a session. It has %CONFABD_HUB_HELLO_S seconds to say who it is.
 *
 * Returns: (transfer none): the session; the hub keeps it until its transport is closed
 */
ConfabdLeg *
confabd_hub_accept (ConfabdHub *self, ConfabdTransport *transport)
{
  ConfabdLeg *leg = confabd_leg_new (self, transport);

  g_hash_table_add (self->legs, leg);
  if (self->is_draining) {
    g_autoptr (GError) error =
        g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_RESTARTING, "The server is restarting");

    confabd_leg_refuse (leg, error);
    return leg;
  }
  expect_hello (self, leg);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return leg;
}

/**
 * confabd_hub_drain:
 * @self: a hub
 *
 * Says `draining` to every session and closes it with 4503, as well as each that still comes.
 * Nobody is told that the others left: after the restart all will be back.
 */
void
confabd_hub_drain (ConfabdHub *self)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("draining");
  g_autoptr (GBytes) body = confabd_envelope_encode_body (message);
  g_autoptr (GList) legs = g_hash_table_get_keys (self->legs);

  self->is_draining = TRUE;
  g_hash_table_remove_all (self->rooms);
  for (GList *l = legs; l != NULL; l = l->next)
    confabd_leg_dismiss (l->data, body, CONFAB_ERROR_RESTARTING);
}

/**
 * confabd_hub_shut_out:
 * @self: a hub
 * @id: of a session or an API key that was revoked
 *
 * Closes with 4401 whatever is open in its name, and takes its tickets back.
 */
void
confabd_hub_shut_out (ConfabdHub *self, const char *id)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                                                  "You were signed out; sign in again");
  g_autoptr (GList) legs = g_hash_table_get_keys (self->legs);

  confabd_tickets_revoke (self->parts.tickets, id);
  for (GList *l = legs; l != NULL; l = l->next) {
    ConfabdPrincipal *principal = confabd_leg_get_principal (l->data);

    if (principal != NULL && g_strcmp0 (confabd_principal_get_id (principal), id) == 0)
      confabd_leg_refuse (l->data, error);
  }
}

/**
 * confabd_hub_check_deadlines:
 * @self: a hub
 *
 * Lets go of sessions whose time for `hello` is over. Called each second while there are any.
 */
void
confabd_hub_check_deadlines (ConfabdHub *self)
{
  gint64 now_mono_us = confab_clock_get_mono_us (self->parts.clock);
  Waiting *first;

  while ((first = g_queue_peek_head (&self->waiting)) != NULL) {
    g_autoptr (ConfabdLeg) leg = g_weak_ref_get (&first->leg);
    gboolean is_waiting = leg != NULL && confabd_leg_get_state (leg) == CONFABD_LEG_STATE_HELLO;

    if (is_waiting && first->due_mono_us > now_mono_us)
      return;
    if (is_waiting) {
      g_autoptr (GError) error =
          g_error_new (CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                       "“hello” did not come within %d seconds", CONFABD_HUB_HELLO_S);

      confabd_leg_refuse (leg, error);
    }
    waiting_free (g_queue_pop_head (&self->waiting));
  }
}

/**
 * confabd_hub_get_n_legs:
 * @self: a hub
 *
 * Returns: how many sessions there are, closing ones among them
 */
guint
confabd_hub_get_n_legs (ConfabdHub *self)
{
  return g_hash_table_size (self->legs);
}

/**
 * confabd_hub_get_parts:
 * @self: a hub
 *
 * Returns: (transfer none): what it works with
 */
const ConfabdHubParts *
confabd_hub_get_parts (ConfabdHub *self)
{
  return &self->parts;
}

static const char *
find_watched_key (ConfabdHub *self, ConfabdLeg *leg)
{
  return self->parts.key_watch != NULL
             ? confabd_principal_get_key_id (confabd_leg_get_principal (leg))
             : NULL;
}

/**
 * confabd_hub_register:
 * @self: a hub
 * @leg: a session that has just got a user
 * @error: return location for a #GError
 *
 * Counts the session for its user, and has its API key watched. Fails with %CONFAB_ERROR_TOO_MANY.
 *
 * Returns: whether the user may have one more
 */
gboolean
confabd_hub_register (ConfabdHub *self, ConfabdLeg *leg, GError **error)
{
  const char *user_id = confab_user_get_id (confabd_leg_get_user (leg));
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_user, user_id));
  const char *key_id = find_watched_key (self, leg);

  if (key_id != NULL)
    confabd_key_watch_add (self->parts.key_watch, key_id);
  g_hash_table_insert (self->n_by_user, g_strdup (user_id), GUINT_TO_POINTER (n + 1));
  if (n < self->parts.sockets_per_user)
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY, "You have %u connections already", n);
  return FALSE;
}

static void
uncount (ConfabdHub *self, ConfabdLeg *leg)
{
  const char *user_id = confab_user_get_id (confabd_leg_get_user (leg));
  const char *key_id = find_watched_key (self, leg);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_user, user_id));

  if (key_id != NULL)
    confabd_key_watch_remove (self->parts.key_watch, key_id);
  if (n <= 1)
    g_hash_table_remove (self->n_by_user, user_id);
  else
    g_hash_table_insert (self->n_by_user, g_strdup (user_id), GUINT_TO_POINTER (n - 1));
}

/**
 * confabd_hub_forget:
 * @self: a hub
 * @leg: a session whose transport is closed
 */
void
confabd_hub_forget (ConfabdHub *self, ConfabdLeg *leg)
{
  if (confabd_leg_get_user (leg) != NULL)
    uncount (self, leg);
  g_hash_table_remove (self->legs, leg);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * confabd_hub_get_room:
 * @self: a hub
 * @call_id: id of a call
 *
 * Returns: (transfer none) (nullable): its room, if somebody is there
 */
ConfabdRoom *
confabd_hub_get_room (ConfabdHub *self, const char *call_id)
{
  return g_hash_table_lookup (self->rooms, call_id);
}

/**
 * confabd_hub_open_room:
 * @self: a hub
 * @call: a call as it is now
 *
 * Returns: (transfer none): its room, a new one if nobody was there
 */
ConfabdRoom *
confabd_hub_open_room (ConfabdHub *self, ConfabCall *call)
{
  ConfabdRoom *room = confabd_hub_get_room (self, confab_call_get_id (call));

  if (room != NULL) {
    confabd_room_set_call (room, call);
    return room;
  }
  room = confabd_room_new (call);
  g_hash_table_insert (self->rooms, g_strdup (confab_call_get_id (call)), room);
  return room;
}

/**
 * confabd_hub_close_room:
 * @self: a hub
 * @call_id: id of a call in which nobody is any more
 */
void
confabd_hub_close_room (ConfabdHub *self, const char *call_id)
{
  g_hash_table_remove (self->rooms, call_id);
}
