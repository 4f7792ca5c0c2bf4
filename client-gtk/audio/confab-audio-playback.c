/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-playback"

#include "config.h"

#include "confab-audio-playback.h"

struct _ConfabAudioPlayback {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  ConfabAudioPlaybackErrorFunc func;
  gpointer user_data;              /* (unowned) outlives it */
  ConfabAudioStream *stream;       /* (owned) (nullable) NULL: closed */
  ConfabAudioDelayMode delay_mode; /* of the next device */
  gint n_pulls;                    /* (atomic) since the last question */
};

/* The speaker's thread: there is room for so much more. */
static void
mix (gint16 *samples, guint n_samples, gpointer user_data)
{
  ConfabAudioPlayback *self = user_data;

  confab_audio_mixer_mix (self->parts->mixer, samples, n_samples, g_get_monotonic_time ());
  confab_audio_voice_take_played (self->parts->voice, samples, n_samples);
  g_atomic_int_inc (&self->n_pulls);
}

static void
on_failed (const GError *cause, gpointer user_data)
{
  ConfabAudioPlayback *self = user_data;

  self->func (cause, self->user_data);
}

/**
 * confab_audio_playback_set_delay_mode:
 * @self: the playback
 * @mode: of devices that are opened from now on
 */
void
confab_audio_playback_set_delay_mode (ConfabAudioPlayback *self, ConfabAudioDelayMode mode)
{
  self->delay_mode = mode;
}

/**
 * confab_audio_playback_open_device:
 * @self: a closed playback
 * @device: (nullable): of the sound server; %NULL for its default
 *
 * Opens a speaker, which pulls the mixer from then on. Errors come later.
 */
void
confab_audio_playback_open_device (ConfabAudioPlayback *self, const char *device)
{
  static const ConfabAudioStreamUser user = { .name = "playback",
                                              .give = mix,
                                              .failed = on_failed };

  g_atomic_int_set (&self->n_pulls, 0);
  self->stream = confab_audio_stream_open (self->parts, &user, device, self->delay_mode, self);
}

/**
 * confab_audio_playback_close:
 * @self: the playback, open or not
 *
 * Once this returns, the mixer is not pulled any more.
 */
void
confab_audio_playback_close (ConfabAudioPlayback *self)
{
  g_clear_pointer (&self->stream, confab_audio_stream_close);
}

/**
 * confab_audio_playback_is_flowing:
 * @self: the playback
 *
 * Returns: whether the speaker has taken sound since this was asked last
 */
gboolean
confab_audio_playback_is_flowing (ConfabAudioPlayback *self)
{
  return g_atomic_int_exchange (&self->n_pulls, 0) > 0;
}

/**
 * confab_audio_playback_get_stream:
 * @self: the playback
 *
 * Returns: (transfer none) (nullable): the speaker; %NULL while none is open
 */
ConfabAudioStream *
confab_audio_playback_get_stream (ConfabAudioPlayback *self)
{
  return self->stream;
}

ConfabAudioPlayback *
confab_audio_playback_new (const ConfabAudioParts *parts,
                           ConfabAudioPlaybackErrorFunc func,
                           gpointer user_data)
{
  ConfabAudioPlayback *self = g_new0 (ConfabAudioPlayback, 1);

  self->parts = parts;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
confab_audio_playback_free (ConfabAudioPlayback *self)
{
  confab_audio_playback_close (self);
  g_free (self);
}
