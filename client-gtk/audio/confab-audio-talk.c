/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-talk"

#include "confab-audio-talk.h"

#include <string.h>

#define FADE_SAMPLES (5 * CONFAB_AUDIO_SAMPLES_PER_MS) /* no click, and most of a consonant */
#define FADE_STEP    (1.0f / FADE_SAMPLES)

static gboolean
may_pass (ConfabAudioTalk *self, gboolean is_voice)
{
  if (g_atomic_int_get (&self->is_muted))
    return FALSE;
  switch (confab_audio_talk_get_mode (self)) {
  case CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK:
    return g_atomic_int_get (&self->is_key_down);
  case CONFAB_AUDIO_TALK_MODE_VOICE:
    return is_voice;
  case CONFAB_AUDIO_TALK_MODE_OPEN:
    break;
  }
  return TRUE;
}

static void
fade (ConfabAudioTalk *self, gint16 *samples, guint n_samples, float goal)
{
  for (guint i = 0; i < n_samples; i++) {
    if (self->gain < goal)
      self->gain = MIN (self->gain + FADE_STEP, goal);
    else if (self->gain > goal)
      self->gain = MAX (self->gain - FADE_STEP, goal);
    samples[i] = (gint16) ((float) samples[i] * self->gain);
  }
}

/**
 * confab_audio_talk_init:
 *
 * Begins open: not muted, no key, the usual threshold.
 */
void
confab_audio_talk_init (ConfabAudioTalk *self)
{
  *self = (ConfabAudioTalk){ .gain = 1, .is_on = TRUE };
  confab_audio_level_init (&self->microphone);
  confab_audio_voice_switch_init (&self->voice);
  confab_audio_mute_watch_init (&self->watch);
}

/**
 * confab_audio_talk_set_muted:
 * @is_muted: whether nothing goes out, whatever the mode
 */
void
confab_audio_talk_set_muted (ConfabAudioTalk *self, gboolean is_muted)
{
  g_atomic_int_set (&self->is_muted, is_muted);
}

gboolean
confab_audio_talk_get_muted (ConfabAudioTalk *self)
{
  return g_atomic_int_get (&self->is_muted);
}

void
confab_audio_talk_set_mode (ConfabAudioTalk *self, ConfabAudioTalkMode mode)
{
  g_atomic_int_set (&self->mode, (gint) mode);
}

ConfabAudioTalkMode
confab_audio_talk_get_mode (ConfabAudioTalk *self)
{
  return (ConfabAudioTalkMode) g_atomic_int_get (&self->mode);
}

/**
 * confab_audio_talk_set_key_down:
 * @is_key_down: whether the key of push-to-talk is held; of no meaning in other modes
 */
void
confab_audio_talk_set_key_down (ConfabAudioTalk *self, gboolean is_key_down)
{
  g_atomic_int_set (&self->is_key_down, is_key_down);
}

/**
 * confab_audio_talk_set_voice_threshold:
 * @dbov: -127..0: how loud one has to be in the mode of voice activation
 */
void
confab_audio_talk_set_voice_threshold (ConfabAudioTalk *self, double dbov)
{
  confab_audio_voice_switch_set_threshold (&self->voice, dbov);
}

/**
 * confab_audio_talk_get_microphone_level:
 * @is_speaking: (out) (optional): whether that is speech, with a hang-over
 *
 * Returns: how loud it is at the microphone, whether it goes out or not, -127..0 dBov
 */
double
confab_audio_talk_get_microphone_level (ConfabAudioTalk *self, gboolean *is_speaking)
{
  if (is_speaking != NULL)
    *is_speaking = confab_audio_level_get_speaking (&self->microphone);
  return confab_audio_level_get_dbov (&self->microphone);
}

/**
 * confab_audio_talk_is_on:
 *
 * Returns: whether the others hear the microphone, as of the last samples
 */
gboolean
confab_audio_talk_is_on (ConfabAudioTalk *self)
{
  return g_atomic_int_get (&self->is_on);
}

/**
 * confab_audio_talk_take_unheard:
 *
 * Returns: %TRUE once a mute: somebody speaks and is muted. Not for a key that is up, or for a
 * voice below the threshold: those are no mistakes.
 */
gboolean
confab_audio_talk_take_unheard (ConfabAudioTalk *self)
{
  return g_atomic_int_compare_and_exchange (&self->is_unheard, TRUE, FALSE);
}

/**
 * confab_audio_talk_process:
 * @samples: (inout) (array length=n_samples): what the microphone hears, 48 kHz mono
 * @n_samples: how many; a change takes effect at the beginning of a call, so 10 ms are good
 *
 * Silences what is not to go out. A change fades over the first 5 ms of the next call: with 10 ms a
 * call, a key that goes up is followed by silence within 15 ms of sound. The capturing thread.
 */
void
confab_audio_talk_process (ConfabAudioTalk *self, gint16 *samples, guint n_samples)
{
  gboolean is_muted = g_atomic_int_get (&self->is_muted);
  gboolean is_voice = confab_audio_voice_switch_feed (&self->voice, samples, n_samples);
  gboolean is_on = may_pass (self, is_voice);

  confab_audio_level_feed (&self->microphone, samples, n_samples);
  if (confab_audio_mute_watch_feed (&self->watch, samples, n_samples, is_muted))
    g_atomic_int_set (&self->is_unheard, TRUE);
  else if (!is_muted)
    g_atomic_int_set (&self->is_unheard, FALSE);
  if (!is_on && self->gain <= 0)
    memset (samples, 0, n_samples * sizeof *samples);
  else if (!is_on || self->gain < 1)
    fade (self, samples, n_samples, is_on ? 1 : 0);
  g_atomic_int_set (&self->is_on, is_on);
}
