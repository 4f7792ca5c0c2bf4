/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-preferences"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-device-row.h"
#include "confab-ui-key-row.h"
#include "confab-ui-preferences.h"
#include "confab-ui-sound-check-group.h"

/**
 * ConfabUiPreferences:
 *
 * The preferences: devices and a test of them, what is done to sound, how one talks, the network.
 * Each row is bound to a key of the settings; a call that goes on follows them by itself.
 */
struct _ConfabUiPreferences {
  AdwPreferencesWindow parent_instance;

  GSettings *store;                   /* (owned) */
  ConfabUiGlobalShortcuts *shortcuts; /* (owned) (nullable) without a session bus */

  ConfabUiDeviceRow *microphone_row; /* (unowned) of the template, as all below */
  ConfabUiDeviceRow *speaker_row;
  ConfabUiSoundCheckGroup *sound_check;
  AdwComboRow *delay_row;
  GtkSwitch *chimes;
  GtkSwitch *echo_cancellation;
  GtkSwitch *noise_suppression;
  GtkSwitch *high_pass;
  GtkSwitch *noise_gate;
  GtkSwitch *automatic_gain;
  AdwComboRow *mode_row;
  GtkWidget *key_group;
  ConfabUiKeyRow *key_row;
  GtkSwitch *global_key;
  AdwActionRow *global_key_row;
  GtkWidget *voice_group;
  GtkAdjustment *threshold;
  AdwComboRow *frame_row;
  GtkSwitch *relay_only;
};

G_DEFINE_FINAL_TYPE (ConfabUiPreferences, confab_ui_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* What a key may be, in the order of the rows of its list. */
static const char *const delays[] = { "lowest", "normal", "safe", NULL };
static const char *const modes[] = { "open", "push-to-talk", "voice", NULL };
static const char *const frames[] = { "auto", "10", "20", "40", "60", NULL };

static gboolean
read_choice (GValue *value, GVariant *variant, gpointer words)
{
  const char *word = g_variant_get_string (variant, NULL);

  for (guint i = 0; ((const char *const *) words)[i] != NULL; i++)
    if (g_str_equal (word, ((const char *const *) words)[i]))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
write_choice (const GValue *value, const GVariantType *expected_type, gpointer words)
{
  guint position = g_value_get_uint (value);

  return position < g_strv_length (words)
             ? g_variant_new_string (((const char *const *) words)[position])
             : NULL;
}

static void
bind_choice (ConfabUiPreferences *self, const char *key, AdwComboRow *row, const char *const *words)
{
  g_settings_bind_with_mapping (self->store, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                read_choice, write_choice, (gpointer) words, NULL);
}

static void
on_mode_selected (ConfabUiPreferences *self)
{
  guint position = adw_combo_row_get_selected (self->mode_row);

  gtk_widget_set_visible (self->key_group, position == 1);
  gtk_widget_set_visible (self->voice_group, position == 2);
}

static char *
describe_shortcut (ConfabUiPreferences *self)
{
  const char *trigger = NULL;

  switch (self->shortcuts == NULL ? CONFAB_UI_SHORTCUTS_UNAVAILABLE
                                  : confab_ui_global_shortcuts_get_state (self->shortcuts)) {
  case CONFAB_UI_SHORTCUTS_ASKING:
    return g_strdup (_ ("Asking the desktop…"));
  case CONFAB_UI_SHORTCUTS_BOUND:
    trigger = confab_ui_global_shortcuts_get_trigger (self->shortcuts);
    return g_strdup (trigger[0] != '\0' ? trigger : _ ("As set in the desktop"));
  case CONFAB_UI_SHORTCUTS_UNAVAILABLE:
    return g_strdup (_ ("This desktop does not offer it"));
  case CONFAB_UI_SHORTCUTS_REFUSED:
    return g_strdup (_ ("It was refused; turn it off and on to ask again"));
  case CONFAB_UI_SHORTCUTS_OFF:
    break;
  }
  return g_strdup (_ ("The desktop asks which key to use"));
}

static void
on_shortcuts_changed (ConfabUiPreferences *self)
{
  g_autofree char *text = describe_shortcut (self);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (self->global_key_row, escaped);
}

static void
bind_settings (ConfabUiPreferences *self)
{
  const struct {
    const char *key;
    GtkSwitch *toggle;
  } switches[] = {
    { CONFAB_UI_KEY_ECHO_CANCELLATION, self->echo_cancellation },
    { CONFAB_UI_KEY_NOISE_SUPPRESSION, self->noise_suppression },
    { CONFAB_UI_KEY_HIGH_PASS, self->high_pass },
    { CONFAB_UI_KEY_NOISE_GATE, self->noise_gate },
    { CONFAB_UI_KEY_AUTOMATIC_GAIN, self->automatic_gain },
    { CONFAB_UI_KEY_GLOBAL_PUSH_TO_TALK, self->global_key },
    { CONFAB_UI_KEY_RELAY_ONLY, self->relay_only },
    { CONFAB_UI_KEY_CHIMES, self->chimes },
  };

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_settings_bind (self->store, switches[i].key, switches[i].toggle, "active",
                     G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->store, CONFAB_UI_KEY_VOICE_THRESHOLD, self->threshold, "value",
                   G_SETTINGS_BIND_DEFAULT);
  bind_choice (self, CONFAB_UI_KEY_DEVICE_DELAY, self->delay_row, delays);
  bind_choice (self, CONFAB_UI_KEY_TALK_MODE, self->mode_row, modes);
  bind_choice (self, CONFAB_UI_KEY_FRAME, self->frame_row, frames);
  confab_ui_key_row_bind (self->key_row, self->store, CONFAB_UI_KEY_PUSH_TO_TALK_KEY);
  confab_ui_device_row_bind (self->microphone_row, self->store, CONFAB_UI_KEY_INPUT_DEVICE);
  confab_ui_device_row_bind (self->speaker_row, self->store, CONFAB_UI_KEY_OUTPUT_DEVICE);
}

static void
confab_ui_preferences_dispose (GObject *object)
{
  ConfabUiPreferences *self = CONFAB_UI_PREFERENCES (object);

  /* AdwPreferencesPage 1.2 leaks its groups with what is in them: they let go here of all that is
   * more than a widget. */
  if (self->sound_check != NULL) {
    confab_ui_sound_check_group_end (self->sound_check);
    confab_ui_preferences_set_devices (self, NULL, NULL);
  }
  g_clear_object (&self->shortcuts);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_PREFERENCES);
  G_OBJECT_CLASS (confab_ui_preferences_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, microphone_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, speaker_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, sound_check);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, delay_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, chimes);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, echo_cancellation);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, noise_suppression);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, high_pass);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, noise_gate);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, automatic_gain);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, mode_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, key_group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, key_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, global_key);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, global_key_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, voice_group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, threshold);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, frame_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPreferences, relay_only);
}

static void
confab_ui_preferences_class_init (ConfabUiPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CONFAB_UI_TYPE_DEVICE_ROW);
  g_type_ensure (CONFAB_UI_TYPE_KEY_ROW);
  g_type_ensure (CONFAB_UI_TYPE_SOUND_CHECK_GROUP);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/prefs/confab-ui-preferences.ui");
  bind_children (widget_class);
}

static void
confab_ui_preferences_init (ConfabUiPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
  g_signal_connect_object (self->mode_row, "notify::selected", G_CALLBACK (on_mode_selected), self,
                           G_CONNECT_SWAPPED);
  on_mode_selected (self);
}

/**
 * confab_ui_preferences_new:
 * @settings: (transfer none): what to show and change
 * @control: (transfer none): knows whether there is a call
 * @shortcuts: (nullable) (transfer none): the desktop's keys
 *
 * Makes the window, without devices to choose from. Opens no device.
 *
 * Returns: (transfer none): the window, which belongs to GTK
 */
ConfabUiPreferences *
confab_ui_preferences_new (ConfabUiSettings *settings,
                           ConfabUiCallControl *control,
                           ConfabUiGlobalShortcuts *shortcuts)
{
  ConfabUiPreferences *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (control), NULL);

  self = g_object_new (CONFAB_UI_TYPE_PREFERENCES, NULL);
  self->store = g_object_ref (confab_ui_settings_get_store (settings));
  bind_settings (self);
  confab_ui_sound_check_group_begin (self->sound_check, settings, control);
  if (shortcuts != NULL) {
    self->shortcuts = g_object_ref (shortcuts);
    g_signal_connect_object (shortcuts, "changed", G_CALLBACK (on_shortcuts_changed), self,
                             G_CONNECT_SWAPPED);
  }
  on_shortcuts_changed (self);
  return self;
}

/**
 * confab_ui_preferences_set_devices:
 * @self: the window
 * @microphones: (nullable) (transfer none): objects with the properties "id" and "name"
 * @speakers: (nullable) (transfer none): likewise
 *
 * Offers devices to choose from.
 */
void
confab_ui_preferences_set_devices (ConfabUiPreferences *self,
                                   GListModel *microphones,
                                   GListModel *speakers)
{
  g_return_if_fail (CONFAB_UI_IS_PREFERENCES (self));

  confab_ui_device_row_set_devices (self->microphone_row, microphones);
  confab_ui_device_row_set_devices (self->speaker_row, speakers);
}
