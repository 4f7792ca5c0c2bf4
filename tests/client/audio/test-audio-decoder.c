/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include "confab-audio-decoder.h"
#include "confab-audio-format.h"

#define FRAME     (CONFAB_AUDIO_RATE / 50)
#define N_FRAMES  20
#define TONE_HZ   400
#define AMPLITUDE 8000

typedef struct {
  ConfabAudioDecoder decoder;
  ConfabAudioPacket packets[N_FRAMES]; /* of a tone */
} Fixture;

static void
encode_tone (ConfabAudioPacket *packets, gboolean with_fec)
{
  OpusEncoder *encoder = opus_encoder_create (CONFAB_AUDIO_RATE, 1, OPUS_APPLICATION_VOIP, NULL);
  gint16 samples[FRAME];

  opus_encoder_ctl (encoder, OPUS_SET_BITRATE (24000));
  opus_encoder_ctl (encoder, OPUS_SET_INBAND_FEC (with_fec));
  opus_encoder_ctl (encoder, OPUS_SET_PACKET_LOSS_PERC (20));
  opus_encoder_ctl (encoder, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE));
  for (guint i = 0; i < N_FRAMES; i++) {
    for (guint j = 0; j < FRAME; j++)
      samples[j] =
          (gint16) (AMPLITUDE * sin (2 * G_PI * TONE_HZ * (i * FRAME + j) / CONFAB_AUDIO_RATE));
    packets[i].size = (guint16) opus_encode (encoder, samples, FRAME, packets[i].payload,
                                             sizeof packets[i].payload);
  }
  opus_encoder_destroy (encoder);
}

static void
set_up (Fixture *fixture, gconstpointer with_fec)
{
  memset (fixture, 0, sizeof *fixture);
  confab_audio_decoder_init (&fixture->decoder);
  encode_tone (fixture->packets, with_fec != NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  confab_audio_decoder_clear (&fixture->decoder);
}

/* Plays all but the last two packets, and takes everything out of the queue. */
static void
play (Fixture *fixture)
{
  gint16 samples[FRAME];

  for (guint i = 0; i < N_FRAMES - 2; i++) {
    g_assert_cmpuint (confab_audio_decoder_decode (&fixture->decoder, &fixture->packets[i], 0), ==,
                      FRAME);
    confab_audio_decoder_take (&fixture->decoder, samples, FRAME);
  }
}

/* Root of the mean square of what waits, which is taken. */
static double
take_rms (Fixture *fixture)
{
  guint n = fixture->decoder.queue.n_queued;
  g_autofree gint16 *samples = g_new (gint16, n);
  double sum = 0;

  confab_audio_decoder_take (&fixture->decoder, samples, n);
  for (guint i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  return sqrt (sum / n);
}

static void
test_decode (Fixture *fixture, gconstpointer data)
{
  static const ConfabAudioPacket nonsense = { .payload = { 0x03, 0x00 }, .size = 2 };
  guint before = 0;

  play (fixture);
  confab_audio_decoder_decode (&fixture->decoder, &fixture->packets[N_FRAMES - 2], 0);
  before = fixture->decoder.queue.n_queued;
  g_assert_cmpuint (before, >=, FRAME);
  g_assert_cmpuint (confab_audio_decoder_decode (&fixture->decoder, &nonsense, 0), ==, 0);
  g_assert_cmpuint (fixture->decoder.queue.n_queued, ==, before);
  g_assert_cmpfloat (take_rms (fixture), >, AMPLITUDE / 2);
}

/* A lost packet is in the one behind it, unless that has no FEC. */
static void
test_replace (Fixture *fixture, gconstpointer with_fec)
{
  const ConfabAudioPacket *follower = &fixture->packets[N_FRAMES - 1];

  play (fixture);
  g_assert_cmpint (confab_audio_decoder_replace (&fixture->decoder, follower, FRAME, 0), ==,
                   with_fec != NULL);
  g_assert_cmpuint (fixture->decoder.queue.n_queued, >=, FRAME);
  g_assert_cmpfloat (take_rms (fixture), >, AMPLITUDE / 4);
}

/* What was made up while waiting for it is left out, and does not continue the guess. */
static void
test_replace_rest (Fixture *fixture, gconstpointer data)
{
  const ConfabAudioPacket *follower = &fixture->packets[N_FRAMES - 1];
  guint before = 0;

  play (fixture);
  before = fixture->decoder.queue.n_queued;
  g_assert_true (confab_audio_decoder_replace (&fixture->decoder, follower, FRAME, FRAME / 2));
  g_assert_cmpuint (fixture->decoder.queue.n_queued - before, <=, FRAME / 2);
  g_assert_false (confab_audio_decoder_replace (&fixture->decoder, NULL, FRAME, 0));
}

/* A guess goes on with the sound, and what comes after it is a splice. */
static void
test_conceal (Fixture *fixture, gconstpointer data)
{
  play (fixture);
  g_assert_false (fixture->decoder.is_splice);
  confab_audio_decoder_conceal (&fixture->decoder, FRAME / 2);
  g_assert_true (fixture->decoder.is_splice);
  g_assert_cmpfloat (take_rms (fixture), >, AMPLITUDE / 8);
  confab_audio_decoder_decode (&fixture->decoder, &fixture->packets[N_FRAMES - 1], 0);
  g_assert_false (fixture->decoder.is_splice);
}

/* Guesses fade to silence and stay there, until there is something to hear again. */
static void
test_conceal_for_long (Fixture *fixture, gconstpointer data)
{
  play (fixture);
  for (guint i = 0; i < 100; i++) {
    confab_audio_decoder_conceal (&fixture->decoder, FRAME / 2);
    if (i == 98)
      take_rms (fixture);
  }
  g_assert_true (fixture->decoder.is_faded);
  g_assert_cmpfloat (take_rms (fixture), ==, 0);
  confab_audio_decoder_decode (&fixture->decoder, &fixture->packets[N_FRAMES - 2], 0);
  g_assert_cmpfloat (take_rms (fixture), >, AMPLITUDE / 8);
  confab_audio_decoder_conceal (&fixture->decoder, FRAME / 2);
  g_assert_cmpfloat (take_rms (fixture), >, AMPLITUDE / 16);
}

/* Whoever takes more than there is gets silence behind it. */
static void
test_take_too_much (Fixture *fixture, gconstpointer data)
{
  gint16 samples[FRAME];

  memset (samples, 1, sizeof samples);
  confab_audio_decoder_take (&fixture->decoder, samples, FRAME);
  for (guint i = 0; i < FRAME; i++)
    g_assert_cmpint (samples[i], ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    gboolean with_fec;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/audio/decoder/decode", FALSE, test_decode },
    { "/audio/decoder/replace-with-fec", TRUE, test_replace },
    { "/audio/decoder/replace-without-fec", FALSE, test_replace },
    { "/audio/decoder/replace-rest", TRUE, test_replace_rest },
    { "/audio/decoder/conceal", FALSE, test_conceal },
    { "/audio/decoder/conceal-for-long", FALSE, test_conceal_for_long },
    { "/audio/decoder/take-too-much", FALSE, test_take_too_much },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GINT_TO_POINTER (tests[i].with_fec), set_up, tests[i].func,
                tear_down);
  return g_test_run ();
}
