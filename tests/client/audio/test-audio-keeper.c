/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "confab-audio-keeper.h"
#include "confab-error.h"

/* A half on a machine without a sound server; tests/client/audio/test-audio-devices.c has one. */
typedef struct {
  ConfabAudioKeeper *keeper; /* (owned) */
  guint n_opened;
  guint n_substituted;
  gboolean is_substituted;
  guint n_problems;
  guint n_recovered;
} Fixture;

static void
open_half (const char *device, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_opened++;
}

static void
open_substitute (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_substituted++;
  fixture->is_substituted = TRUE;
}

static void
close_half (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->is_substituted = FALSE;
}

static gboolean
is_flowing (gpointer user_data)
{
  return FALSE;
}

static void
on_problem (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE);
  fixture->n_problems++;
}

static void
on_recovered (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_recovered++;
}

static const ConfabAudioHalf half = {
  .name = "microphone",
  .is_input = TRUE,
  .open = open_half,
  .open_substitute = open_substitute,
  .close = close_half,
  .is_flowing = is_flowing,
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  ConfabAudioKeeperEvents events = { on_problem, on_recovered, fixture };

  fixture->keeper = confab_audio_keeper_new (g_main_context_default (), &half, fixture, &events);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  confab_audio_keeper_free (fixture->keeper);
  g_assert_false (fixture->is_substituted);
}

/* The substitute stands in at once, and nothing is opened. */
static void
test_substitute (Fixture *fixture, gconstpointer data)
{
  g_assert_false (confab_audio_keeper_has_device (fixture->keeper));
  confab_audio_keeper_start (fixture->keeper, NULL);
  g_assert_true (fixture->is_substituted);
  g_assert_false (confab_audio_keeper_has_device (fixture->keeper));
  g_assert_true (confab_audio_keeper_has_problem (fixture->keeper));
  g_assert_cmpuint (fixture->n_opened, ==, 0);
  g_assert_cmpuint (fixture->n_problems, ==, 1);
  confab_audio_keeper_reopen (fixture->keeper);
  g_assert_cmpuint (fixture->n_substituted, ==, 1);
}

/* A device after it that does not work either is the same trouble; it ends when none is wanted. */
static void
test_problem_outlives_device (Fixture *fixture, gconstpointer data)
{
  confab_audio_keeper_start (fixture->keeper, NULL);
  confab_audio_keeper_stop (fixture->keeper);
  g_assert_false (fixture->is_substituted);
  g_assert_true (confab_audio_keeper_has_problem (fixture->keeper));
  confab_audio_keeper_start (fixture->keeper, NULL);
  g_assert_cmpuint (fixture->n_substituted, ==, 2);
  g_assert_cmpuint (fixture->n_problems, ==, 1);
  g_assert_cmpuint (fixture->n_recovered, ==, 0);
  confab_audio_keeper_stop (fixture->keeper);
  confab_audio_keeper_recover (fixture->keeper);
  confab_audio_keeper_recover (fixture->keeper);
  g_assert_cmpuint (fixture->n_recovered, ==, 1);
}

/* After that the same trouble is news again. */
static void
test_forgotten_problem (Fixture *fixture, gconstpointer data)
{
  confab_audio_keeper_start (fixture->keeper, NULL);
  confab_audio_keeper_stop (fixture->keeper);
  confab_audio_keeper_forget_problem (fixture->keeper);
  g_assert_cmpuint (fixture->n_recovered, ==, 0);
  confab_audio_keeper_start (fixture->keeper, NULL);
  g_assert_cmpuint (fixture->n_problems, ==, 2);
}

/* What the stream of a device says after it was let go of is no news. */
static void
test_error_after_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED, "Late");

  confab_audio_keeper_take_error (fixture->keeper, error);
  confab_audio_keeper_start (fixture->keeper, NULL);
  confab_audio_keeper_stop (fixture->keeper);
  confab_audio_keeper_take_error (fixture->keeper, error);
  g_assert_cmpuint (fixture->n_problems, ==, 1);
  g_assert_false (fixture->is_substituted);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/audio/keeper/substitute", test_substitute },
    { "/audio/keeper/problem-outlives-device", test_problem_outlives_device },
    { "/audio/keeper/forgotten-problem", test_forgotten_problem },
    { "/audio/keeper/error-after-stop", test_error_after_stop },
  };

  g_test_init (&argc, &argv, NULL);
  g_setenv ("PULSE_SERVER", "unix:/nonexistent", TRUE);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
