/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-mute-watch"

#include "confab-audio-mute-watch.h"

#include <math.h>

#define BLOCK_SAMPLES    CONFAB_AUDIO_TICK_SAMPLES
#define BLOCK_MS         10
#define MIN_SPEECH_DBOV  (-45.0) /* as ConfabAudioLevel's */
#define ABOVE_FLOOR_DB   12.0    /* a fan that is louder than that is still no speech */
#define FLOOR_RISE_DB    0.05    /* a block: 5 dB a second, so that a vowel does not become noise */
#define FLOOR_MIN_DBOV   (-65.0) /* digital silence says nothing about the room */
#define HANG_OVER_BLOCKS 20      /* 200 ms: speech has gaps; a click alone is 210 ms long by this */
#define FORGET           2       /* silence takes away as much as half the time of speech gave */

static double
energy_to_dbov (double mean_square)
{
  return mean_square > 0 ? 10 * log10 (mean_square) : -127;
}

/* The quietest of late: down at once, up slowly. */
static void
follow_floor (ConfabAudioMuteWatch *self, double dbov)
{
  self->floor_dbov =
      dbov < self->floor_dbov ? MAX (dbov, FLOOR_MIN_DBOV) : self->floor_dbov + FLOOR_RISE_DB;
}

static void
end_block (ConfabAudioMuteWatch *self)
{
  double dbov = energy_to_dbov (self->block_energy / BLOCK_SAMPLES);

  if (dbov > MAX (MIN_SPEECH_DBOV, self->floor_dbov + ABOVE_FLOOR_DB))
    self->hang_over_blocks = HANG_OVER_BLOCKS + 1;
  follow_floor (self, dbov);
  if (self->hang_over_blocks > 0) {
    self->hang_over_blocks--;
    self->speech_ms += BLOCK_MS;
  } else {
    self->speech_ms = MAX (0, self->speech_ms - BLOCK_MS / FORGET);
  }
  self->block_energy = 0;
  self->block_samples = 0;
}

/**
 * confab_audio_mute_watch_init:
 *
 * Begins in silence, with nothing noticed.
 */
void
confab_audio_mute_watch_init (ConfabAudioMuteWatch *self)
{
  *self = (ConfabAudioMuteWatch){ .floor_dbov = 0 };
}

/**
 * confab_audio_mute_watch_feed:
 * @samples: (array length=n_samples): what the microphone hears, 48 kHz mono
 * @n_samples: how many
 * @is_muted: whether nobody else hears it
 *
 * Listens while muted. The samples are the only clock. One thread.
 *
 * Returns: %TRUE once a mute: somebody has been speaking for %CONFAB_AUDIO_MUTE_WATCH_SPEECH_MS,
 * short pauses included
 */
gboolean
confab_audio_mute_watch_feed (ConfabAudioMuteWatch *self,
                              const gint16 *samples,
                              guint n_samples,
                              gboolean is_muted)
{
  if (!is_muted) {
    self->speech_ms = 0;
    self->hang_over_blocks = 0;
    self->is_said = FALSE;
  }
  for (guint i = 0; i < n_samples; i++) {
    double sample = samples[i] / 32768.0;

    self->block_energy += sample * sample;
    if (++self->block_samples == BLOCK_SAMPLES)
      end_block (self);
  }
  if (!is_muted || self->is_said || self->speech_ms < CONFAB_AUDIO_MUTE_WATCH_SPEECH_MS)
    return FALSE;
  self->is_said = TRUE;
  return TRUE;
}
