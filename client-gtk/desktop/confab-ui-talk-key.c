/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-talk-key"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-talk-key.h"

/**
 * ConfabUiTalkKey:
 *
 * The key of push-to-talk in one window: down while it is held and the window has the keyboard. It
 * is watched before anything else in the window sees it, so that a focused button does not click.
 */
struct _ConfabUiTalkKey {
  GObject parent_instance;

  GtkWindow *window;            /* (unowned) outlives this: it owns us */
  GtkEventController *keys;     /* (unowned) the window's */
  ConfabUiCallControl *control; /* (owned) */
  GSettings *store;             /* (owned) */
  guint held_keycode;           /* 0: none; what goes down as one symbol may come up as another */
};

G_DEFINE_FINAL_TYPE (ConfabUiTalkKey, confab_ui_talk_key, G_TYPE_OBJECT)

static gboolean
is_ours (ConfabUiTalkKey *self, guint keyval)
{
  g_autofree char *mode = g_settings_get_string (self->store, CONFAB_UI_KEY_TALK_MODE);
  g_autofree char *name = g_settings_get_string (self->store, CONFAB_UI_KEY_PUSH_TO_TALK_KEY);

  return g_str_equal (mode, "push-to-talk") &&
         gdk_keyval_to_lower (keyval) == gdk_keyval_to_lower (gdk_keyval_from_name (name));
}

/* A letter is a letter while somebody types. */
static gboolean
is_typing (ConfabUiTalkKey *self, guint keyval)
{
  GtkWidget *focus = gtk_window_get_focus (self->window);

  return focus != NULL && GTK_IS_EDITABLE (focus) && gdk_keyval_to_unicode (keyval) != 0;
}

static void
release (ConfabUiTalkKey *self)
{
  if (self->held_keycode == 0)
    return;
  self->held_keycode = 0;
  confab_ui_call_control_release (self->control, CONFAB_UI_TALKER_WINDOW);
}

static gboolean
on_key_pressed (ConfabUiTalkKey *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  return confab_ui_talk_key_take (self, keyval, keycode, TRUE);
}

static void
on_key_released (ConfabUiTalkKey *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  confab_ui_talk_key_take (self, keyval, keycode, FALSE);
}

/* Where the key comes up now nobody tells us. */
static void
on_is_active (ConfabUiTalkKey *self)
{
  if (!gtk_window_is_active (self->window))
    release (self);
}

static void
confab_ui_talk_key_dispose (GObject *object)
{
  ConfabUiTalkKey *self = CONFAB_UI_TALK_KEY (object);

  if (self->control != NULL)
    release (self);
  if (self->keys != NULL) {
    g_signal_handlers_disconnect_by_data (self->keys, self);
    gtk_widget_remove_controller (GTK_WIDGET (self->window), self->keys);
  }
  self->keys = NULL;
  g_clear_object (&self->control);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (confab_ui_talk_key_parent_class)->dispose (object);
}

static void
confab_ui_talk_key_class_init (ConfabUiTalkKeyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_talk_key_dispose;
}

static void
confab_ui_talk_key_init (ConfabUiTalkKey *self)
{
}

/**
 * confab_ui_talk_key_new:
 * @window: (transfer none): whose keyboard; it must outlive the key
 * @control: (transfer none): the call
 * @settings: (transfer none): which key, and whether at all
 *
 * Watches the key until this object ends.
 *
 * Returns: (transfer full): the key
 */
ConfabUiTalkKey *
confab_ui_talk_key_new (GtkWindow *window, ConfabUiCallControl *control, ConfabUiSettings *settings)
{
  ConfabUiTalkKey *self = NULL;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (control), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_TALK_KEY, NULL);
  self->window = window;
  self->control = g_object_ref (control);
  self->store = g_object_ref (confab_ui_settings_get_store (settings));
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (self->keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (GTK_WIDGET (window), self->keys);
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_is_active), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * confab_ui_talk_key_take:
 * @self: the key
 * @keyval: a symbol
 * @keycode: the key of the keyboard that it is on
 * @is_down: whether it goes down, else up; a repetition does no harm
 *
 * Returns: whether it was ours, and nobody else's business
 */
gboolean
confab_ui_talk_key_take (ConfabUiTalkKey *self, guint keyval, guint keycode, gboolean is_down)
{
  g_return_val_if_fail (CONFAB_UI_IS_TALK_KEY (self), FALSE);

  if (!is_down) {
    if (keycode != self->held_keycode)
      return FALSE;
    release (self);
    return TRUE;
  }
  if (!is_ours (self, keyval) || is_typing (self, keyval) ||
      !confab_ui_call_control_press (self->control, CONFAB_UI_TALKER_WINDOW))
    return FALSE;
  self->held_keycode = keycode;
  return TRUE;
}

/**
 * confab_ui_talk_key_dup_label:
 * @key_name: a key as in the settings
 *
 * Returns: (transfer full): what people call it
 */
char *
confab_ui_talk_key_dup_label (const char *key_name)
{
  guint keyval = gdk_keyval_from_name (key_name);

  switch (keyval) {
  case GDK_KEY_Control_R:
    return g_strdup (_ ("Right Ctrl"));
  case GDK_KEY_Control_L:
    return g_strdup (_ ("Left Ctrl"));
  case GDK_KEY_Alt_R:
    return g_strdup (_ ("Right Alt"));
  case GDK_KEY_Shift_R:
    return g_strdup (_ ("Right Shift"));
  case GDK_KEY_Shift_L:
    return g_strdup (_ ("Left Shift"));
  case GDK_KEY_VoidSymbol:
    return g_strdup (_ ("No key"));
  default:
    return gtk_accelerator_get_label (keyval, 0);
  }
}
