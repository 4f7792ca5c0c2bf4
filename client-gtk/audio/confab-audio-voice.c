/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-voice"

#include "confab-audio-voice.h"

#include <math.h>

#include "confab-audio-cleaner.h"
#include "confab-audio-limiter.h"
#include "confab-audio-loudness.h"
#include "confab-audio-noise-gate.h"

#define TICK        CONFAB_AUDIO_TICK_SAMPLES
#define RUMBLE_HZ   90 /* hands on tables and the mains below, the lowest voices above */
#define BUTTERWORTH 0.7071
#define DEFAULT                                                                    \
  (1 << CONFAB_AUDIO_VOICE_HIGH_PASS | 1 << CONFAB_AUDIO_VOICE_ECHO_CANCELLATION | \
   1 << CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION | 1 << CONFAB_AUDIO_VOICE_GAIN)
#define NOT_KNOWN (-1000) /* dB: far below what 16 bit can show */

struct _ConfabAudioVoice {
  ConfabAudioReference *reference; /* (owned) */
  gint steps;                      /* (atomic) a bit for each ConfabAudioVoiceStep */
  gint echo_state;                 /* (atomic) ConfabAudioEchoState */
  gint echo_left_db;               /* (atomic) whole dB */
  gboolean is_echo_told;           /* whoever takes the news */

  /* the capturing thread's own */
  guint before; /* the steps of the last tick */
  ConfabAudioBiquad high_pass;
  float high_pass_wet;         /* how much of it there was at the end of the last tick */
  ConfabAudioCleaner *cleaner; /* (owned) */
  ConfabAudioNoiseGate gate;
  ConfabAudioLoudness *loudness; /* (owned) */
  ConfabAudioLimiter limiter;
  float gain; /* where the last tick ended */
};

static gboolean
has_step (guint steps, ConfabAudioVoiceStep step)
{
  return (steps >> step & 1) != 0;
}

/* It turns the phase, so it comes and goes in a fade over one tick. */
static void
run_high_pass (ConfabAudioVoice *self, gboolean is_wanted, gint16 *tick)
{
  float wet = is_wanted ? 1 : 0;
  float step = (wet - self->high_pass_wet) / TICK;

  if (!is_wanted && self->high_pass_wet == 0)
    return;
  for (guint i = 0; i < TICK; i++) {
    float share = self->high_pass_wet + step * (float) (i + 1);
    float sample = confab_audio_biquad_run (&self->high_pass, tick[i]);

    sample = share * sample + (1 - share) * (float) tick[i];
    tick[i] = (gint16) lrintf (CLAMP (sample, G_MININT16, G_MAXINT16));
  }
  self->high_pass_wet = wet;
}

static void
run_cleaner (ConfabAudioVoice *self, guint steps, gint16 *tick)
{
  ConfabAudioCleanerFlags flags = 0;
  double left_db;

  if (has_step (steps, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION))
    flags |= CONFAB_AUDIO_CLEANER_ECHO;
  if (has_step (steps, CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION))
    flags |= CONFAB_AUDIO_CLEANER_NOISE;
  confab_audio_cleaner_run (self->cleaner, flags, tick);
  left_db = confab_audio_cleaner_get_left_db (self->cleaner);
  g_atomic_int_set (&self->echo_state, flags & CONFAB_AUDIO_CLEANER_ECHO
                                           ? confab_audio_cleaner_get_state (self->cleaner)
                                           : CONFAB_AUDIO_ECHO_UNKNOWN);
  g_atomic_int_set (&self->echo_left_db, (gint) MAX (left_db, NOT_KNOWN));
}

/* Switched off, the gain goes back to 1 within a tick. */
static void
run_gain (ConfabAudioVoice *self, gboolean is_wanted, gint16 *tick)
{
  float gain = is_wanted ? confab_audio_loudness_feed (self->loudness, tick, TICK) : 1;
  float step = (gain - self->gain) / TICK;
  float louder[TICK];

  if (!is_wanted && self->gain == 1)
    return;
  for (guint i = 0; i < TICK; i++)
    louder[i] = (float) tick[i] * (self->gain + step * (float) (i + 1));
  confab_audio_limiter_run (&self->limiter, louder, tick, TICK);
  self->gain = gain;
}

/* What comes back after a while knows nothing of the sound before. */
static void
begin_anew (ConfabAudioVoice *self, guint steps)
{
  guint begun = steps & ~self->before;

  if (has_step (begun, CONFAB_AUDIO_VOICE_HIGH_PASS))
    confab_audio_biquad_init_high_pass (&self->high_pass, RUMBLE_HZ, BUTTERWORTH);
  if (has_step (begun, CONFAB_AUDIO_VOICE_NOISE_GATE))
    confab_audio_noise_gate_init (&self->gate);
  self->before = steps;
}

/**
 * confab_audio_voice_restart:
 * @self: the voice
 *
 * Begins anew, with another microphone; what is set stays. While nobody captures.
 */
void
confab_audio_voice_restart (ConfabAudioVoice *self)
{
  confab_audio_cleaner_restart (self->cleaner);
  confab_audio_loudness_free (self->loudness);
  self->loudness = confab_audio_loudness_new ();
  self->gain = 1;
  self->before = 0;
  g_atomic_int_set (&self->echo_state, CONFAB_AUDIO_ECHO_UNKNOWN);
}

/**
 * confab_audio_voice_process:
 * @self: the voice
 * @tick: (array fixed-size=480) (inout): 48 kHz mono, 10 ms
 *
 * What is switched off costs nothing. Echo and noise together or alone take 10 ms of delay; the
 * rest takes none. Does not wait.
 */
void
confab_audio_voice_process (ConfabAudioVoice *self, gint16 *tick)
{
  guint steps = (guint) g_atomic_int_get (&self->steps);

  begin_anew (self, steps);
  run_high_pass (self, has_step (steps, CONFAB_AUDIO_VOICE_HIGH_PASS), tick);
  run_cleaner (self, steps, tick);
  if (has_step (steps, CONFAB_AUDIO_VOICE_NOISE_GATE))
    confab_audio_noise_gate_run (&self->gate, tick, TICK);
  run_gain (self, has_step (steps, CONFAB_AUDIO_VOICE_GAIN), tick);
}

/**
 * confab_audio_voice_take_played:
 * @self: the voice
 * @samples: (array length=n_samples): 48 kHz mono, on their way to a speaker
 * @n_samples: at most 20 ms
 *
 * Tells what the microphone is about to hear.
 */
void
confab_audio_voice_take_played (ConfabAudioVoice *self, const gint16 *samples, guint n_samples)
{
  if (has_step ((guint) g_atomic_int_get (&self->steps), CONFAB_AUDIO_VOICE_ECHO_CANCELLATION))
    confab_audio_reference_write (self->reference, samples, n_samples);
}

/**
 * confab_audio_voice_set_step:
 * @self: the voice
 * @step: what to do
 * @is_wanted: whether to
 *
 * Holds from the next tick on, without a gap; heard as a fade over 10 ms. By default all but the
 * gate are wanted.
 */
void
confab_audio_voice_set_step (ConfabAudioVoice *self, ConfabAudioVoiceStep step, gboolean is_wanted)
{
  if (is_wanted)
    g_atomic_int_or (&self->steps, 1 << step);
  else
    g_atomic_int_and (&self->steps, ~(1u << step));
}

gboolean
confab_audio_voice_get_step (ConfabAudioVoice *self, ConfabAudioVoiceStep step)
{
  return has_step ((guint) g_atomic_int_get (&self->steps), step);
}

/**
 * confab_audio_voice_get_echo_state:
 * @self: the voice
 *
 * Returns: whether the others hear themselves; not known while echo cancellation is off
 */
ConfabAudioEchoState
confab_audio_voice_get_echo_state (ConfabAudioVoice *self)
{
  return (ConfabAudioEchoState) g_atomic_int_get (&self->echo_state);
}

/**
 * confab_audio_voice_take_echo_news:
 * @self: the voice
 * @is_heard: (out): whether the others hear themselves
 *
 * Always the same thread.
 *
 * Returns: whether that has changed since it was taken last
 */
gboolean
confab_audio_voice_take_echo_news (ConfabAudioVoice *self, gboolean *is_heard)
{
  gboolean was_heard = self->is_echo_told;

  *is_heard = confab_audio_voice_get_echo_state (self) == CONFAB_AUDIO_ECHO_SENT;
  self->is_echo_told = *is_heard;
  return *is_heard != was_heard;
}

/**
 * confab_audio_voice_get_echo_left_db:
 * @self: the voice
 *
 * Returns: the echo in what is sent against the echo in what the microphone hears, in whole dB;
 * -1000 when not known
 */
double
confab_audio_voice_get_echo_left_db (ConfabAudioVoice *self)
{
  return g_atomic_int_get (&self->echo_left_db);
}

ConfabAudioVoice *
confab_audio_voice_new (void)
{
  ConfabAudioVoice *self = g_new0 (ConfabAudioVoice, 1);

  self->steps = DEFAULT;
  self->echo_left_db = NOT_KNOWN;
  self->reference = confab_audio_reference_new ();
  self->cleaner = confab_audio_cleaner_new (self->reference);
  self->loudness = confab_audio_loudness_new ();
  confab_audio_limiter_init (&self->limiter);
  self->gain = 1;
  return self;
}

void
confab_audio_voice_free (ConfabAudioVoice *self)
{
  confab_audio_loudness_free (self->loudness);
  confab_audio_cleaner_free (self->cleaner);
  confab_audio_reference_free (self->reference);
  g_free (self);
}
