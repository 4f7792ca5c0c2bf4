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
