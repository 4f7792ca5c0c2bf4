/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-e-model.h"
#include "confab-audio-quality.h"
#include "confab-audio-told-level.h"

#define NEAR(a, b, within) g_assert_cmpfloat_with_epsilon (a, b, within)

/* Worked by hand from the equations; 3 at 200 ms and 24 at 400 ms are in the curve of G.107. */
static void
test_delay_impairment (void)
{
  NEAR (confab_audio_e_model_get_delay_impairment (0), 0, 1e-9);
  NEAR (confab_audio_e_model_get_delay_impairment (100), 0, 1e-9);
  NEAR (confab_audio_e_model_get_delay_impairment (150), 0.16, 0.01);
  NEAR (confab_audio_e_model_get_delay_impairment (200), 3.04, 0.01);
  NEAR (confab_audio_e_model_get_delay_impairment (400), 24.07, 0.01);
  NEAR (confab_audio_e_model_get_delay_impairment (800), 40.83, 0.01);
}

static void
test_codec_impairment (void)
{
  NEAR (confab_audio_e_model_get_codec_impairment (32, 0), 1, 1e-9);
  NEAR (confab_audio_e_model_get_codec_impairment (12.65, 0), 13, 1e-9);
  NEAR (confab_audio_e_model_get_codec_impairment (13.45, 0), 11.5, 1e-9);
  NEAR (confab_audio_e_model_get_codec_impairment (1, 0), 41, 1e-9);
  /* 1 + 94 * 5 / (5 + 4.3) */
  NEAR (confab_audio_e_model_get_codec_impairment (32, 0.05), 51.54, 0.01);
  NEAR (confab_audio_e_model_get_codec_impairment (32, 1), 91.12, 0.01);
  NEAR (confab_audio_e_model_get_codec_impairment (32, 7), 91.12, 0.01);
}

static void
test_opinion (void)
{
  /* (129 - 1) / 1.29 = 99.2 */
  NEAR (confab_audio_e_model_get_rating (50, 32, 0), 99.22, 0.01);
  NEAR (confab_audio_e_model_get_mos (99.22), 4.49, 0.01);
  /* The table of G.107, Annex B: 93.2 is 4.41, 80 is 4.02, 60 is 3.10, 50 is 2.58 */
  NEAR (confab_audio_e_model_get_mos (93.2), 4.41, 0.005);
  NEAR (confab_audio_e_model_get_mos (80), 4.02, 0.005);
  NEAR (confab_audio_e_model_get_mos (60), 3.10, 0.005);
  NEAR (confab_audio_e_model_get_mos (50), 2.58, 0.005);
  NEAR (confab_audio_e_model_get_mos (-5), 1, 1e-9);
  NEAR (confab_audio_e_model_get_mos (105), 4.5, 1e-9);
  NEAR (confab_audio_e_model_get_rating (5000, 6, 1), 0, 1e-9);
}

/* A second of 50 packets of 20 ms and 80 bytes: 32 kbit/s. */
static void
let_second_pass (ConfabAudioQuality *quality, ConfabAudioQualityInput *input, guint second)
{
  input->received.packets_received += 50;
  input->received_bytes += 50 * 80;
  input->sent_bytes += 50 * 60;
  confab_audio_quality_update (quality, input, (gint64) (second + 1) * G_USEC_PER_SEC);
}

static ConfabAudioQualityInput
make_input (void)
{
  return (ConfabAudioQualityInput){ .frame_samples = 960,
                                    .look_ahead_samples = 312,
                                    .rtt_ms = 3,
                                    .capture_ms = 12,
                                    .output_ms = 11,
                                    .received_bytes = G_MAXUINT32 - 1000,
                                    .received.delay_us = 8000 };
}

static void
test_good (void)
{
  ConfabAudioQualityInput input = make_input ();
  ConfabAudioQuality quality;

  confab_audio_quality_init (&quality);
  g_assert_cmpfloat (quality.mos, <, 0);
  for (guint i = 0; i < 5; i++)
    let_second_pass (&quality, &input, i);
  NEAR (quality.received_kbps, 32, 0.01);
  NEAR (quality.sent_kbps, 24, 0.01);
  NEAR (quality.concealed_ratio, 0, 1e-9);
  NEAR (confab_audio_delay_get_sum_ms (&quality.delay), 12 + 26.5 + 1.5 + 8 + 11, 1e-9);
  NEAR (quality.mos, 4.49, 0.01);
  input.look_ahead_samples = 120;
  let_second_pass (&quality, &input, 5);
  NEAR (quality.delay.encoder_ms, 22.5, 1e-9);
}

static void
test_unknown_part (void)
{
  ConfabAudioQualityInput input = make_input ();
  ConfabAudioQuality quality;

  confab_audio_quality_init (&quality);
  g_assert_cmpfloat (confab_audio_delay_get_sum_ms (&quality.delay), <, 0);
  input.capture_ms = -1;
  for (guint i = 0; i < 2; i++)
    let_second_pass (&quality, &input, i);
  g_assert_cmpfloat (confab_audio_delay_get_sum_ms (&quality.delay), <, 0);
  NEAR (quality.delay.network_ms, 1.5, 1e-9);
  NEAR (quality.mos, 4.49, 0.01);
}

/* 5 of 50 lost, 2 of them recovered, and 2 ticks waited: 80 of 1000 ms. */
static void
test_concealed (void)
{
  ConfabAudioQualityInput input = make_input ();
  ConfabAudioQuality quality;

  confab_audio_quality_init (&quality);
  let_second_pass (&quality, &input, 0);
  for (guint i = 1; i < 4; i++) {
    input.received.packets_lost += 5;
    input.received.packets_recovered += 2;
    input.received.waits += 2;
    input.received.loss_ratio = 0.1;
    let_second_pass (&quality, &input, i);
  }
  NEAR (quality.concealed_ratio, 0.08, 1e-9);
  NEAR (quality.lost_ratio, 0.1, 1e-9);
  g_assert_cmpfloat (quality.mos, <, 3);
  /* ten good seconds later it is forgotten */
  for (guint i = 4; i < 14; i++)
    let_second_pass (&quality, &input, i);
  NEAR (quality.concealed_ratio, 0, 1e-9);
}

/* Pauses are no losses and no bad codec; a broken path is a loss. */
static void
test_pause_and_break (void)
{
  ConfabAudioQualityInput input = make_input ();
  ConfabAudioQuality quality;

  confab_audio_quality_init (&quality);
  for (guint i = 0; i < 3; i++)
    let_second_pass (&quality, &input, i);
  for (guint i = 3; i < 8; i++) {
    input.received.packets_received += 2;
    input.received_bytes += 10;
    confab_audio_quality_update (&quality, &input, (i + 1) * G_USEC_PER_SEC);
  }
  NEAR (quality.received_kbps, 0.08, 0.001);
  NEAR (quality.mos, 4.49, 0.01);
  for (guint i = 8; i < 13; i++)
    confab_audio_quality_update (&quality, &input, (i + 1) * G_USEC_PER_SEC);
  NEAR (quality.lost_ratio, 1, 1e-9);
  NEAR (quality.concealed_ratio, 0.5, 1e-9);
  g_assert_cmpfloat (quality.mos, <, 2);
}

static void
test_told_level (void)
{
  ConfabAudioToldLevel level;
  double dbov = 0;
  gboolean is_speaking = FALSE;
  gint64 now_us = 100 * G_USEC_PER_SEC;

  confab_audio_told_level_init (&level);
  g_assert_false (confab_audio_told_level_get (&level, now_us, &dbov, &is_speaking));
  confab_audio_told_level_tell (&level, 0x80 | 20, now_us);
  g_assert_true (confab_audio_told_level_get (&level, now_us, &dbov, &is_speaking));
  g_assert_true (is_speaking);
  NEAR (dbov, -20, 1e-9);
  for (guint i = 0; i < 20; i++)
    confab_audio_told_level_tell (&level, 127, now_us += 20000);
  confab_audio_told_level_get (&level, now_us, &dbov, &is_speaking);
  g_assert_false (is_speaking);
  g_assert_cmpfloat (dbov, <, -100);
  /* nothing comes any more */
  confab_audio_told_level_tell (&level, 0, now_us);
  confab_audio_told_level_get (&level, now_us + 2 * G_USEC_PER_SEC, &dbov, &is_speaking);
  g_assert_false (is_speaking);
  NEAR (dbov, -127, 1e-9);
}

/* Every byte is a level. */
static void
test_told_bytes (void)
{
  for (guint byte = 0; byte < 256; byte++) {
    ConfabAudioToldLevel level;
    double dbov = 0;
    gboolean is_speaking = FALSE;

    confab_audio_told_level_init (&level);
    confab_audio_told_level_tell (&level, (guint8) byte, 1);
    g_assert_true (confab_audio_told_level_get (&level, 1, &dbov, &is_speaking));
    NEAR (dbov, -(double) (byte & 127), 1e-9);
    g_assert_cmpint (is_speaking, ==, dbov > -45);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/e-model/delay", test_delay_impairment);
  g_test_add_func ("/e-model/codec", test_codec_impairment);
  g_test_add_func ("/e-model/opinion", test_opinion);
  g_test_add_func ("/quality/good", test_good);
  g_test_add_func ("/quality/unknown-part", test_unknown_part);
  g_test_add_func ("/quality/concealed", test_concealed);
  g_test_add_func ("/quality/pause-and-break", test_pause_and_break);
  g_test_add_func ("/told-level/speech", test_told_level);
  g_test_add_func ("/told-level/bytes", test_told_bytes);

  return g_test_run ();
}
