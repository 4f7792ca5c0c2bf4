/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-device-row"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-device-row.h"

/**
 * ConfabUiDeviceRow:
 *
 * Chooses a device and keeps the choice in a setting: the system's own, or one of a live list. What
 * was chosen stays on offer while it is away, since it is used again once it comes back.
 */
struct _ConfabUiDeviceRow {
  AdwComboRow parent_instance;

  GListModel *devices; /* (owned) (nullable) objects with the properties "id" and "name" */
  gulong changed_handler;
  GSettings *store;     /* (owned) (nullable) */
  char *key;            /* (owned) (nullable) */
  GPtrArray *ids;       /* (element-type utf8) (owned) of what is on offer, in its order */
  gboolean is_changing; /* by us: no choice of the user */
};

G_DEFINE_FINAL_TYPE (ConfabUiDeviceRow, confab_ui_device_row, ADW_TYPE_COMBO_ROW)

static void
offer (ConfabUiDeviceRow *self, GtkStringList *names, const char *id, const char *name)
{
  g_ptr_array_add (self->ids, g_strdup (id));
  gtk_string_list_append (names, name);
}

static void
offer_devices (ConfabUiDeviceRow *self, GtkStringList *names)
{
  guint n_devices = self->devices == NULL ? 0 : g_list_model_get_n_items (self->devices);

  for (guint i = 0; i < n_devices; i++) {
    g_autoptr (GObject) device = g_list_model_get_item (self->devices, i);
    g_autofree char *id = NULL;
    g_autofree char *name = NULL;

    g_object_get (device, "id", &id, "name", &name, NULL);
    offer (self, names, id, name);
  }
}

static guint
find (ConfabUiDeviceRow *self, const char *id)
{
  guint position = 0;

  return g_ptr_array_find_with_equal_func (self->ids, id, g_str_equal, &position)
             ? position
             : GTK_INVALID_LIST_POSITION;
}

static void
rebuild (ConfabUiDeviceRow *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *chosen =
      self->store == NULL ? g_strdup ("") : g_settings_get_string (self->store, self->key);

  self->is_changing = TRUE;
  g_ptr_array_set_size (self->ids, 0);
  offer (self, names, "", _ ("As the system is set"));
  offer_devices (self, names);
  if (find (self, chosen) == GTK_INVALID_LIST_POSITION) {
    g_autofree char *name = g_strdup_printf (_ ("%s (not connected)"), chosen);

    offer (self, names, chosen, name);
  }
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), find (self, chosen));
  self->is_changing = FALSE;
}

static void
on_selected (ConfabUiDeviceRow *self)
{
  guint position = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  if (self->is_changing || self->store == NULL || position >= self->ids->len)
    return;
  self->is_changing = TRUE;
  g_settings_set_string (self->store, self->key, g_ptr_array_index (self->ids, position));
  self->is_changing = FALSE;
}

/* By somebody else: a row does not survive another model in the middle of its own choice. */
static void
on_setting_changed (ConfabUiDeviceRow *self)
{
  if (!self->is_changing)
    rebuild (self);
}

static void
confab_ui_device_row_dispose (GObject *object)
{
  ConfabUiDeviceRow *self = CONFAB_UI_DEVICE_ROW (object);

  if (self->devices != NULL)
    g_clear_signal_handler (&self->changed_handler, self->devices);
  g_clear_object (&self->devices);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (confab_ui_device_row_parent_class)->dispose (object);
}

static void
confab_ui_device_row_finalize (GObject *object)
{
  ConfabUiDeviceRow *self = CONFAB_UI_DEVICE_ROW (object);

  g_free (self->key);
  g_ptr_array_unref (self->ids);
  G_OBJECT_CLASS (confab_ui_device_row_parent_class)->finalize (object);
}

static void
confab_ui_device_row_class_init (ConfabUiDeviceRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_device_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = confab_ui_device_row_finalize;
}

static void
confab_ui_device_row_init (ConfabUiDeviceRow *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  rebuild (self);
  g_signal_connect (self, "notify::selected", G_CALLBACK (on_selected), NULL);
}

/**
 * confab_ui_device_row_set_devices:
 * @self: the row
 * @devices: (nullable) (transfer none): objects with the properties "id" and "name", such as
 * #ConfabAudioDevice
 *
 * Offers the devices of a list and follows its changes.
 */
void
confab_ui_device_row_set_devices (ConfabUiDeviceRow *self, GListModel *devices)
{
  g_return_if_fail (CONFAB_UI_IS_DEVICE_ROW (self));

  if (self->devices != NULL)
    g_clear_signal_handler (&self->changed_handler, self->devices);
  g_set_object (&self->devices, devices);
  if (devices != NULL)
    self->changed_handler = g_signal_connect_object (devices, "items-changed", G_CALLBACK (rebuild),
                                                     self, G_CONNECT_SWAPPED);
  rebuild (self);
}

/**
 * confab_ui_device_row_bind:
 * @self: a row that was not bound
 * @store: (transfer none): the settings
 * @key: a string in it: an id, empty for the system's own
 *
 * Shows and changes a setting.
 */
void
confab_ui_device_row_bind (ConfabUiDeviceRow *self, GSettings *store, const char *key)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  g_return_if_fail (CONFAB_UI_IS_DEVICE_ROW (self));
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->key = g_strdup (key);
  g_signal_connect_object (store, signal, G_CALLBACK (on_setting_changed), self, G_CONNECT_SWAPPED);
  rebuild (self);
}
