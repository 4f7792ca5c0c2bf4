/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-ui-error.h"
#include "confab-ui-settings.h"
#include "confab-ui-sound-settings.h"
#include "ui-fixture.h"

static void
test_defaults (void)
{
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (NULL);
  GSettings *store = confab_ui_settings_get_store (settings);
  g_autofree char *microphone = g_settings_get_string (store, CONFAB_UI_KEY_INPUT_DEVICE);
  g_autofree char *mode = g_settings_get_string (store, CONFAB_UI_KEY_TALK_MODE);

  g_assert_cmpstr (confab_ui_settings_get_name (settings), !=, "");
  g_assert_cmpstr (microphone, ==, "");
  g_assert_cmpstr (mode, ==, "open");
  g_assert_true (g_settings_get_boolean (store, CONFAB_UI_KEY_ECHO_CANCELLATION));
  g_assert_false (g_settings_get_boolean (store, CONFAB_UI_KEY_RELAY_ONLY));
}

static void
test_name (void)
{
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (NULL);
  g_autoptr (ConfabUiSettings) next_start = NULL;
  g_autofree char *long_name = g_strnfill (200, 'x');

  confab_ui_settings_set_name (settings, "Grace");
  confab_ui_settings_set_name (settings, "  Ada = [Lovelace]; ");
  confab_ui_settings_set_name (settings, "   ");
  g_assert_cmpstr (confab_ui_settings_get_name (settings), ==, "Ada = [Lovelace];");
  next_start = confab_ui_settings_new (NULL);
  g_assert_cmpstr (confab_ui_settings_get_name (next_start), ==, "Ada = [Lovelace];");

  confab_ui_settings_set_name (settings, long_name);
  g_assert_cmpuint (strlen (confab_ui_settings_get_name (settings)), ==, 64);
  /* somebody else wrote it */
  g_settings_set_string (confab_ui_settings_get_store (settings), CONFAB_UI_KEY_NAME, " \n ");
  g_assert_cmpstr (confab_ui_settings_get_name (settings), !=, "");
}

static void
test_engine_follows (void)
{
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (NULL);
  g_autoptr (ConfabAudioEngine) engine = confab_audio_engine_new ();
  GSettings *store = confab_ui_settings_get_store (settings);
  ConfabUiSoundSettings *sound = NULL;

  g_settings_set_string (store, CONFAB_UI_KEY_TALK_MODE, "voice");
  sound = confab_ui_sound_settings_new (settings, engine);
  g_assert_cmpint (confab_audio_engine_get_talk_mode (engine), ==, CONFAB_AUDIO_TALK_MODE_VOICE);
  g_settings_set_string (store, CONFAB_UI_KEY_TALK_MODE, "push-to-talk");
  g_assert_cmpint (confab_audio_engine_get_talk_mode (engine), ==,
                   CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK);
  g_settings_set_string (store, CONFAB_UI_KEY_DEVICE_DELAY, "safe");
  g_assert_cmpint (confab_audio_engine_get_device_delay (engine), ==, CONFAB_AUDIO_DELAY_MODE_SAFE);
  g_assert_finalize_object (sound);
  g_settings_reset (store, CONFAB_UI_KEY_DEVICE_DELAY);
  g_settings_reset (store, CONFAB_UI_KEY_TALK_MODE);
  g_assert_cmpint (confab_audio_engine_get_talk_mode (engine), ==,
                   CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK);
}

static void
test_sentences (void)
{
  g_autoptr (GError) other = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "internal");

  for (ConfabError code = 0; code < CONFAB_N_ERRORS; code++) {
    g_autoptr (GError) error = g_error_new (CONFAB_ERROR, code, "internal");

    g_assert_true (g_str_has_suffix (confab_ui_error_to_sentence (error), "."));
  }
  g_assert_true (g_str_has_suffix (confab_ui_error_to_sentence (other), "."));
  g_assert_true (g_str_has_suffix (confab_ui_end_reason_to_sentence ("something new"), "."));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);

  g_test_add_func ("/ui/settings/defaults", test_defaults);
  g_test_add_func ("/ui/settings/name", test_name);
  g_test_add_func ("/ui/settings/engine-follows", test_engine_follows);
  g_test_add_func ("/ui/error/sentences", test_sentences);
  return g_test_run ();
}
