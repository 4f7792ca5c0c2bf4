/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "confab-error.h"
#include "confab-ui-error.h"
#include "confab-ui-settings.h"
#include "ui-fixture.h"

static GFile *
make_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("confab-settings-XXXXXX", NULL);

  return g_file_new_build_filename (folder, "app.conf", NULL);
}

static void
remove_file (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);

  g_unlink (g_file_peek_path (file));
  g_assert_cmpint (g_rmdir (g_file_peek_path (folder)), ==, 0);
}

static gboolean
has_name (GFile *file, const char *name)
{
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (file);

  return g_str_equal (confab_ui_settings_get (settings, CONFAB_UI_SETTING_NAME), name);
}

static void
test_default (void)
{
  g_autoptr (GFile) file = make_file ();
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (file);

  g_assert_cmpstr (confab_ui_settings_get (settings, CONFAB_UI_SETTING_NAME), !=, "");
  g_assert_cmpstr (confab_ui_settings_get (settings, CONFAB_UI_SETTING_MICROPHONE), ==, "");
  remove_file (file);
}

/* Two changes in a row: the second waits for the first, and wins. */
static void
test_kept (void)
{
  g_autoptr (GFile) file = make_file ();
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (file);

  confab_ui_settings_set (settings, CONFAB_UI_SETTING_NAME, "Grace");
  confab_ui_settings_set (settings, CONFAB_UI_SETTING_NAME, "  Ada = [Lovelace]; ");
  confab_ui_settings_set (settings, CONFAB_UI_SETTING_NAME, "   ");
  ui_wait_until (has_name (file, "Ada = [Lovelace];"));
  remove_file (file);
}

static void
test_long_name (void)
{
  g_autoptr (GFile) file = make_file ();
  g_autoptr (ConfabUiSettings) settings = confab_ui_settings_new (file);
  g_autofree char *name = g_strnfill (200, 'x');

  confab_ui_settings_set (settings, CONFAB_UI_SETTING_NAME, name);
  g_assert_cmpuint (strlen (confab_ui_settings_get (settings, CONFAB_UI_SETTING_NAME)), ==, 64);
  name[64] = '\0';
  ui_wait_until (has_name (file, name));
  remove_file (file);
}

static void
test_broken_file (void)
{
  g_autoptr (GFile) file = make_file ();
  g_autoptr (ConfabUiSettings) settings = NULL;

  g_assert_true (g_file_set_contents (g_file_peek_path (file), "no key file \xff", -1, NULL));
  settings = confab_ui_settings_new (file);
  g_assert_cmpstr (confab_ui_settings_get (settings, CONFAB_UI_SETTING_NAME), !=, "");
  remove_file (file);
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

  g_test_add_func ("/ui/settings/default", test_default);
  g_test_add_func ("/ui/settings/kept", test_kept);
  g_test_add_func ("/ui/settings/long-name", test_long_name);
  g_test_add_func ("/ui/settings/broken-file", test_broken_file);
  g_test_add_func ("/ui/error/sentences", test_sentences);
  return g_test_run ();
}
