/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"
#include "confab-audio-level.h"
#include "confab-audio-member.h"

static ConfabAudioMember *
find_member (ConfabAudioEngine *self, const char *peer_id)
{
  return g_hash_table_lookup (confab_audio_engine_get_members (self), peer_id);
}

void
confab_audio_engine_for_each_member (ConfabAudioEngine *self, void (*func) (ConfabAudioMember *))
{
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_audio_member_unref);
  GHashTableIter iter;
  gpointer member = NULL;

  g_hash_table_iter_init (&iter, confab_audio_engine_get_members (self));
  while (g_hash_table_iter_next (&iter, NULL, &member))
    g_ptr_array_add (members, confab_audio_member_ref (member));
  for (guint i = 0; i < members->len; i++)
    func (g_ptr_array_index (members, i));
}

/* ---- what becomes of them ---- */

static void
on_send (const char *to, ConfabSignal *signal, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "send-signal", to, signal);
}

static void
on_state (const char *id, const char *state, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "peer-state", id, state);
}

static void
on_failed (const char *id, const GError *error, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "peer-failed", id, error);
}

static void
on_first_audio (const char *id, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "first-audio", id);
}

static void
on_safety_code (const char *id, const char *code, gboolean has_changed, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "safety-code", id, code, has_changed);
}

static const ConfabAudioMemberEvents events = { on_send, on_state, on_failed, on_first_audio,
                                                on_safety_code };

/* ---- coming and going ---- */

/**
 * confab_audio_engine_add_peer:
 * @self: a started engine
 * @peer_id: of a participant
 * @we_offer: whether our participant id is the smaller one; the other side must say the opposite
 *
 * Begins to connect to a participant, and keeps at it until they are removed.
 */
void
confab_audio_engine_add_peer (ConfabAudioEngine *self, const char *peer_id, gboolean we_offer)
{
  ConfabAudioMember *member = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  g_return_if_fail (confab_audio_engine_is_running (self));
  g_return_if_fail (find_member (self, peer_id) == NULL);
  member = confab_audio_member_new (confab_audio_engine_get_parts (self), peer_id, we_offer,
                                    &events, self);
  g_hash_table_insert (confab_audio_engine_get_members (self), g_strdup (peer_id), member);
  confab_audio_member_start (member);
}

/**
 * confab_audio_engine_remove_peer:
 * @self: the engine
 * @peer_id: of a participant, known or not
 *
 * Ends the connection to a participant; nobody else hears anything of it.
 */
void
confab_audio_engine_remove_peer (ConfabAudioEngine *self, const char *peer_id)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  g_hash_table_remove (confab_audio_engine_get_members (self), peer_id);
}

/**
 * confab_audio_engine_take_signal:
 * @self: the engine
 * @from: the participant that sent it; unknown ones are ignored
 * @signal: (transfer none): the negotiation, unchecked
 */
void
confab_audio_engine_take_signal (ConfabAudioEngine *self, const char *from, ConfabSignal *signal)
{
  ConfabAudioMember *member = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  member = find_member (self, from);
  if (member == NULL)
    return;
  confab_audio_member_take_signal (member, signal);
  confab_audio_engine_adapt (self); /* its first packet is one that it takes */
}

/* ---- how they are ---- */

void
confab_audio_engine_set_peer_volume (ConfabAudioEngine *self, const char *peer_id, double volume)
{
  ConfabAudioMember *member = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  member = find_member (self, peer_id);
  if (member != NULL)
    confab_audio_generations_set_volume (confab_audio_member_get_generations (member), volume);
}

double
confab_audio_engine_get_peer_volume (ConfabAudioEngine *self, const char *peer_id)
{
  ConfabAudioMember *member = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), 1);
  member = find_member (self, peer_id);
  if (member == NULL)
    return 1;
  return confab_audio_generations_get_volume (confab_audio_member_get_generations (member));
}

/**
 * confab_audio_engine_get_peer_level:
 * @self: the engine
 * @peer_id: of a participant, known or not
 * @is_speaking: (out) (optional): whether that is speech, with a hang-over
 *
 * Returns: the level of what the participant sends, before our volume, -127..0 dBov
 */
double
confab_audio_engine_get_peer_level (ConfabAudioEngine *self,
                                    const char *peer_id,
                                    gboolean *is_speaking)
{
  ConfabAudioMember *member = NULL;
  ConfabAudioPeer *current = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), CONFAB_AUDIO_LEVEL_MIN_DBOV);
  member = find_member (self, peer_id);
  if (member != NULL)
    current = confab_audio_generations_get_current (confab_audio_member_get_generations (member));
  if (current != NULL)
    return confab_audio_vitals_get_level (confab_audio_peer_get_vitals (current), is_speaking);
  if (is_speaking != NULL)
    *is_speaking = FALSE;
  return CONFAB_AUDIO_LEVEL_MIN_DBOV;
}

/**
 * confab_audio_engine_get_peer_stats:
 * @self: the engine
 * @peer_id: of a participant, known or not
 * @stats: (out caller-allocates): of the connection that is heard, else of the one being built
 *
 * Returns: whether there is a connection
 */
gboolean
confab_audio_engine_get_peer_stats (ConfabAudioEngine *self,
                                    const char *peer_id,
                                    ConfabAudioPeerStats *stats)
{
  ConfabAudioMember *member = NULL;
  ConfabAudioPeer *peer = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  member = find_member (self, peer_id);
  if (member != NULL)
    peer = confab_audio_generations_get_best (confab_audio_member_get_generations (member));
  if (peer != NULL)
    confab_audio_vitals_get_stats (confab_audio_peer_get_vitals (peer), stats);
  return peer != NULL;
}

/**
 * confab_audio_engine_get_safety_code:
 * @self: the engine
 * @peer_id: of a participant, known or not
 *
 * Returns: (nullable): what both compare, for confab_audio_safety_code_describe (); %NULL: none yet
 */
const char *
confab_audio_engine_get_safety_code (ConfabAudioEngine *self, const char *peer_id)
{
  ConfabAudioMember *member = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), NULL);
  member = find_member (self, peer_id);
  return member != NULL ? confab_audio_member_get_safety_code (member) : NULL;
}
