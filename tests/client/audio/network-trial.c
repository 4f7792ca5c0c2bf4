/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Speech through our encoder, a bad network and a jitter buffer, on a clock of its own: what a test
 * judges by ear afterwards. Both files begin at the same moment. The network may change half way.
 */

#include <gio/gio.h>
#include <string.h>

#include "bad-network.h"
#include "confab-audio-adaptation.h"
#include "confab-audio-encoder.h"
#include "confab-audio-jitter-buffer.h"
#include "confab-wav-reader.h"
#include "confab-wav-writer.h"
#include "speex-receiver.h"

#define TICK_US   10000
#define PHASE_US  3000 /* of the speaker's ticks against the microphone's */
#define START_US  G_USEC_PER_SEC
#define SSRC      7
#define REPORT_US (G_USEC_PER_SEC / 2) /* as often as RTCP brings them */

typedef struct {
  BadNetwork network;
  ConfabAudioEncoder *encoder;       /* (owned) */
  ConfabAudioAdaptation *adaptation; /* (owned) */
  ConfabAudioJitterBuffer *buffer;   /* (owned) */
  SpeexReceiver *speex;              /* (owned) (nullable) hears instead of the buffer */
  guint16 seq;
  gint64 now_us;

  /* since the last report of the receiver */
  guint n_arrived;
  guint16 reported_seq; /* the newest one then */
  guint16 newest_seq;
  gint64 transit_us; /* of the last packet */
  double jitter_ms;
  gint64 lowest_transit_us; /* ever */
} Trial;

static char *speech_path;
static char *out_path;
static double seconds = 30;
static int seed = 1;
static int frame_ms;
static gboolean uses_speex;
static gboolean recovers;
static BadNetworkFigures figures = { .burst = 1 };

static const GOptionEntry entries[] = {
  { "speech", 0, 0, G_OPTION_ARG_FILENAME, &speech_path, "WAV to say, over and over", "FILE" },
  { "out", 0, 0, G_OPTION_ARG_FILENAME, &out_path, "WAV of what is heard", "FILE" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long", "S" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of the network's dice", "N" },
  { "frame-ms", 0, 0, G_OPTION_ARG_INT, &frame_ms, "0: by the network", "MS" },
  { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &figures.loss, "Share of the packets", "0..1" },
  { "burst", 0, 0, G_OPTION_ARG_DOUBLE, &figures.burst, "Mean number lost in a row", "N" },
  { "delay-ms", 0, 0, G_OPTION_ARG_DOUBLE, &figures.delay_ms, "Of the network", "MS" },
  { "jitter-ms", 0, 0, G_OPTION_ARG_DOUBLE, &figures.jitter_ms, "Standard deviation", "MS" },
  { "rate-kbps", 0, 0, G_OPTION_ARG_DOUBLE, &figures.rate_kbps, "Of the bottleneck", "KBIT/S" },
  { "duplicates", 0, 0, G_OPTION_ARG_DOUBLE, &figures.duplicates, "Share of the packets", "0..1" },
  { "stall-s", 0, 0, G_OPTION_ARG_DOUBLE, &figures.stall_s, "Mean time between stalls", "S" },
  { "stall-ms", 0, 0, G_OPTION_ARG_DOUBLE, &figures.stall_ms, "The longest stall", "MS" },
  { "recover", 0, 0, G_OPTION_ARG_NONE, &recovers, "The network is good in the second half", NULL },
  { "speex", 0, 0, G_OPTION_ARG_NONE, &uses_speex, "Hear by speexdsp's jitter buffer", NULL },
  { NULL },
};

static void
on_frame (const ConfabAudioEncoderFrame *frame, gpointer user_data)
{
  Trial *trial = user_data;
  g_autoptr (GBytes) payload = g_bytes_new (frame->data, frame->size);

  guint32 timestamp = (guint32) (frame->time_ns * CONFAB_AUDIO_SAMPLES_PER_MS / 1000000);

  if (frame->size <= 2) /* a pause */
    return;
  bad_network_send (&trial->network, trial->seq++, timestamp, payload, trial->now_us + TICK_US);
}

/* What RTCP would say of it (RFC 3550, section 6.4.1). */
static void
observe (Trial *trial, const BadNetworkPacket *packet)
{
  gint64 transit_us = packet->arrival_us - (gint64) packet->timestamp * 1000 / 48;

  trial->jitter_ms += (ABS (transit_us - trial->transit_us) / 1000.0 - trial->jitter_ms) / 16;
  trial->transit_us = transit_us;
  trial->lowest_transit_us = MIN (trial->lowest_transit_us, transit_us);
  trial->n_arrived++;
  if ((gint16) (guint16) (packet->seq - trial->newest_seq) > 0)
    trial->newest_seq = packet->seq;
}

static void
on_packet (const BadNetworkPacket *packet, gpointer user_data)
{
  Trial *trial = user_data;
  gsize size;
  const guint8 *payload = g_bytes_get_data (packet->payload, &size);

  observe (trial, packet);
  if (trial->speex != NULL)
    speex_receiver_put (trial->speex, packet->seq, packet->timestamp, payload, size);
  else
    confab_audio_jitter_buffer_put (trial->buffer, SSRC, packet->seq, packet->timestamp, payload,
                                    size, packet->arrival_us);
}

static void
report (Trial *trial)
{
  guint16 n_expected = (guint16) (trial->newest_seq - trial->reported_seq);
  ConfabAudioPlan plan;
  ConfabAudioReport report = {
    .loss_ratio = 1.0 - (double) trial->n_arrived / MAX (n_expected, 1),
    .jitter_ms = trial->jitter_ms,
    .rtt_ms = (double) (trial->transit_us - trial->lowest_transit_us) / 1000,
  };

  confab_audio_adaptation_take_report (trial->adaptation, "listener", &report, trial->now_us);
  confab_audio_adaptation_get_plan (trial->adaptation, trial->now_us, &plan);
  confab_audio_encoder_set_frame_ms (trial->encoder, plan.frame_ms);
  confab_audio_encoder_set_bitrate (trial->encoder, plan.bitrate);
  confab_audio_encoder_set_loss_percent (trial->encoder, plan.loss_percent);
  trial->n_arrived = 0;
  trial->reported_seq = trial->newest_seq;
}

static void
say (Trial *trial, GBytes *speech, gsize at)
{
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];
  const gint16 *samples = g_bytes_get_data (speech, NULL);
  gsize n = g_bytes_get_size (speech) / sizeof *samples;

  for (gsize i = 0; i < G_N_ELEMENTS (tick); i++)
    tick[i] = samples[(at + i) % n];
  confab_audio_encoder_feed (trial->encoder, tick, G_N_ELEMENTS (tick),
                             (guint64) trial->now_us * 1000);
}

static void
hear (Trial *trial, ConfabWavWriter *writer)
{
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];
  gint64 now_us = trial->now_us + PHASE_US;

  bad_network_deliver (&trial->network, now_us, on_packet, trial);
  if (trial->speex != NULL)
    speex_receiver_pull (trial->speex, tick);
  else
    confab_audio_jitter_buffer_pull (trial->buffer, tick, G_N_ELEMENTS (tick), now_us);
  confab_wav_writer_push (writer, tick, G_N_ELEMENTS (tick));
}

static void
run (Trial *trial, GBytes *speech, ConfabWavWriter *writer)
{
  guint n_ticks = (guint) (seconds * 1e6 / TICK_US);

  for (guint i = 0; i < n_ticks; i++) {
    if (recovers && i == n_ticks / 2)
      trial->network.figures = (BadNetworkFigures){ .burst = 1, .delay_ms = figures.delay_ms };
    say (trial, speech, (gsize) i * CONFAB_AUDIO_TICK_SAMPLES);
    hear (trial, writer);
    trial->now_us += TICK_US;
    if (trial->now_us % REPORT_US == 0)
      report (trial);
  }
}

static void
set_up (Trial *trial)
{
  *trial = (Trial){ .now_us = START_US, .lowest_transit_us = G_MAXINT64 };
  bad_network_init (&trial->network, (guint32) seed);
  trial->network.figures = figures;
  trial->encoder = confab_audio_encoder_new (on_frame, trial);
  trial->adaptation = confab_audio_adaptation_new ();
  confab_audio_adaptation_set_frame_ms (trial->adaptation, (guint) frame_ms);
  trial->buffer = confab_audio_jitter_buffer_new ();
  if (uses_speex)
    trial->speex = speex_receiver_new (frame_ms > 0 ? (guint) frame_ms * 48 : 480);
}

static void
tear_down (Trial *trial)
{
  g_clear_pointer (&trial->speex, speex_receiver_free);
  confab_audio_jitter_buffer_unref (trial->buffer);
  confab_audio_adaptation_free (trial->adaptation);
  confab_audio_encoder_free (trial->encoder);
  bad_network_clear (&trial->network);
}

/* Of our jitter buffer and of the last plan. */
static void
print_figures (Trial *trial)
{
  ConfabAudioJitterBufferStats stats;
  ConfabAudioPlan plan;

  confab_audio_jitter_buffer_get_stats (trial->buffer, &stats);
  confab_audio_adaptation_get_plan (trial->adaptation, trial->now_us, &plan);
  g_print ("{\"received\": %" G_GUINT64_FORMAT ", \"lost\": %" G_GUINT64_FORMAT
           ", \"recovered\": %" G_GUINT64_FORMAT ", \"waits\": %" G_GUINT64_FORMAT
           ", \"moves\": %" G_GUINT64_FORMAT ", \"delay_us\": %" G_GINT64_FORMAT
           ", \"frame_ms\": %u, \"bitrate\": %u}\n",
           stats.packets_received, stats.packets_lost, stats.packets_recovered, stats.waits,
           stats.cuts + stats.repeats, stats.delay_us, plan.frame_ms, plan.bitrate);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) speech = NULL;
  ConfabWavWriter *writer = NULL;
  Trial trial;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) ||
      (speech = confab_wav_reader_load (speech_path, &error)) == NULL ||
      (writer = confab_wav_writer_new (out_path, NULL, NULL, &error)) == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  set_up (&trial);
  run (&trial, speech, writer);
  print_figures (&trial);
  tear_down (&trial);
  return confab_wav_writer_finish (writer, &error) ? 0 : 1;
}
