/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-reference"

#include "confab-audio-reference.h"

#include <string.h>

#define TICK         CONFAB_AUDIO_TICK_SAMPLES
#define RING_SAMPLES 65536                               /* a power of two: 1.4 s */
#define MAX_LEAD     (500 * CONFAB_AUDIO_SAMPLES_PER_MS) /* the reader stood still: begin anew */

struct _ConfabAudioReference {
  GMutex lock; /* held for copying a tick */
  gint16 ring[RING_SAMPLES];
  guint64 written; /* samples so far */
  guint64 read;    /* where the reader's present tick ends */
  gboolean is_present;
};

/**
 * confab_audio_reference_write:
 * @samples: (array length=n_samples): 48 kHz mono, as it goes to the speaker
 * @n_samples: at most 20 ms
 *
 * The playing thread.
 */
void
confab_audio_reference_write (ConfabAudioReference *self, const gint16 *samples, guint n_samples)
{
  guint start = (guint) (self->written % RING_SAMPLES);
  guint first = MIN (n_samples, RING_SAMPLES - start);
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES);
  locker = g_mutex_locker_new (&self->lock);
  memcpy (self->ring + start, samples, first * sizeof (gint16));
  memcpy (self->ring, samples + first, (n_samples - first) * sizeof (gint16));
  self->written += n_samples;
}

/**
 * confab_audio_reference_advance:
 *
 * Goes on by one tick, together with what is heard. Both count samples, so the same place in what
 * is played stays beside the same place in what is heard. A place that is not written yet is waited
 * for with a tick of silence, which moves the two against each other for good: after a few ticks
 * there is as much of a lead as the two threads need. What is played now is heard later, so the
 * newest is never needed.
 *
 * The hearing thread.
 *
 * Returns: whether there is something; else there is silence
 */
gboolean
confab_audio_reference_advance (ConfabAudioReference *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->is_present = self->written >= self->read + TICK;
  if (!self->is_present)
    return FALSE;
  self->read += TICK;
  if (self->written - self->read > MAX_LEAD)
    self->read = self->written;
  return TRUE;
}

/**
 * confab_audio_reference_read:
 * @behind: how many samples before the present, at most %CONFAB_AUDIO_REFERENCE_MAX_BEHIND
 * @tick: (array fixed-size=480) (out caller-allocates):
 *
 * The hearing thread.
 */
void
confab_audio_reference_read (ConfabAudioReference *self, guint behind, gint16 *tick)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_return_if_fail (behind <= CONFAB_AUDIO_REFERENCE_MAX_BEHIND);
  memset (tick, 0, TICK * sizeof (gint16));
  if (!self->is_present)
    return;
  for (guint i = 0; i < TICK; i++)
    if (self->read >= TICK + behind - i)
      tick[i] = self->ring[(self->read - TICK - behind + i) % RING_SAMPLES];
}

ConfabAudioReference *
confab_audio_reference_new (void)
{
  ConfabAudioReference *self = g_new0 (ConfabAudioReference, 1);

  g_mutex_init (&self->lock);
  return self;
}

void
confab_audio_reference_free (ConfabAudioReference *self)
{
  g_mutex_clear (&self->lock);
  g_free (self);
}
