/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-sound-check-group"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-sound-check.h"
#include "confab-ui-accessible.h"
#include "confab-ui-error.h"
#include "confab-ui-sound-check-group.h"
#include "confab-ui-sound-settings.h"

#define METER_MIN_DBOV (-60.0) /* below is a quiet room */

/**
 * ConfabUiSoundCheckGroup:
 *
 * How the microphone sounds: a meter, a recording that is played back, an echo. The microphone is
 * open only while one of the two runs; in a call the meter shows the call's, and nothing else is to
 * be tested.
 */
struct _ConfabUiSoundCheckGroup {
  AdwPreferencesGroup parent_instance;

  ConfabUiSettings *settings;   /* (owned) (nullable) until begun */
  ConfabUiCallControl *control; /* (owned) (nullable) likewise */
  ConfabSoundCheck *check;      /* (owned) (nullable) while one runs */
  ConfabUiSoundSettings *sound; /* (owned) (nullable) of that */
  ConfabAudioEngine *engine;    /* (owned) (nullable) the call's */
  gboolean is_recording;        /* of the two, the recording was started */

  AdwActionRow *level_row; /* (unowned) of the template, as all below */
  GtkLevelBar *level_bar;
  AdwActionRow *record_row;
  GtkButton *record_button;
  AdwActionRow *echo_row;
  GtkButton *echo_button;
};

G_DEFINE_FINAL_TYPE (ConfabUiSoundCheckGroup,
                     confab_ui_sound_check_group,
                     ADW_TYPE_PREFERENCES_GROUP)

static void
show_level (ConfabUiSoundCheckGroup *self, double dbov)
{
  double value = CLAMP (1 - dbov / METER_MIN_DBOV, 0, 1);

  gtk_level_bar_set_value (self->level_bar, value);
}

static void
on_check_levels (ConfabUiSoundCheckGroup *self)
{
  show_level (self, confab_sound_check_get_level (self->check));
}

static void
on_call_levels (ConfabUiSoundCheckGroup *self)
{
  show_level (self, confab_audio_engine_get_microphone_level (self->engine, NULL));
}

static const char *
describe (ConfabSoundCheckState state)
{
  switch (state) {
  case CONFAB_SOUND_CHECK_CONNECTING:
    return _ ("One moment…");
  case CONFAB_SOUND_CHECK_RECORDING:
    return _ ("Speak now…");
  case CONFAB_SOUND_CHECK_PLAYING:
    return _ ("This is how you sound");
  case CONFAB_SOUND_CHECK_ECHOING:
    return _ ("Speak, and hear yourself");
  case CONFAB_SOUND_CHECK_IDLE:
    break;
  }
  return NULL;
}

static void
update_row (AdwActionRow *row, GtkButton *button, const char *idle, const char *go, const char *now)
{
  adw_action_row_set_subtitle (row, now != NULL ? now : idle);
  gtk_button_set_label (button, now != NULL ? _ ("_Stop") : go);
  confab_ui_tidy_names (GTK_WIDGET (button));
}

static void
update (ConfabUiSoundCheckGroup *self)
{
  ConfabSoundCheckState state =
      self->check != NULL ? confab_sound_check_get_state (self->check) : CONFAB_SOUND_CHECK_IDLE;
  gboolean is_in_call = self->engine != NULL;

  update_row (self->record_row, self->record_button,
              _ ("Speak for five seconds, then hear what others would hear"), _ ("_Record"),
              self->is_recording ? describe (state) : NULL);
  update_row (self->echo_row, self->echo_button,
              _ ("Hear yourself while you speak; best with headphones"), _ ("_Listen"),
              self->is_recording ? NULL : describe (state));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self),
      is_in_call ? _ ("In a call, the others would hear a test: leave it first.") : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->record_row), !is_in_call);
  gtk_widget_set_sensitive (GTK_WIDGET (self->echo_row), !is_in_call);
}

static void
drop_check (ConfabUiSoundCheckGroup *self)
{
  if (self->check == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->check, self);
  g_clear_object (&self->sound);
  g_clear_object (&self->check);
  show_level (self, METER_MIN_DBOV);
  update (self);
}

static void
say (ConfabUiSoundCheckGroup *self, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root),
                                      adw_toast_new (confab_ui_error_to_sentence (error)));
}

static void
on_check_changed (ConfabUiSoundCheckGroup *self)
{
  if (confab_sound_check_get_state (self->check) == CONFAB_SOUND_CHECK_IDLE)
    drop_check (self);
  else
    update (self);
}

/* Another click ends what runs, whichever of the two it was. */
static void
toggle (ConfabUiSoundCheckGroup *self, gboolean is_recording)
{
  g_autoptr (ConfabAudioEngine) engine = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_running = self->check != NULL && self->is_recording == is_recording;
  gboolean has_begun = FALSE;

  drop_check (self);
  if (was_running)
    return;
  engine = confab_audio_engine_new ();
  self->sound = confab_ui_sound_settings_new (self->settings, engine);
  confab_audio_engine_set_talk_mode (engine, CONFAB_AUDIO_TALK_MODE_OPEN);
  self->check = confab_sound_check_new (engine);
  self->is_recording = is_recording;
  g_signal_connect_swapped (self->check, "changed", G_CALLBACK (on_check_changed), self);
  g_signal_connect_swapped (self->check, "levels", G_CALLBACK (on_check_levels), self);
  g_signal_connect_swapped (self->check, "problem", G_CALLBACK (say), self);
  has_begun = is_recording ? confab_sound_check_start_recording (self->check, &error)
                           : confab_sound_check_start_echo (self->check, &error);
  if (!has_begun) {
    say (self, error);
    drop_check (self);
  }
}

static void
on_record_clicked (ConfabUiSoundCheckGroup *self)
{
  toggle (self, TRUE);
}

static void
on_echo_clicked (ConfabUiSoundCheckGroup *self)
{
  toggle (self, FALSE);
}

static void
drop_engine (ConfabUiSoundCheckGroup *self)
{
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->engine);
}

/* A call takes the microphone; a test would be heard by the others. */
static void
on_in_call_changed (ConfabUiSoundCheckGroup *self)
{
  ConfabAudioEngine *engine = confab_ui_call_control_get_engine (self->control);

  drop_engine (self);
  if (engine != NULL) {
    self->engine = g_object_ref (engine);
    g_signal_connect_swapped (engine, "levels", G_CALLBACK (on_call_levels), self);
  }
  drop_check (self);
  show_level (self, METER_MIN_DBOV);
  update (self);
}

/* Nobody listens to what cannot be seen. */
static void
confab_ui_sound_check_group_unmap (GtkWidget *widget)
{
  drop_check (CONFAB_UI_SOUND_CHECK_GROUP (widget));
  GTK_WIDGET_CLASS (confab_ui_sound_check_group_parent_class)->unmap (widget);
}

static void
confab_ui_sound_check_group_dispose (GObject *object)
{
  ConfabUiSoundCheckGroup *self = CONFAB_UI_SOUND_CHECK_GROUP (object);

  confab_ui_sound_check_group_end (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_SOUND_CHECK_GROUP);
  G_OBJECT_CLASS (confab_ui_sound_check_group_parent_class)->dispose (object);
}

static void
confab_ui_sound_check_group_class_init (ConfabUiSoundCheckGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_sound_check_group_dispose;
  widget_class->unmap = confab_ui_sound_check_group_unmap;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/prefs/confab-ui-sound-check-group.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, level_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, level_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, record_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, record_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, echo_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSoundCheckGroup, echo_button);
  gtk_widget_class_bind_template_callback (widget_class, on_record_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_echo_clicked);
}

static void
confab_ui_sound_check_group_init (ConfabUiSoundCheckGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
}

/**
 * confab_ui_sound_check_group_begin:
 * @self: the group
 * @settings: (transfer none): which devices, and what is done to sound
 * @control: (transfer none): knows whether there is a call
 *
 * To be called once. Opens no device.
 */
void
confab_ui_sound_check_group_begin (ConfabUiSoundCheckGroup *self,
                                   ConfabUiSettings *settings,
                                   ConfabUiCallControl *control)
{
  g_return_if_fail (CONFAB_UI_IS_SOUND_CHECK_GROUP (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->control = g_object_ref (control);
  g_signal_connect_object (control, "notify::in-call", G_CALLBACK (on_in_call_changed), self,
                           G_CONNECT_SWAPPED);
  on_in_call_changed (self);
}

/**
 * confab_ui_sound_check_group_end:
 * @self: the group, begun or not
 *
 * Ends what runs, and lets go of all that the group was given.
 */
void
confab_ui_sound_check_group_end (ConfabUiSoundCheckGroup *self)
{
  g_return_if_fail (CONFAB_UI_IS_SOUND_CHECK_GROUP (self));

  drop_check (self);
  drop_engine (self);
  if (self->control != NULL)
    g_signal_handlers_disconnect_by_data (self->control, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->control);
}
