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
  guint64 read;    /* where the next tick begins */
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
 * confab_audio_reference_read:
 * @tick: (array fixed-size=480) (out caller-allocates):
 *
 * Takes the tick that belongs to the next one that is heard. Both threads count samples, so the
 * same place in what is played stays beside the same place in what is heard. A place that is not
 * written yet is waited for with a tick of silence, which moves the two against each other for
 * good.
 *
 * The hearing thread.
 *
 * Returns: whether there is something; else there is silence
 */
gboolean
confab_audio_reference_read (ConfabAudioReference *self, gint16 *tick)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  memset (tick, 0, TICK * sizeof (gint16));
  if (self->written < self->read + TICK)
    return FALSE;
  for (guint i = 0; i < TICK; i++)
    tick[i] = self->ring[(self->read + i) % RING_SAMPLES];
  self->read += TICK;
  if (self->written - self->read > MAX_LEAD)
    self->read = self->written;
  return TRUE;
}

/**
 * confab_audio_reference_restart:
 *
 * What is heard next is heard now: what is being played just then belongs to it, or what was a
 * little before.
 *
 * The hearing thread.
 */
void
confab_audio_reference_restart (ConfabAudioReference *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->read = self->written;
}

/**
 * confab_audio_reference_move:
 * @samples: more than 0: what is played is taken so much earlier; less: later. As far as there is
 *   something
 *
 * The hearing thread.
 */
void
confab_audio_reference_move (ConfabAudioReference *self, int samples)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint64 oldest = self->written > MAX_LEAD ? self->written - MAX_LEAD : 0;

  if (samples < 0 && self->read < (guint64) -samples)
    self->read = oldest;
  else
    self->read = CLAMP (self->read + (guint64) samples, oldest, self->written);
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
