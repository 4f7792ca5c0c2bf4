/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-ui-device-row.h"
#include "confab-ui-key-row.h"
#include "confab-ui-preferences.h"
#include "ui-fixture.h"

static const char *const microphones[] = { "Built-in Audio",
                                           "USB Headset with a Very Long Name Indeed", NULL };
static const char *const speakers[] = { "Built-in Speakers", NULL };
static const char *const pages[] = { "audio", "processing", "talking", "network" };

typedef struct {
  ConfabUiSettings *settings;   /* (owned) */
  ConfabUiCallControl *control; /* (owned) */
  ConfabUiPreferences *window;  /* (owned) */
  GSettings *store;             /* (unowned) of the settings */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) inputs = ui_make_devices (microphones);
  g_autoptr (GListModel) outputs = ui_make_devices (speakers);
  g_auto (GStrv) keys = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  fixture->settings = confab_ui_settings_new (NULL);
  fixture->store = confab_ui_settings_get_store (fixture->settings);
  g_object_get (fixture->store, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (fixture->store, keys[i]);
  fixture->control = confab_ui_call_control_new ();
  fixture->window =
      g_object_ref_sink (confab_ui_preferences_new (fixture->settings, fixture->control, NULL));
  confab_ui_preferences_set_devices (fixture->window, inputs, outputs);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_finalize_object (fixture->window);
  g_assert_finalize_object (fixture->control);
  g_object_unref (fixture->settings);
}

static gboolean
is_row (GtkWidget *widget, gpointer title)
{
  return ADW_IS_PREFERENCES_ROW (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static GtkWidget *
find_row (Fixture *fixture, const char *title)
{
  GtkWidget *row = ui_find (GTK_WIDGET (fixture->window), is_row, (gpointer) title);

  g_assert_nonnull (row);
  return row;
}

static gboolean
is_switch (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_SWITCH (widget);
}

static GtkSwitch *
find_switch (Fixture *fixture, const char *title)
{
  return GTK_SWITCH (ui_find (find_row (fixture, title), is_switch, NULL));
}

static void
test_switches (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *title;
    const char *key;
  } rows[] = {
    { "Cancel Echo", CONFAB_UI_KEY_ECHO_CANCELLATION },
    { "Suppress Noise", CONFAB_UI_KEY_NOISE_SUPPRESSION },
    { "Remove Rumble", CONFAB_UI_KEY_HIGH_PASS },
    { "Silence the Pauses", CONFAB_UI_KEY_NOISE_GATE },
    { "Same Loudness for All", CONFAB_UI_KEY_AUTOMATIC_GAIN },
    { "Key in All Windows", CONFAB_UI_KEY_GLOBAL_PUSH_TO_TALK },
    { "Relay Only", CONFAB_UI_KEY_RELAY_ONLY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GtkSwitch *toggle = find_switch (fixture, rows[i].title);
    gboolean is_on = g_settings_get_boolean (fixture->store, rows[i].key);

    g_assert_cmpint (gtk_switch_get_active (toggle), ==, is_on);
    gtk_switch_set_active (toggle, !is_on);
    g_assert_cmpint (g_settings_get_boolean (fixture->store, rows[i].key), ==, !is_on);
    g_settings_set_boolean (fixture->store, rows[i].key, is_on);
    g_assert_cmpint (gtk_switch_get_active (toggle), ==, is_on);
  }
}

static void
test_devices (Fixture *fixture, gconstpointer data)
{
  static const char *const nothing[] = { NULL };
  g_autoptr (GListModel) none = ui_make_devices (nothing);
  AdwComboRow *row = ADW_COMBO_ROW (find_row (fixture, "Microphone"));
  g_autofree char *chosen = NULL;
  GtkStringObject *item = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (row)), ==, 3);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  adw_combo_row_set_selected (row, 2);
  chosen = g_settings_get_string (fixture->store, CONFAB_UI_KEY_INPUT_DEVICE);
  g_assert_cmpstr (chosen, ==, microphones[1]);

  /* It is unplugged: the choice stays, and can be seen. */
  confab_ui_preferences_set_devices (fixture->window, none, none);
  item = GTK_STRING_OBJECT (adw_combo_row_get_selected_item (row));
  g_assert_true (g_str_has_suffix (gtk_string_object_get_string (item), "(not connected)"));
  g_free (chosen);
  chosen = g_settings_get_string (fixture->store, CONFAB_UI_KEY_INPUT_DEVICE);
  g_assert_cmpstr (chosen, ==, microphones[1]);
  g_settings_reset (fixture->store, CONFAB_UI_KEY_INPUT_DEVICE);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
}

static gboolean
is_shown (Fixture *fixture, const char *title)
{
  return gtk_widget_is_visible (find_row (fixture, title));
}

static void
test_talking (Fixture *fixture, gconstpointer data)
{
  AdwComboRow *row = ADW_COMBO_ROW (find_row (fixture, "Others Hear You"));
  g_autofree char *mode = NULL;

  g_assert_false (is_shown (fixture, "Key in Confab’s Window"));
  g_assert_false (is_shown (fixture, "Sensitivity"));
  adw_combo_row_set_selected (row, 1);
  mode = g_settings_get_string (fixture->store, CONFAB_UI_KEY_TALK_MODE);
  g_assert_cmpstr (mode, ==, "push-to-talk");
  g_assert_true (is_shown (fixture, "Key in Confab’s Window"));
  g_settings_set_string (fixture->store, CONFAB_UI_KEY_TALK_MODE, "voice");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 2);
  g_assert_false (is_shown (fixture, "Key in Confab’s Window"));
  g_assert_true (is_shown (fixture, "Sensitivity"));
}

static gboolean
is_toggle (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_TOGGLE_BUTTON (widget);
}

static void
test_key (Fixture *fixture, gconstpointer data)
{
  ConfabUiKeyRow *row = CONFAB_UI_KEY_ROW (find_row (fixture, "Key in Confab’s Window"));
  GtkWidget *button = ui_find (GTK_WIDGET (row), is_toggle, NULL);
  g_autofree char *key = NULL;

  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Right Ctrl");
  g_assert_false (confab_ui_key_row_take (row, GDK_KEY_F8)); /* nobody has asked */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Press a key…");
  g_assert_true (confab_ui_key_row_take (row, GDK_KEY_Escape));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Right Ctrl");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_assert_true (confab_ui_key_row_take (row, GDK_KEY_F8));
  key = g_settings_get_string (fixture->store, CONFAB_UI_KEY_PUSH_TO_TALK_KEY);
  g_assert_cmpstr (key, ==, "F8");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "F8");
}

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_autofree char *nameless = NULL;

  g_settings_set_string (fixture->store, CONFAB_UI_KEY_TALK_MODE, "push-to-talk");
  for (guint look = 0; look < 3; look++) {
    adw_style_manager_set_color_scheme (style, look == 1 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                         : ADW_COLOR_SCHEME_FORCE_LIGHT);
    gtk_window_set_default_size (GTK_WINDOW (fixture->window), look == 2 ? 360 : 640, 620);
    for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
      g_autofree char *name = g_strdup_printf ("preferences-%s-%s", pages[i],
                                               look == 2   ? "narrow"
                                               : look == 1 ? "dark"
                                                           : "light");

      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window),
                                                    pages[i]);
      ui_shoot_window (GTK_WIDGET (fixture->window), name);
      nameless = ui_find_nameless (GTK_WIDGET (fixture->window));
      g_assert_cmpstr (nameless, ==, NULL);
    }
  }
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add ("/ui/preferences/" path, Fixture, NULL, set_up, func, tear_down)
  if (g_str_equal (g_getenv ("LANGUAGE"), "en")) {
    ADD ("switches", test_switches);
    ADD ("devices", test_devices);
    ADD ("talking", test_talking);
    ADD ("key", test_key);
  }
  ADD ("pictures", test_pictures);
  return g_test_run ();
}
