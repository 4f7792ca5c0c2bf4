/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-quality"

#include "confab-audio-quality.h"

#include "confab-audio-e-model.h"

#define ASSUMED_KBPS 32.0 /* until somebody has spoken */
#define SPEECH_SHARE 0.5  /* of a second has to be filled with packets to tell the bit rate */

/**
 * confab_audio_delay_get_sum_ms:
 * @self: a delay in its parts
 *
 * Returns: from mouth to ear; negative when a part is not known
 */
double
confab_audio_delay_get_sum_ms (const ConfabAudioDelay *self)
{
  const double parts[] = { self->capture_ms, self->encoder_ms, self->network_ms,
                           self->jitter_buffer_ms, self->output_ms };
  double sum_ms = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i] < 0)
      return -1;
    sum_ms += parts[i];
  }
  return sum_ms;
}

/**
 * confab_audio_quality_init:
 *
 * Nothing is known yet.
 */
void
confab_audio_quality_init (ConfabAudioQuality *self)
{
  *self = (ConfabAudioQuality){ .lost_ratio = -1,
                                .concealed_ratio = -1,
                                .received_kbps = -1,
                                .sent_kbps = -1,
                                .delay = { -1, -1, -1, -1, -1 },
                                .mos = -1,
                                .speech_kbps = ASSUMED_KBPS };
}

static double
get_kbps (guint32 n_bytes, gint64 elapsed_us)
{
  return (double) n_bytes * 8 * 1000 / (double) elapsed_us;
}

static gint64
get_frame_us (const ConfabAudioQualityInput *input)
{
  return (gint64) input->frame_samples * 1000 / CONFAB_AUDIO_SAMPLES_PER_MS;
}

/* The bit rate of speech tells what the codec can do; pauses in which nothing is sent do not. */
static void
learn_speech_rate (ConfabAudioQuality *self,
                   const ConfabAudioQualityInput *input,
                   guint64 n_packets,
                   gint64 elapsed_us)
{
  gint64 filled_us = (gint64) n_packets * get_frame_us (input);

  if ((double) filled_us >= SPEECH_SHARE * (double) elapsed_us)
    self->speech_kbps = get_kbps (input->received_bytes - self->last.received_bytes, filled_us);
}

/* Silence is sent, too, some times a second: a second without any packet is lost as a whole. */
static gint64
get_concealed_us (ConfabAudioQuality *self,
                  const ConfabAudioQualityInput *input,
                  guint64 n_packets,
                  gint64 elapsed_us)
{
  const ConfabAudioJitterBufferStats *now = &input->received;
  const ConfabAudioJitterBufferStats *then = &self->last.received;
  gint64 lost = (gint64) (now->packets_lost - then->packets_lost) -
                (gint64) (now->packets_recovered - then->packets_recovered);
  gint64 waits = (gint64) (now->waits - then->waits);
  gint64 tick_us = CONFAB_AUDIO_TICK_SAMPLES * 1000 / CONFAB_AUDIO_SAMPLES_PER_MS;

  if (n_packets == 0)
    return elapsed_us;
  return CLAMP (lost * get_frame_us (input) + waits * tick_us, 0, elapsed_us);
}

static void
remember_second (ConfabAudioQuality *self, gint64 concealed_us, gint64 elapsed_us)
{
  guint i = self->n_updates++ % CONFAB_AUDIO_QUALITY_SECONDS;
  gint64 all_concealed_us = 0;
  gint64 all_elapsed_us = 0;

  self->concealed_us[i] = concealed_us;
  self->elapsed_us[i] = elapsed_us;
  for (guint k = 0; k < MIN (self->n_updates, CONFAB_AUDIO_QUALITY_SECONDS); k++) {
    all_concealed_us += self->concealed_us[k];
    all_elapsed_us += self->elapsed_us[k];
  }
  self->concealed_ratio = (double) all_concealed_us / (double) all_elapsed_us;
}

static void
update_delay (ConfabAudioQuality *self, const ConfabAudioQualityInput *input)
{
  self->delay.capture_ms = input->capture_ms;
  self->delay.encoder_ms =
      (double) (input->frame_samples + input->look_ahead_samples) / CONFAB_AUDIO_SAMPLES_PER_MS;
  self->delay.network_ms = input->rtt_ms >= 0 ? input->rtt_ms / 2 : -1;
  self->delay.jitter_buffer_ms = (double) MAX (input->received.delay_us, 0) / 1e3;
  self->delay.output_ms = input->output_ms;
}

/* What is not known costs nothing. */
static double
get_known_delay_ms (const ConfabAudioDelay *delay)
{
  return MAX (delay->capture_ms, 0) + MAX (delay->encoder_ms, 0) + MAX (delay->network_ms, 0) +
         MAX (delay->jitter_buffer_ms, 0) + MAX (delay->output_ms, 0);
}

/**
 * confab_audio_quality_update:
 * @input: what is known now
 * @now_us: monotonic time
 *
 * To be called once a second. The delay is that of sound which comes now, the opinion that of the
 * last ten seconds.
 */
void
confab_audio_quality_update (ConfabAudioQuality *self,
                             const ConfabAudioQualityInput *input,
                             gint64 now_us)
{
  guint64 n_packets = input->received.packets_received - self->last.received.packets_received;
  gint64 elapsed_us = now_us - self->last_us;

  if (self->last_us > 0 && elapsed_us > 0) {
    self->received_kbps = get_kbps (input->received_bytes - self->last.received_bytes, elapsed_us);
    self->sent_kbps = get_kbps (input->sent_bytes - self->last.sent_bytes, elapsed_us);
  }
  if (self->last_us > 0 && elapsed_us > 0 && self->last.received.packets_received > 0) {
    learn_speech_rate (self, input, n_packets, elapsed_us);
    remember_second (self, get_concealed_us (self, input, n_packets, elapsed_us), elapsed_us);
  }
  if (input->received.packets_received > 0) {
    update_delay (self, input);
    self->lost_ratio = n_packets > 0 || self->n_updates == 0 ? input->received.loss_ratio : 1;
    self->mos = confab_audio_e_model_get_mos (confab_audio_e_model_get_rating (
        get_known_delay_ms (&self->delay), self->speech_kbps, self->concealed_ratio));
  }
  self->last = *input;
  self->last_us = now_us;
}
