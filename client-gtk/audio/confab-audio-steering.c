/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-steering"

#include "confab-audio-steering.h"

#define MOVE_PAUSE_US   (60 * 1000)  /* one change may pass unheard, a row of them does not */
#define WINDOW_US       (250 * 1000) /* longer than the rhythm in which any sound server asks */
#define REPEAT_BELOW    (CONFAB_AUDIO_SAMPLES_PER_MS / 2) /* still within the target's own reserve */
#define URGENT          (20 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define LIKENESS        0.6
#define URGENT_LIKENESS 0.3
#define UNKNOWN         G_MAXINT64
#define IDLE_TARGET     (2 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define CALM            8 /* the part of the target that one lies beside it without a move */

/* The unit in which packets and ticks shift against each other: their greatest common divisor. */
static guint
get_grain (const ConfabAudioSteering *self)
{
  guint a = self->frame_samples;
  guint b = self->tick_samples;

  while (b != 0) {
    guint rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

/* What becomes of the margin when, with that much queued, change samples are put in or (negative)
 * taken out. */
static gint64
change_margin (guint queued, gint64 change, guint grain)
{
  gint64 phase = queued % grain;
  gint64 new_phase = (phase + change) % grain;

  if (new_phase < 0)
    new_phase += grain;
  return change - (new_phase - phase);
}

/* A delay for much jitter is only roughly known, and each move is heard: it need not be hit. */
static gint64
get_tolerance (gint64 target)
{
  return MAX (target - IDLE_TARGET, 0) / CALM;
}

static void
record_move (ConfabAudioSteering *self, gint64 margin_change, gint64 now_us)
{
  self->moved_us = now_us;
  if (self->lowest != UNKNOWN)
    self->lowest += margin_change;
  if (self->last_lowest != UNKNOWN)
    self->last_lowest += margin_change;
}

static void
try_cut (ConfabAudioSteering *self,
         ConfabAudioStretch *queue,
         gint64 excess,
         guint queued,
         gint64 now_us)
{
  ConfabAudioLags allowed = { FALSE };
  guint grain = get_grain (self);
  gboolean is_any = FALSE;
  guint lag;

  for (guint i = 1; i <= CONFAB_AUDIO_STRETCH_MAX_LAG; i++)
    is_any |= allowed[i] = excess + change_margin (queued, -(gint64) i, grain) >= 0;
  if (!is_any)
    return;
  lag = confab_audio_stretch_cut (queue, allowed, excess > URGENT ? URGENT_LIKENESS : LIKENESS);
  if (lag == 0)
    return;
  self->cuts++;
  self->cut_samples += lag;
  record_move (self, change_margin (queued, -(gint64) lag, grain), now_us);
}

/* First choice is what brings the margin just above the target; if the voice has no such period,
 * any brings it nearer. */
static void
try_repeat (ConfabAudioSteering *self,
            ConfabAudioStretch *queue,
            gint64 missing,
            guint queued,
            gint64 now_us)
{
  ConfabAudioLags allowed;
  ConfabAudioLags any;
  guint grain = get_grain (self);
  double likeness = missing > URGENT ? URGENT_LIKENESS : LIKENESS;
  guint lag;

  for (guint i = 0; i <= CONFAB_AUDIO_STRETCH_MAX_LAG; i++) {
    gint64 gained = change_margin (queued, i, grain);

    allowed[i] = gained >= missing && gained < missing + grain;
    any[i] = TRUE;
  }
  lag = confab_audio_stretch_repeat (queue, allowed, likeness);
  if (lag == 0)
    lag = confab_audio_stretch_repeat (queue, any, likeness);
  if (lag == 0)
    return;
  self->repeats++;
  self->repeated_samples += lag;
  record_move (self, change_margin (queued, lag, grain), now_us);
}

/**
 * confab_audio_steering_init:
 * @frame_samples: the length of one packet's sound; may be set later as packets change
 * @tick_samples: how much the mixer takes at once
 */
void
confab_audio_steering_init (ConfabAudioSteering *self, guint frame_samples, guint tick_samples)
{
  *self = (ConfabAudioSteering){ .frame_samples = frame_samples, .tick_samples = tick_samples };
  confab_audio_steering_forget (self);
}

/**
 * confab_audio_steering_set_tick:
 * @tick_samples: how much is taken at once from now on
 *
 * What was recorded stays true unless packets and ticks have other phases now.
 */
void
confab_audio_steering_set_tick (ConfabAudioSteering *self, guint tick_samples)
{
  guint before = self->tick_samples - get_grain (self);

  self->tick_samples = tick_samples;
  if (tick_samples - get_grain (self) != before)
    confab_audio_steering_forget (self);
}

/**
 * confab_audio_steering_forget:
 *
 * To be called after every change of the delay that was not made here: what was recorded is no
 * longer true.
 */
void
confab_audio_steering_forget (ConfabAudioSteering *self)
{
  self->lowest = self->last_lowest = UNKNOWN;
  self->since_us = 0;
}

/**
 * confab_audio_steering_get_margin:
 * @slack: of the packet that is decoded now
 * @queued: what still waits to be played before it
 *
 * Returns: the slack that a packet has in the worst of the phases that follow if nothing is changed
 */
gint64
confab_audio_steering_get_margin (const ConfabAudioSteering *self, gint64 slack, guint queued)
{
  guint grain = get_grain (self);

  return slack + queued - (self->tick_samples - grain) - queued % grain;
}

/**
 * confab_audio_steering_get_surplus:
 *
 * Returns: how much of what is queued protects from nothing
 */
guint
confab_audio_steering_get_surplus (const ConfabAudioSteering *self, guint queued)
{
  return queued % get_grain (self);
}

/**
 * confab_audio_steering_record:
 *
 * To be called with the margin of every packet that is decoded at its turn.
 */
void
confab_audio_steering_record (ConfabAudioSteering *self, gint64 margin, gint64 now_us)
{
  if (self->since_us == 0)
    self->since_us = now_us;
  if (now_us - self->since_us >= WINDOW_US) {
    self->last_lowest = self->lowest;
    self->lowest = UNKNOWN;
    self->since_us = now_us;
  }
  self->lowest = MIN (self->lowest, margin);
}

/**
 * confab_audio_steering_get_excess:
 * @target: the margin wished for
 *
 * The card asks in an uneven rhythm: what can be spared is what was left in the worst moment of a
 * quarter of a second or more.
 *
 * Returns: how much more than @target there is; -1 when there is none or it is not known yet
 */
gint64
confab_audio_steering_get_excess (const ConfabAudioSteering *self, gint64 target)
{
  if (self->lowest == UNKNOWN || self->last_lowest == UNKNOWN)
    return -1;
  return MAX (-1, MIN (self->lowest, self->last_lowest) - target);
}

/**
 * confab_audio_steering_move:
 * @queue: the samples that wait, the packet just decoded at their end
 * @margin: of that packet
 * @target: the margin wished for
 * @queued: what was in @queue before that packet
 *
 * Brings the margin nearer to the target by one pitch period, if it is off and the signal has a
 * good place.
 */
void
confab_audio_steering_move (ConfabAudioSteering *self,
                            ConfabAudioStretch *queue,
                            gint64 margin,
                            gint64 target,
                            guint queued,
                            gint64 now_us)
{
  gint64 tolerance = get_tolerance (target);
  gint64 excess = confab_audio_steering_get_excess (self, target) - tolerance;

  if (now_us - self->moved_us < MOVE_PAUSE_US)
    return;
  if (margin < target - MAX (REPEAT_BELOW, tolerance / 2))
    try_repeat (self, queue, target - margin, queued, now_us);
  else if (excess >= 0)
    try_cut (self, queue, excess, queued, now_us);
}
