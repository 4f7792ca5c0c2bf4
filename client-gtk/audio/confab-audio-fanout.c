/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-fanout.h"

struct _ConfabAudioFanout {
  GMutex lock;
  GPtrArray *peers; /* (owned) (element-type ConfabAudioPeer) guarded by lock */
};

static void
unref_peer (gpointer peer)
{
  confab_audio_peer_unref (peer);
}

ConfabAudioFanout *
confab_audio_fanout_new (void)
{
  ConfabAudioFanout *self = g_new0 (ConfabAudioFanout, 1);

  g_mutex_init (&self->lock);
  self->peers = g_ptr_array_new_with_free_func (unref_peer);
  return self;
}

void
confab_audio_fanout_free (ConfabAudioFanout *self)
{
  g_ptr_array_unref (self->peers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
confab_audio_fanout_add (ConfabAudioFanout *self, ConfabAudioPeer *peer)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->peers, confab_audio_peer_ref (peer));
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_fanout_remove:
 * @self: the fan-out
 * @peer: a peer, whether it is in or not
 *
 * Once this returns no frame is on its way to @peer.
 */
void
confab_audio_fanout_remove (ConfabAudioFanout *self, ConfabAudioPeer *peer)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->peers, peer);
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_fanout_is_awaited:
 * @self: the fan-out
 *
 * Returns: whether a peer is so new that it wants frames even of silence
 */
gboolean
confab_audio_fanout_is_awaited (ConfabAudioFanout *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < self->peers->len; i++)
    if (confab_audio_peer_is_awaiting (g_ptr_array_index (self->peers, i)))
      return TRUE;
  return FALSE;
}

/**
 * confab_audio_fanout_push:
 * @self: the fan-out
 * @frame: (transfer none): one Opus frame
 *
 * Gives every peer the same frame. Called by the capture's thread; never waits for a peer.
 */
void
confab_audio_fanout_push (ConfabAudioFanout *self, GstBuffer *frame)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->peers->len; i++)
    confab_audio_peer_push (g_ptr_array_index (self->peers, i), frame);
  g_mutex_unlock (&self->lock);
}
