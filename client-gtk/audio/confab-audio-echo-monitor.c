/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-echo-monitor"

#include "confab-audio-echo-monitor.h"

#include <math.h>
#include <string.h>

#define LAGS         CONFAB_AUDIO_CORRELATOR_LAGS
#define TICK         CONFAB_AUDIO_CORRELATOR_TICK
#define PLAYED_POWER 1e-7f /* at 3 kHz, flattened: speech at -60 dBFS */
#define HOLD_TICKS   50    /* what was played is heard for so long, 500 ms */
#define JUDGE_TICKS  25
#define FIRST_TICKS  100   /* a second of sound before the first judgement */
#define STANDS_OUT   6.0f  /* times the mean: chance comes to four and a half */
#define FAINT        1e-3f /* of what is played: nobody hears it, and chance may stand out in it */
#define IS_LEFT      5.0f  /* in what is sent, wherever it is */
#define SAME_PLACE   6     /* steps, 2 ms */
#define BAD_DB       -8.0  /* an echo that is heard as one */
#define SURE         3     /* judgements */
#define MANY         8     /* judgements, 2 s: it is that way, and does not just learn */

void
confab_audio_echo_monitor_init (ConfabAudioEchoMonitor *self)
{
  *self = (ConfabAudioEchoMonitor){ .left_db = -HUGE_VAL };
  for (guint i = 0; i < G_N_ELEMENTS (self->decimators); i++)
    confab_audio_decimator_init (&self->decimators[i]);
}

/**
 * confab_audio_echo_monitor_forget:
 *
 * The delay is another one from now on; what was judged holds until there is something better.
 */
void
confab_audio_echo_monitor_forget (ConfabAudioEchoMonitor *self)
{
  memset (&self->past, 0, sizeof self->past);
  memset (&self->heard, 0, sizeof self->heard);
  memset (&self->sent, 0, sizeof self->sent);
  self->n_ticks = self->n_sure = self->n_echoes = 0;
}

/* Holds what is heard back, so that an echo in front of what is played is found, too. */
static void
hold_back (ConfabAudioEchoMonitor *self, float *heard, float *sent)
{
  float *ticks[2] = { heard, sent };

  for (guint i = 0; i < 2; i++) {
    float *place = self->late[i] + self->late_place;
    float held[TICK];

    memcpy (held, place, sizeof held);
    memcpy (place, ticks[i], sizeof held);
    memcpy (ticks[i], held, sizeof held);
  }
  self->late_place = (self->late_place + TICK) % CONFAB_AUDIO_ECHO_MONITOR_LEAD;
}

static float
get_power (const float *samples)
{
  float power = 0;

  for (guint i = 0; i < TICK; i++)
    power += samples[i] * samples[i] / TICK;
  return power;
}

/* Returns: whether there is an echo for sure; its place may still be in doubt */
static gboolean
find_echo (ConfabAudioEchoMonitor *self, ConfabAudioCorrelatorPeak *echo)
{
  confab_audio_correlator_find (&self->heard, 0, LAGS - 1, echo);
  if (echo->gain < FAINT || echo->peak < STANDS_OUT * echo->mean) {
    self->n_sure = self->n_echoes = 0;
    return FALSE;
  }
  if (ABS ((int) echo->lag - (int) self->lag) > SAME_PLACE)
    self->n_sure = 0;
  self->lag = echo->lag;
  self->n_sure++;
  self->n_echoes++;
  return self->n_echoes >= SURE;
}

static gboolean
is_sent (ConfabAudioEchoMonitor *self, const ConfabAudioCorrelatorPeak *echo)
{
  ConfabAudioCorrelatorPeak rest;

  confab_audio_correlator_find (&self->sent, 0, LAGS - 1, &rest);
  self->left_db = 20 * log10 ((rest.peak + 1e-12) / (echo->peak + 1e-12));
  return rest.peak > IS_LEFT * rest.mean && self->left_db > BAD_DB;
}

static void
judge (ConfabAudioEchoMonitor *self)
{
  ConfabAudioCorrelatorPeak echo;

  if (!find_echo (self, &echo)) {
    self->n_bad = 0;
    if (self->state != CONFAB_AUDIO_ECHO_SENT || ++self->n_good >= MANY)
      self->state = CONFAB_AUDIO_ECHO_NONE;
    return;
  }
  if (is_sent (self, &echo)) {
    self->n_good = 0;
    if (++self->n_bad >= MANY)
      self->state = CONFAB_AUDIO_ECHO_SENT;
  } else {
    self->n_bad = 0;
    if (self->state != CONFAB_AUDIO_ECHO_SENT || ++self->n_good >= MANY)
      self->state = CONFAB_AUDIO_ECHO_CANCELLED;
  }
}

/**
 * confab_audio_echo_monitor_feed:
 * @played: (array fixed-size=480): a tick of 48 kHz mono that went to the speaker
 * @heard: (array fixed-size=480): what the microphone brought at the same time, or up to half a
 * second later
 * @sent: (array fixed-size=480): the same when it was cleaned
 *
 * Costs next to nothing while nothing is played.
 *
 * Returns: whether there is a new judgement; that happens every 250 ms of played sound
 */
gboolean
confab_audio_echo_monitor_feed (ConfabAudioEchoMonitor *self,
                                const gint16 *played,
                                const gint16 *heard,
                                const gint16 *sent)
{
  float ticks[3][TICK];

  confab_audio_decimator_run (&self->decimators[0], played, ticks[0]);
  confab_audio_correlator_past_push (&self->past, ticks[0]);
  if (get_power (ticks[0]) > PLAYED_POWER)
    self->hold_ticks = HOLD_TICKS;
  if (self->hold_ticks == 0)
    return FALSE;
  self->hold_ticks--;
  confab_audio_decimator_run (&self->decimators[1], heard, ticks[1]);
  confab_audio_decimator_run (&self->decimators[2], sent, ticks[2]);
  hold_back (self, ticks[1], ticks[2]);
  confab_audio_correlator_feed (&self->heard, &self->past, ticks[1]);
  confab_audio_correlator_feed (&self->sent, &self->past, ticks[2]);
  self->n_ticks++;
  if (self->n_ticks < FIRST_TICKS || self->n_ticks % JUDGE_TICKS > 0)
    return FALSE;
  judge (self);
  g_debug ("echo state %d, %d steps late, %.1f dB left", self->state,
           (int) self->lag - CONFAB_AUDIO_ECHO_MONITOR_LEAD, self->left_db);
  return TRUE;
}

ConfabAudioEchoState
confab_audio_echo_monitor_get_state (const ConfabAudioEchoMonitor *self)
{
  return self->state;
}

/**
 * confab_audio_echo_monitor_get_delay:
 * @samples: (out): of 48 kHz: how much later the strongest echo is heard than it is played; less
 * than 0 when the two are fed out of step
 *
 * Returns: whether there is an echo whose delay is known
 */
gboolean
confab_audio_echo_monitor_get_delay (const ConfabAudioEchoMonitor *self, int *samples)
{
  *samples = ((int) self->lag - CONFAB_AUDIO_ECHO_MONITOR_LEAD) * CONFAB_AUDIO_CORRELATOR_STEP;
  return self->n_sure >= SURE;
}

/**
 * confab_audio_echo_monitor_get_left_db:
 *
 * Returns: the echo in what is sent against the echo in what is heard; -HUGE_VAL when not known
 */
double
confab_audio_echo_monitor_get_left_db (const ConfabAudioEchoMonitor *self)
{
  return self->left_db;
}

/**
 * confab_audio_echo_monitor_has_echo:
 *
 * Returns: whether the last judgement found the speaker in the microphone, cancelled or not
 */
gboolean
confab_audio_echo_monitor_has_echo (const ConfabAudioEchoMonitor *self)
{
  return self->n_echoes > 0;
}

/**
 * confab_audio_echo_monitor_is_audible:
 *
 * Returns: whether something was played within the last half second
 */
gboolean
confab_audio_echo_monitor_is_audible (const ConfabAudioEchoMonitor *self)
{
  return self->hold_ticks > 0;
}
