/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-format.h"
#include "confab-audio-pause.h"
#include "synthetic-voice.h"

#define FRAME    480
#define FRAME_MS 10

/* Feeds frames as an encoder that leaves out whatever it may, and counts those that are sent. */
static guint
count_sent (ConfabAudioPause *pause, const GArray *sound, gboolean can_encoder_decide)
{
  guint n_sent = 0;

  for (guint i = 0; i + FRAME <= sound->len; i += FRAME) {
    const gint16 *frame = &g_array_index (sound, gint16, i);

    if (confab_audio_pause_judge (pause, frame, FRAME, can_encoder_decide) ==
        CONFAB_AUDIO_PAUSE_SEND) {
      n_sent++;
      confab_audio_pause_note_sent (pause);
    } else {
      confab_audio_pause_note_unsent (pause, FRAME);
    }
  }
  return n_sent;
}

/* Somebody silent gives a sign of life each 400 ms, and no more. */
static void
test_sign_of_life (gconstpointer can_encoder_decide)
{
  g_autoptr (GArray) zeros = synthetic_noise_new (1, 4000, -200);
  ConfabAudioPause pause;

  confab_audio_pause_init (&pause);
  g_assert_cmpuint (count_sent (&pause, zeros, GPOINTER_TO_INT (can_encoder_decide)), ==,
                    4000 / CONFAB_AUDIO_KEEP_ALIVE_MS);
}

static void
test_loud_is_sent (gconstpointer can_encoder_decide)
{
  g_autoptr (GArray) loud = synthetic_noise_new (1, 2000, -30);
  ConfabAudioPause pause;

  confab_audio_pause_init (&pause);
  g_assert_cmpuint (count_sent (&pause, loud, GPOINTER_TO_INT (can_encoder_decide)), ==,
                    2000 / FRAME_MS);
}

/* Zeros are nothing once they have lasted and are being left out anyway; before, the encoder
 * decides. */
static void
test_zeros_become_nothing (void)
{
  static const gint16 zeros[FRAME];
  ConfabAudioPause pause;

  confab_audio_pause_init (&pause);
  for (guint i = 0; i < 30; i++) {
    g_assert_cmpint (confab_audio_pause_judge (&pause, zeros, FRAME, TRUE), ==,
                     CONFAB_AUDIO_PAUSE_DECIDE);
    confab_audio_pause_note_sent (&pause);
  }
  g_assert_false (confab_audio_pause_has_begun (&pause));
  confab_audio_pause_note_unsent (&pause, FRAME);
  g_assert_true (confab_audio_pause_has_begun (&pause));
  g_assert_cmpint (confab_audio_pause_judge (&pause, zeros, FRAME, TRUE), ==,
                   CONFAB_AUDIO_PAUSE_NOTHING);
}

/* A soft fan: where the encoder can, it decides; else it is a pause after 200 ms. */
static void
test_soft_noise (void)
{
  g_autoptr (GArray) fan = synthetic_noise_new (1, 3000, -66);
  const gint16 *frame = &g_array_index (fan, gint16, 0);
  ConfabAudioPause pause;

  confab_audio_pause_init (&pause);
  count_sent (&pause, fan, TRUE);
  confab_audio_pause_note_sent (&pause);
  g_assert_cmpint (confab_audio_pause_judge (&pause, frame, FRAME, TRUE), ==,
                   CONFAB_AUDIO_PAUSE_DECIDE);
  confab_audio_pause_init (&pause);
  g_assert_cmpint (confab_audio_pause_judge (&pause, frame, FRAME, FALSE), ==,
                   CONFAB_AUDIO_PAUSE_DECIDE);
  count_sent (&pause, fan, FALSE);
  confab_audio_pause_note_sent (&pause);
  g_assert_cmpint (confab_audio_pause_judge (&pause, frame, FRAME, FALSE), ==,
                   CONFAB_AUDIO_PAUSE_NOTHING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/audio/pause/sign-of-life", GINT_TO_POINTER (TRUE), test_sign_of_life);
  g_test_add_data_func ("/audio/pause/sign-of-life-low-delay", GINT_TO_POINTER (FALSE),
                        test_sign_of_life);
  g_test_add_data_func ("/audio/pause/loud-is-sent", GINT_TO_POINTER (TRUE), test_loud_is_sent);
  g_test_add_data_func ("/audio/pause/loud-is-sent-low-delay", GINT_TO_POINTER (FALSE),
                        test_loud_is_sent);
  g_test_add_func ("/audio/pause/zeros-become-nothing", test_zeros_become_nothing);
  g_test_add_func ("/audio/pause/soft-noise", test_soft_noise);
  return g_test_run ();
}
