/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-key-row"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-key-row.h"
#include "confab-ui-talk-key.h"

/**
 * ConfabUiKeyRow:
 *
 * Shows a key, and after a click takes the next one that is pressed; Escape keeps the old one.
 */
struct _ConfabUiKeyRow {
  AdwActionRow parent_instance;

  GtkToggleButton *button; /* (unowned) a child; active while it waits for a key */
  GSettings *store;        /* (owned) (nullable) */
  char *key;               /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ConfabUiKeyRow, confab_ui_key_row, ADW_TYPE_ACTION_ROW)

static void
update (ConfabUiKeyRow *self)
{
  g_autofree char *name = g_settings_get_string (self->store, self->key);
  g_autofree char *label = confab_ui_talk_key_dup_label (name);

  gtk_button_set_label (GTK_BUTTON (self->button),
                        gtk_toggle_button_get_active (self->button) ? _ ("Press a key…") : label);
  confab_ui_tidy_names (GTK_WIDGET (self->button));
}

static gboolean
on_key_pressed (ConfabUiKeyRow *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  return confab_ui_key_row_take (self, keyval);
}

static void
on_focus_lost (ConfabUiKeyRow *self)
{
  gtk_toggle_button_set_active (self->button, FALSE);
}

static void
confab_ui_key_row_dispose (GObject *object)
{
  ConfabUiKeyRow *self = CONFAB_UI_KEY_ROW (object);

  g_clear_object (&self->store);
  G_OBJECT_CLASS (confab_ui_key_row_parent_class)->dispose (object);
}

static void
confab_ui_key_row_finalize (GObject *object)
{
  g_free (CONFAB_UI_KEY_ROW (object)->key);
  G_OBJECT_CLASS (confab_ui_key_row_parent_class)->finalize (object);
}

static void
confab_ui_key_row_class_init (ConfabUiKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_key_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = confab_ui_key_row_finalize;
}

static void
confab_ui_key_row_init (ConfabUiKeyRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->button = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_lost), self);
  gtk_widget_add_controller (GTK_WIDGET (self->button), keys);
  gtk_widget_add_controller (GTK_WIDGET (self->button), focus);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
}

/**
 * confab_ui_key_row_bind:
 * @self: a row that was not bound
 * @store: (transfer none): the settings
 * @key: a string in it: the name of a key
 *
 * Shows and changes a setting.
 */
void
confab_ui_key_row_bind (ConfabUiKeyRow *self, GSettings *store, const char *key)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  g_return_if_fail (CONFAB_UI_IS_KEY_ROW (self));
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->key = g_strdup (key);
  g_signal_connect_object (store, signal, G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->button, "notify::active", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/**
 * confab_ui_key_row_take:
 * @self: the row
 * @keyval: what was pressed
 *
 * Returns: whether the row has been waiting for it
 */
gboolean
confab_ui_key_row_take (ConfabUiKeyRow *self, guint keyval)
{
  g_return_val_if_fail (CONFAB_UI_IS_KEY_ROW (self), FALSE);

  if (!gtk_toggle_button_get_active (self->button))
    return FALSE;
  if (keyval != GDK_KEY_Escape && gdk_keyval_name (keyval) != NULL)
    g_settings_set_string (self->store, self->key, gdk_keyval_name (gdk_keyval_to_lower (keyval)));
  gtk_toggle_button_set_active (self->button, FALSE);
  return TRUE;
}
