/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-uplink"

#include "confab-audio-uplink.h"

#include <string.h>

#include "confab-audio-level.h"

struct _ConfabAudioUplink {
  ConfabAudioTalk *talk;       /* (unowned) outlives this */
  ConfabAudioEncoder *encoder; /* (owned) */
  ConfabAudioLevel level;
  ConfabAudioUplinkProcessFunc process; /* (nullable) */
  gpointer process_data;                /* (unowned) outlives this */

  /* the feeding thread's own */
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];
  guint n_samples; /* of the tick that is being gathered */
  guint64 time_ns; /* of its first sample */
};

static void
end_tick (ConfabAudioUplink *self)
{
  if (self->process != NULL)
    self->process (self->tick, CONFAB_AUDIO_TICK_SAMPLES, self->process_data);
  confab_audio_talk_process (self->talk, self->tick, CONFAB_AUDIO_TICK_SAMPLES);
  confab_audio_level_feed (&self->level, self->tick, CONFAB_AUDIO_TICK_SAMPLES);
  confab_audio_encoder_feed (self->encoder, self->tick, CONFAB_AUDIO_TICK_SAMPLES, self->time_ns);
  self->n_samples = 0;
}

/**
 * confab_audio_uplink_feed:
 * @self: the uplink
 * @samples: (array length=n_samples): 48 kHz mono
 * @n_samples: any number; a microphone brings 10 ms, or what its server thinks
 * @time_ns: of the first sample
 *
 * Sends the next sound. One thread.
 */
void
confab_audio_uplink_feed (ConfabAudioUplink *self,
                          const gint16 *samples,
                          guint n_samples,
                          guint64 time_ns)
{
  guint done = 0;

  while (done < n_samples) {
    guint n = MIN (n_samples - done, CONFAB_AUDIO_TICK_SAMPLES - self->n_samples);

    if (self->n_samples == 0)
      self->time_ns = time_ns + (guint64) done * G_USEC_PER_SEC / CONFAB_AUDIO_SAMPLES_PER_MS;
    memcpy (self->tick + self->n_samples, samples + done, n * sizeof (gint16));
    self->n_samples += n;
    done += n;
    if (self->n_samples == CONFAB_AUDIO_TICK_SAMPLES)
      end_tick (self);
  }
}

/**
 * confab_audio_uplink_reset:
 * @self: the uplink
 *
 * Begins in silence again, with what is set. While nobody feeds.
 */
void
confab_audio_uplink_reset (ConfabAudioUplink *self)
{
  self->n_samples = 0;
  confab_audio_level_init (&self->level);
  confab_audio_encoder_reset (self->encoder);
}

/**
 * confab_audio_uplink_set_process:
 * @self: the uplink
 * @func: (nullable): changes each tick before it is muted, metered and sent: what cleans
 *   a voice
 * @user_data: for @func; outlives the uplink
 *
 * While nobody feeds.
 */
void
confab_audio_uplink_set_process (ConfabAudioUplink *self,
                                 ConfabAudioUplinkProcessFunc func,
                                 gpointer user_data)
{
  self->process = func;
  self->process_data = user_data;
}

/**
 * confab_audio_uplink_get_encoder:
 * @self: the uplink
 *
 * Returns: (transfer none): the encoder, for its settings
 */
ConfabAudioEncoder *
confab_audio_uplink_get_encoder (ConfabAudioUplink *self)
{
  return self->encoder;
}

/**
 * confab_audio_uplink_get_level:
 * @self: the uplink
 * @is_speaking: (out) (optional): as confab_audio_level_get_speaking ()
 *
 * Any thread.
 *
 * Returns: the level of what is sent, -127..0 dBov: nothing while nobody may hear it
 */
double
confab_audio_uplink_get_level (ConfabAudioUplink *self, gboolean *is_speaking)
{
  if (is_speaking != NULL)
    *is_speaking = confab_audio_level_get_speaking (&self->level);
  return confab_audio_level_get_dbov (&self->level);
}

/**
 * confab_audio_uplink_new:
 * @talk: (transfer none): who decides whether the microphone is heard; outlives the uplink
 * @func: gets each frame, in the thread that feeds
 * @user_data: for @func; outlives the uplink
 *
 * Returns: (transfer full): the uplink
 */
ConfabAudioUplink *
confab_audio_uplink_new (ConfabAudioTalk *talk, ConfabAudioEncoderFunc func, gpointer user_data)
{
  ConfabAudioUplink *self = g_new0 (ConfabAudioUplink, 1);

  self->encoder = confab_audio_encoder_new (func, user_data);
  self->talk = talk;
  confab_audio_level_init (&self->level);
  return self;
}

void
confab_audio_uplink_free (ConfabAudioUplink *self)
{
  confab_audio_encoder_free (self->encoder);
  g_free (self);
}
