/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-roster"

#include "config.h"

#include "confab-roster.h"

/**
 * ConfabRoster:
 *
 * The list of a call as the peers of an engine: who is on the list gets a peer, and of two
 * participants the one with the smaller id offers. Signals go to and fro between them, and what the
 * engine hears of a peer, its level and its connection, becomes the participant's.
 *
 * Belongs to the main context of the engine.
 */
struct _ConfabRoster {
  GObject parent_instance;

  ConfabLiveCall *call;      /* (owned) */
  ConfabAudioEngine *engine; /* (owned) */
  GHashTable *peers; /* (element-type utf8 gint64) (owned) id to the time it was added, monotonic */
};

G_DEFINE_FINAL_TYPE (ConfabRoster, confab_roster, G_TYPE_OBJECT)

/* --- the list becomes peers --- */

static void
add_peer (ConfabRoster *self, ConfabLiveParticipant *participant)
{
  const char *id = confab_live_participant_get_id (participant);
  const char *self_id = confab_live_call_get_self_id (self->call);
  gint64 *added_mono_us = NULL;

  if (g_hash_table_contains (self->peers, id))
    return;
  added_mono_us = g_new (gint64, 1);
  *added_mono_us = g_get_monotonic_time ();
  g_hash_table_insert (self->peers, g_strdup (id), added_mono_us);
  confab_audio_engine_set_recording_name (self->engine, id,
                                          confab_live_participant_get_display_name (participant));
  confab_audio_engine_add_peer (self->engine, id, g_strcmp0 (self_id, id) < 0);
}

/* We have no peer of our own, only a name in what is recorded. */
static void
add (ConfabRoster *self, ConfabLiveParticipant *participant)
{
  if (confab_live_participant_get_is_self (participant))
    confab_audio_engine_set_recording_name (self->engine, NULL,
                                            confab_live_participant_get_display_name (participant));
  else
    add_peer (self, participant);
}

static void
remove_all (ConfabRoster *self)
{
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (self->peers, NULL);

  for (guint i = 0; ids[i] != NULL; i++)
    confab_audio_engine_remove_peer (self->engine, ids[i]);
  g_hash_table_remove_all (self->peers);
}

/* After an outage everybody is another participant, so every peer of before is void. */
static void
on_joined (ConfabLiveCall *call, ConfabRoster *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));

  remove_all (self);
  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (G_LIST_MODEL (call), i);

    add (self, participant);
  }
}

static void
on_participant_joined (ConfabLiveCall *call, ConfabLiveParticipant *participant, ConfabRoster *self)
{
  add (self, participant);
}

static void
on_participant_left (ConfabLiveCall *call, ConfabLiveParticipant *participant, ConfabRoster *self)
{
  const char *id = confab_live_participant_get_id (participant);

  if (g_hash_table_remove (self->peers, id))
    confab_audio_engine_remove_peer (self->engine, id);
}

/* --- they signal to each other --- */

static void
on_signal (ConfabLiveCall *call, const char *from, ConfabSignal *signal, ConfabRoster *self)
{
  if (g_hash_table_contains (self->peers, from))
    confab_audio_engine_take_signal (self->engine, from, signal);
}

static void
on_send_signal (ConfabAudioEngine *engine, const char *to, ConfabSignal *signal, ConfabRoster *self)
{
  confab_live_call_send_signal (self->call, to, signal);
}

/* --- what the engine hears becomes the participants' --- */

static void
on_peer_state (ConfabAudioEngine *engine,
               const char *peer_id,
               const char *state,
               ConfabRoster *self)
{
  ConfabLiveParticipant *participant = confab_live_call_find (self->call, peer_id);

  if (participant != NULL)
    confab_live_participant_set_connection (participant, state);
}

static void
on_levels (ConfabAudioEngine *engine, ConfabRoster *self)
{
  GListModel *list = G_LIST_MODEL (self->call);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (list, i);
    gboolean is_speaking = FALSE;
    double level_dbov = 0;

    if (confab_live_participant_get_is_self (participant))
      level_dbov = confab_audio_engine_get_input_level (engine, &is_speaking);
    else
      level_dbov = confab_audio_engine_get_peer_level (
          engine, confab_live_participant_get_id (participant), &is_speaking);
    confab_live_participant_set_level (participant, level_dbov, is_speaking);
  }
}

static void
confab_roster_dispose (GObject *object)
{
  ConfabRoster *self = CONFAB_ROSTER (object);

  if (self->engine != NULL)
    confab_roster_close (self);
  g_clear_object (&self->engine);
  g_clear_object (&self->call);

  G_OBJECT_CLASS (confab_roster_parent_class)->dispose (object);
}

static void
confab_roster_finalize (GObject *object)
{
  g_hash_table_unref (CONFAB_ROSTER (object)->peers);

  G_OBJECT_CLASS (confab_roster_parent_class)->finalize (object);
}

static void
confab_roster_class_init (ConfabRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_roster_dispose;
  object_class->finalize = confab_roster_finalize;
}

static void
confab_roster_init (ConfabRoster *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * confab_roster_new:
 * @call: whose list it is; not joined yet
 * @engine: what gets the peers
 *
 * Returns: (transfer full): a roster that follows the list from #ConfabLiveCall::joined on
 */
ConfabRoster *
confab_roster_new (ConfabLiveCall *call, ConfabAudioEngine *engine)
{
  ConfabRoster *self = NULL;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (call), NULL);
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_TYPE_ROSTER, NULL);
  self->call = g_object_ref (call);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (call, "joined", G_CALLBACK (on_joined), self, 0);
  g_signal_connect_object (call, "participant-joined", G_CALLBACK (on_participant_joined), self, 0);
  g_signal_connect_object (call, "participant-left", G_CALLBACK (on_participant_left), self, 0);
  g_signal_connect_object (call, "signal", G_CALLBACK (on_signal), self, 0);
  g_signal_connect_object (engine, "send-signal", G_CALLBACK (on_send_signal), self, 0);
  g_signal_connect_object (engine, "peer-state", G_CALLBACK (on_peer_state), self, 0);
  g_signal_connect_object (engine, "levels", G_CALLBACK (on_levels), self, 0);
  return self;
}

/**
 * confab_roster_get_added_mono_us:
 * @self: the roster
 * @participant_id: of whom
 *
 * Returns: since when both of us are in the call, monotonic, in microseconds; -1 for somebody who
 * has no peer
 */
gint64
confab_roster_get_added_mono_us (ConfabRoster *self, const char *participant_id)
{
  const gint64 *added_mono_us = NULL;

  g_return_val_if_fail (CONFAB_IS_ROSTER (self), -1);

  added_mono_us = g_hash_table_lookup (self->peers, participant_id);
  return added_mono_us != NULL ? *added_mono_us : -1;
}

/**
 * confab_roster_close:
 * @self: the roster
 *
 * The stay is over: nothing goes to and fro any more, and every peer is removed. Does nothing when
 * that has happened.
 */
void
confab_roster_close (ConfabRoster *self)
{
  g_return_if_fail (CONFAB_IS_ROSTER (self));

  g_signal_handlers_disconnect_by_data (self->engine, self);
  g_signal_handlers_disconnect_by_data (self->call, self);
  remove_all (self);
}
