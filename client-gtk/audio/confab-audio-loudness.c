/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-loudness"

#include "confab-audio-loudness.h"

#include <ebur128.h>
#include <math.h>

#include "confab-audio-activity.h"

#define HOP_SAMPLES                                                             \
  (100 * CONFAB_AUDIO_SAMPLES_PER_MS) /* BS.1770: blocks of 400 ms, 75 % shared \
                                       */
#define GATE_LU       10.0 /* BS.1770: softer blocks than that below the mean are no speech */
#define QUIETEST_LUFS -60.0
#define FIRST_BLOCKS  3  /* before that one knows too little to touch anything */
#define PATIENCE      20 /* 2 s of speech */
#define MEMORY_BLOCKS 80 /* 8 s of speech: somebody leans back, and it follows */
#define MAX_DB        24.0
#define MIN_DB        -24.0
#define RISE_DB       0.08 /* in 10 ms, so that 24 dB are there after 3 s of speech ... */
#define FALL_DB       0.2  /* ... and somebody who hurts does not do so for long */
#define LIFT_RISE_DB  6.0  /* in 10 ms: what is lifted is lifted from the first syllable on */
#define LIFT_FALL_DB  0.5  /* and put down within half a second of the pause */
#define LIFT_HOLD     30   /* blocks of 10 ms */

struct _ConfabAudioLoudness {
  ebur128_state *meter; /* (owned) */
  ConfabAudioActivity activity;
  guint hop_samples;    /* since the last measured block */
  guint speech_samples; /* ... of them while somebody spoke */
  guint n_below;        /* blocks in a row that the gate left out */
  guint n_blocks;       /* of speech, at most MEMORY_BLOCKS */
  double mean;          /* their power */
  double wanted_db;     /* what leads to the target */
  double gain_db;       /* on its slow way there */
  double lift_db;       /* as it is applied: what amplifies holds back in pauses */
  guint lift_hold;
};

static double
to_power (double lufs)
{
  return pow (10, lufs / 10);
}

/* Softer blocks are the ends of words; but when nothing else comes for long, the talker is softer.
 */
static gboolean
is_below_gate (ConfabAudioLoudness *self, double lufs)
{
  gboolean is_below = self->n_blocks > 0 && to_power (lufs) < self->mean * to_power (-GATE_LU);

  self->n_below = is_below ? self->n_below + 1 : 0;
  if (self->n_below > PATIENCE)
    self->n_blocks = 0;
  return is_below && self->n_blocks > 0;
}

static void
take_block (ConfabAudioLoudness *self, double lufs)
{
  if (lufs < QUIETEST_LUFS || is_below_gate (self, lufs))
    return;
  /* The first ones weigh as they come; nothing that was before the talker began drags on. */
  self->n_blocks = MIN (self->n_blocks + 1, MEMORY_BLOCKS);
  self->mean += (to_power (lufs) - self->mean) / self->n_blocks;
  self->wanted_db =
      CLAMP (CONFAB_AUDIO_LOUDNESS_TARGET_LUFS - 10 * log10 (self->mean), MIN_DB, MAX_DB);
}

static void
measure (ConfabAudioLoudness *self, const gint16 *samples, guint n_samples)
{
  double lufs = -HUGE_VAL;

  ebur128_add_frames_short (self->meter, samples, n_samples);
  self->hop_samples += n_samples;
  if (confab_audio_activity_is_speech (&self->activity))
    self->speech_samples += n_samples;
  if (self->hop_samples < HOP_SAMPLES)
    return;
  if (self->speech_samples > self->hop_samples / 2 &&
      ebur128_loudness_momentary (self->meter, &lufs) == EBUR128_SUCCESS)
    take_block (self, lufs);
  self->hop_samples = 0;
  self->speech_samples = 0;
}

static double
approach (double from, double to, double up, double down)
{
  return CLAMP (to, from - down, from + up);
}

static void
move_gain (ConfabAudioLoudness *self, double ticks)
{
  gboolean is_active = confab_audio_activity_is_active (&self->activity);

  self->lift_hold = is_active ? LIFT_HOLD : self->lift_hold > 0 ? self->lift_hold - 1 : 0;
  if (is_active && self->n_blocks >= FIRST_BLOCKS)
    self->gain_db = approach (self->gain_db, self->wanted_db, RISE_DB * ticks, FALL_DB * ticks);
  self->lift_db =
      approach (self->lift_db, self->lift_hold > 0 ? self->gain_db : MIN (self->gain_db, 0),
                LIFT_RISE_DB * ticks, LIFT_FALL_DB * ticks);
}

/**
 * confab_audio_loudness_feed:
 * @samples: (array length=n_samples): 48 kHz mono, as they came
 * @n_samples: about a tick of 10 ms
 *
 * Takes the next samples into account. The gain is to be reached at the end of these samples, in a
 * ramp from the one before. Loudness is that of ITU-R BS.1770-4, gated, of what moves as speech
 * does.
 *
 * Returns: the factor, 0.06..16
 */
float
confab_audio_loudness_feed (ConfabAudioLoudness *self, const gint16 *samples, guint n_samples)
{
  confab_audio_activity_feed (&self->activity, samples, n_samples);
  measure (self, samples, n_samples);
  move_gain (self, (double) n_samples / CONFAB_AUDIO_TICK_SAMPLES);
  return (float) pow (10, self->lift_db / 20);
}

double
confab_audio_loudness_get_lufs (const ConfabAudioLoudness *self)
{
  return self->n_blocks > 0 ? 10 * log10 (self->mean) : -HUGE_VAL;
}

ConfabAudioLoudness *
confab_audio_loudness_new (void)
{
  ConfabAudioLoudness *self = g_new0 (ConfabAudioLoudness, 1);

  self->meter = ebur128_init (1, CONFAB_AUDIO_RATE, EBUR128_MODE_M);
  g_assert (self->meter != NULL); /* fails for want of memory alone */
  confab_audio_activity_init (&self->activity);
  return self;
}

void
confab_audio_loudness_free (ConfabAudioLoudness *self)
{
  ebur128_destroy (&self->meter);
  g_free (self);
}
