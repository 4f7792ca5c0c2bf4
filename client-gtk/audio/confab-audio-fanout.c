/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-fanout.h"

struct _ConfabAudioFanout {
  GMutex lock;
  GPtrArray *outlets; /* (owned) (element-type ConfabAudioOutlet) guarded by lock */
};

ConfabAudioFanout *
confab_audio_fanout_new (void)
{
  ConfabAudioFanout *self = g_new0 (ConfabAudioFanout, 1);

  g_mutex_init (&self->lock);
  self->outlets = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_audio_outlet_unref);
  return self;
}

void
confab_audio_fanout_free (ConfabAudioFanout *self)
{
  g_ptr_array_unref (self->outlets);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
confab_audio_fanout_add (ConfabAudioFanout *self, ConfabAudioOutlet *outlet)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->outlets, confab_audio_outlet_ref (outlet));
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_fanout_remove:
 * @self: the fan-out
 * @outlet: of a peer, whether it is in or not
 *
 * Once this returns no frame is on its way to @outlet.
 */
void
confab_audio_fanout_remove (ConfabAudioFanout *self, ConfabAudioOutlet *outlet)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->outlets, outlet);
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

  for (guint i = 0; i < self->outlets->len; i++)
    if (confab_audio_outlet_is_awaiting (g_ptr_array_index (self->outlets, i)))
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
  for (guint i = 0; i < self->outlets->len; i++)
    confab_audio_outlet_push (g_ptr_array_index (self->outlets, i), frame);
  g_mutex_unlock (&self->lock);
}
