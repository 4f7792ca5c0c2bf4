/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-cleaner"

#include "confab-audio-cleaner.h"

#include <math.h>
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#include <string.h>

#define TICK  CONFAB_AUDIO_TICK_SAMPLES
#define FRAME TICK
#define TAIL_SAMPLES \
  (100 * CONFAB_AUDIO_SAMPLES_PER_MS) /* of the room, and of what delays differ */
#define ROOM_SAMPLES  (45 * CONFAB_AUDIO_SAMPLES_PER_MS) /* of it kept for the room */
#define LEAST_SAMPLES (2 * CONFAB_AUDIO_SAMPLES_PER_MS)  /* before it nothing is found */
#define EARLY_SAMPLES (15 * CONFAB_AUDIO_SAMPLES_PER_MS) /* the loudest is not always the first */
#define LEARNING      16                                 /* judgements, 4 s of sound */
#define HOLD_TICKS    100
#define WITHOUT       8 /* judgements: 2 s of sound and no echo */
#define DUCKED                                                                       \
  0.05f /* while others talk and their echo cannot be cancelled: one talks at a time \
         */
#define RECOVERY     0.1f /* a tick */
#define NOISE_DB     -22  /* at most; more sounds like bubbles */
#define QUIET_DBFS   -72  /* of rooms in which there is no noise to hear */
#define FLOOR_TICKS  100  /* within a second of speech there is a moment without */
#define ECHO_DB      -45  /* while only the others talk */
#define ECHO_TALK_DB -12  /* while both do: more would take the near voice along */

struct _ConfabAudioCleaner {
  ConfabAudioReference *reference;  /* (unowned) outlives this */
  SpeexEchoState *canceller;        /* (owned) */
  SpeexPreprocessState *suppressor; /* (owned) */
  ConfabAudioEchoMonitor monitor;
  guint n_learning; /* judgements for which the canceller is left in peace */
  gboolean is_failing;
  gboolean is_cancelling;
  guint n_without;               /* judgements in a row that found no echo */
  guint hold_ticks;              /* how long the canceller goes on without anything to cancel */
  float ducked;                  /* the gain while it fails, where the last tick ended */
  guint n_tries;                 /* of other delays since the echo was cancelled last */
  ConfabAudioCleanerFlags flags; /* of the last tick */
  guint n_primed;                /* ticks since the suppressor began; it is one frame late */
  float cancelled;               /* how much of that there was at the end of the last tick */
  float suppressed;
  double floor_dbfs;      /* of the quietest tick of this second */
  double last_floor_dbfs; /* and of the one before */
  guint n_floor_ticks;
};

static void
set_cancelling (ConfabAudioCleaner *self, gboolean is_cancelling)
{
  if (is_cancelling == self->is_cancelling)
    return;
  if (is_cancelling)
    speex_echo_state_reset (self->canceller);
  speex_preprocess_ctl (self->suppressor, SPEEX_PREPROCESS_SET_ECHO_STATE,
                        is_cancelling ? self->canceller : NULL);
  self->is_cancelling = is_cancelling;
}

/* With headphones there is nothing to cancel, and trying costs something, of the voice, too. */
static void
rest (ConfabAudioCleaner *self)
{
  if (confab_audio_echo_monitor_has_echo (&self->monitor))
    self->n_without = 0;
  else
    self->n_without++;
}

static void
apply_flags (ConfabAudioCleaner *self, ConfabAudioCleanerFlags flags)
{
  ConfabAudioCleanerFlags changed = self->flags ^ flags;

  if (changed == 0)
    return;
  if (flags & changed & CONFAB_AUDIO_CLEANER_ECHO) {
    confab_audio_echo_monitor_init (&self->monitor);
    confab_audio_reference_restart (self->reference);
    self->n_without = 0;
  }
  if (changed & CONFAB_AUDIO_CLEANER_ECHO)
    self->is_failing = FALSE;
  self->flags = flags;
}

static double
measure_dbfs (const gint16 *tick)
{
  double sum = 0;

  for (guint i = 0; i < TICK; i++)
    sum += (double) tick[i] * tick[i];
  return 10 * log10 (sum / TICK + 1e-3) - 20 * log10 (32768);
}

static void
follow_floor (ConfabAudioCleaner *self, const gint16 *tick)
{
  if (self->n_floor_ticks++ % FLOOR_TICKS == 0) {
    self->last_floor_dbfs = self->floor_dbfs;
    self->floor_dbfs = 0;
  }
  self->floor_dbfs = MIN (self->floor_dbfs, measure_dbfs (tick));
}

/* As much as makes the room quiet: where there is no noise, only the voice would suffer. */
static void
choose_suppression (ConfabAudioCleaner *self, const gint16 *tick)
{
  gboolean is_wanted = (self->flags & CONFAB_AUDIO_CLEANER_NOISE) != 0;
  double floor_dbfs = 0;
  int noise_db = 0;

  follow_floor (self, tick);
  floor_dbfs = MIN (self->floor_dbfs, self->last_floor_dbfs);
  if (is_wanted)
    noise_db = (int) CLAMP (QUIET_DBFS - floor_dbfs, NOISE_DB, 0);
  speex_preprocess_ctl (self->suppressor, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &noise_db);
}

static void
move_by (ConfabAudioCleaner *self, int samples)
{
  g_debug ("what is played is taken %.1f ms later", (double) samples / CONFAB_AUDIO_SAMPLES_PER_MS);
  self->n_learning = LEARNING;
  confab_audio_reference_move (self->reference, -samples);
  confab_audio_echo_monitor_forget (&self->monitor);
  speex_echo_state_reset (self->canceller);
}

/* The filter reaches over TAIL; the echo with its room has to be within. When it is, and is sent
 * all the same, what the filter has learned is wrong, and it begins anew. */
static void
align (ConfabAudioCleaner *self)
{
  ConfabAudioEchoState state = confab_audio_echo_monitor_get_state (&self->monitor);
  int delay = 0;

  self->is_failing = state == CONFAB_AUDIO_ECHO_SENT;
  if (self->n_learning > 0) {
    self->n_learning--;
    return;
  }
  if (!confab_audio_echo_monitor_get_delay (&self->monitor, &delay))
    return;
  if (self->is_failing || delay < LEAST_SAMPLES || delay > TAIL_SAMPLES - ROOM_SAMPLES)
    move_by (self, delay - EARLY_SAMPLES);
}

/* tick becomes a mixture of what it was and what it is, of which there is from at its begin and to
 * at its end: nothing clicks. */
static void
fade (gint16 *tick, const gint16 *dry, float from, float to)
{
  float step = (to - from) / TICK;

  if (from == 1 && to == 1)
    return;
  for (guint i = 0; i < TICK; i++) {
    float share = from + step * (float) (i + 1);

    tick[i] = (gint16) (share * (float) tick[i] + (1 - share) * (float) dry[i]);
  }
}

/* The canceller takes the deepest tones out and turns the phase of others. */
static void
cancel (ConfabAudioCleaner *self,
        gboolean is_wanted,
        const gint16 *played,
        const gint16 *heard,
        gint16 *tick)
{
  float wet = is_wanted ? 1 : 0;

  if (!is_wanted && self->cancelled == 0)
    return;
  for (guint i = 0; i < TICK; i += FRAME)
    speex_echo_cancellation (self->canceller, heard + i, played + i, tick + i);
  fade (tick, heard, self->cancelled, wet);
  self->cancelled = wet;
}

/* The suppressor is a frame late, and its first frame is not whole. */
static void
suppress (ConfabAudioCleaner *self, gboolean is_wanted, gint16 *tick)
{
  float wet = is_wanted && self->n_primed > 0 ? 1 : 0;
  gint16 dry[TICK];

  memcpy (dry, tick, sizeof dry);
  for (guint i = 0; i < TICK; i += FRAME)
    speex_preprocess_run (self->suppressor, tick + i);
  fade (tick, dry, self->suppressed, wet);
  self->suppressed = wet;
  self->n_primed = is_wanted ? self->n_primed + 1 : 0;
}

/* What is left to do when the canceller fails. */
static void
duck (ConfabAudioCleaner *self, gint16 *tick)
{
  gboolean is_ducked = self->is_failing && confab_audio_echo_monitor_is_audible (&self->monitor);
  float gain = is_ducked ? DUCKED : MIN (self->ducked + RECOVERY, 1);
  static const gint16 silence[TICK];

  fade (tick, silence, self->ducked, gain);
  self->ducked = gain;
}

/**
 * confab_audio_cleaner_restart:
 *
 * Begins anew, with another microphone.
 */
void
confab_audio_cleaner_restart (ConfabAudioCleaner *self)
{
  apply_flags (self, 0);
  self->cancelled = self->suppressed = 0;
  self->n_primed = 0;
}

/**
 * confab_audio_cleaner_run:
 * @flags: what to take out; changes are heard as a fade over 10 ms
 * @tick: (array fixed-size=480) (inout): 48 kHz mono
 *
 * Costs nothing when @flags is 0, and delays by 10 ms when it is not.
 */
void
confab_audio_cleaner_run (ConfabAudioCleaner *self, ConfabAudioCleanerFlags flags, gint16 *tick)
{
  gboolean is_wanted = (flags & CONFAB_AUDIO_CLEANER_ECHO) != 0;
  gboolean is_cancelling = FALSE;
  gint16 heard[TICK];
  gint16 played[TICK];

  if (flags == 0 && self->suppressed == 0 && self->cancelled == 0) {
    self->flags = 0;
    return;
  }
  apply_flags (self, flags);
  if (is_wanted && confab_audio_reference_read (self->reference, played))
    self->hold_ticks = HOLD_TICKS;
  else
    memset (played, 0, sizeof played);
  memcpy (heard, tick, sizeof heard);
  choose_suppression (self, tick);
  is_cancelling = is_wanted && self->hold_ticks > 0 && self->n_without < WITHOUT;
  set_cancelling (self, is_cancelling || self->cancelled > 0);
  cancel (self, is_cancelling, played, heard, tick);
  suppress (self, flags != 0, tick);
  if (is_wanted && self->hold_ticks > 0) {
    self->hold_ticks--;
    if (confab_audio_echo_monitor_feed (&self->monitor, played, heard, tick)) {
      rest (self);
      align (self);
    }
  }
  duck (self, tick);
}

ConfabAudioEchoState
confab_audio_cleaner_get_state (const ConfabAudioCleaner *self)
{
  return confab_audio_echo_monitor_get_state (&self->monitor);
}

double
confab_audio_cleaner_get_left_db (const ConfabAudioCleaner *self)
{
  return confab_audio_echo_monitor_get_left_db (&self->monitor);
}

static void
set_up_suppressor (SpeexPreprocessState *suppressor)
{
  int yes = 1;
  int none_db = 0;
  int echo_db = ECHO_DB;
  int talk_db = ECHO_TALK_DB;

  speex_preprocess_ctl (suppressor, SPEEX_PREPROCESS_SET_DENOISE, &yes);
  speex_preprocess_ctl (suppressor, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &none_db);
  speex_preprocess_ctl (suppressor, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS, &echo_db);
  speex_preprocess_ctl (suppressor, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, &talk_db);
}

/**
 * confab_audio_cleaner_new:
 * @reference: (transfer none): what is played; outlives the cleaner
 *
 * Returns: (transfer full): a cleaner
 */
ConfabAudioCleaner *
confab_audio_cleaner_new (ConfabAudioReference *reference)
{
  ConfabAudioCleaner *self = g_new0 (ConfabAudioCleaner, 1);
  int rate = CONFAB_AUDIO_RATE;

  self->reference = reference;
  self->ducked = 1;
  self->canceller = speex_echo_state_init (FRAME, TAIL_SAMPLES);
  speex_echo_ctl (self->canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
  self->suppressor = speex_preprocess_state_init (FRAME, rate);
  set_up_suppressor (self->suppressor);
  confab_audio_echo_monitor_init (&self->monitor);
  return self;
}

void
confab_audio_cleaner_free (ConfabAudioCleaner *self)
{
  speex_preprocess_state_destroy (self->suppressor);
  speex_echo_state_destroy (self->canceller);
  g_free (self);
}
