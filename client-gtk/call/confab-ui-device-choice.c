/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-device-choice"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-device-choice.h"

/**
 * ConfabUiDeviceChoice:
 *
 * One of the microphones, or one of the speakers, or whatever the system takes by default.
 *
 * Choosing activates the action of the property action-name with the id of the device, which is
 * empty for the default.
 */
struct _ConfabUiDeviceChoice {
  GtkWidget parent_instance;

  char *action_name;      /* (owned) "call.set-microphone" or the like */
  char *empty_text;       /* (owned) what to say when there is no device at all */
  char *chosen;           /* (owned) the id of a device, or "" */
  GListModel *devices;    /* (owned) (nullable) objects with the properties "id" and "name" */
  gulong changed_handler; /* of the devices */

  GtkWidget *box; /* (unowned) our only child */
};

typedef enum { PROP_ACTION_NAME = 1, PROP_EMPTY_TEXT } ConfabUiDeviceChoiceProperty;
static GParamSpec *properties[PROP_EMPTY_TEXT + 1];

G_DEFINE_FINAL_TYPE (ConfabUiDeviceChoice, confab_ui_device_choice, GTK_TYPE_WIDGET)

static void
on_toggled (GtkCheckButton *button, ConfabUiDeviceChoice *self)
{
  const char *id = g_object_get_data (G_OBJECT (button), "device-id");

  if (!gtk_check_button_get_active (button) || g_str_equal (id, self->chosen))
    return;

  g_free (self->chosen);
  self->chosen = g_strdup (id);
  gtk_widget_activate_action (GTK_WIDGET (self), self->action_name, "s", id);
}

static GtkWidget *
append_button (ConfabUiDeviceChoice *self, GtkWidget *group, const char *id, const char *name)
{
  GtkWidget *button = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), label);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), GTK_CHECK_BUTTON (group));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button), g_str_equal (id, self->chosen));

  g_object_set_data_full (G_OBJECT (button), "device-id", g_strdup (id), g_free);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_append (GTK_BOX (self->box), button);
  return button;
}

static void
append_empty_text (ConfabUiDeviceChoice *self)
{
  GtkWidget *label = gtk_label_new (self->empty_text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (self->box), label);
}

static void
rebuild (ConfabUiDeviceChoice *self)
{
  guint n_devices = self->devices == NULL ? 0 : g_list_model_get_n_items (self->devices);
  GtkWidget *child, *group;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  if (n_devices == 0) {
    append_empty_text (self);
    return;
  }

  group = append_button (self, NULL, "", _ ("As the system is set"));
  for (guint i = 0; i < n_devices; i++) {
    g_autoptr (GObject) device = g_list_model_get_item (self->devices, i);
    g_autofree char *id = NULL;
    g_autofree char *name = NULL;

    g_object_get (device, "id", &id, "name", &name, NULL);
    append_button (self, group, id, name);
  }
}

static void
confab_ui_device_choice_set_property (GObject *object,
                                      guint id,
                                      const GValue *value,
                                      GParamSpec *pspec)
{
  ConfabUiDeviceChoice *self = CONFAB_UI_DEVICE_CHOICE (object);

  switch ((ConfabUiDeviceChoiceProperty) id) {
  case PROP_ACTION_NAME:
    self->action_name = g_value_dup_string (value);
    break;
  case PROP_EMPTY_TEXT:
    self->empty_text = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_ui_device_choice_constructed (GObject *object)
{
  G_OBJECT_CLASS (confab_ui_device_choice_parent_class)->constructed (object);
  rebuild (CONFAB_UI_DEVICE_CHOICE (object));
}

static void
confab_ui_device_choice_dispose (GObject *object)
{
  ConfabUiDeviceChoice *self = CONFAB_UI_DEVICE_CHOICE (object);

  if (self->devices != NULL)
    g_clear_signal_handler (&self->changed_handler, self->devices);
  g_clear_object (&self->devices);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (confab_ui_device_choice_parent_class)->dispose (object);
}

static void
confab_ui_device_choice_finalize (GObject *object)
{
  ConfabUiDeviceChoice *self = CONFAB_UI_DEVICE_CHOICE (object);

  g_free (self->action_name);
  g_free (self->empty_text);
  g_free (self->chosen);
  G_OBJECT_CLASS (confab_ui_device_choice_parent_class)->finalize (object);
}

static void
confab_ui_device_choice_class_init (ConfabUiDeviceChoiceClass *klass)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = confab_ui_device_choice_set_property;
  object_class->constructed = confab_ui_device_choice_constructed;
  object_class->dispose = confab_ui_device_choice_dispose;
  object_class->finalize = confab_ui_device_choice_finalize;

  properties[PROP_ACTION_NAME] = g_param_spec_string ("action-name", NULL, NULL, NULL, flags);
  properties[PROP_EMPTY_TEXT] = g_param_spec_string ("empty-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_RADIO_GROUP);
}

static void
confab_ui_device_choice_init (ConfabUiDeviceChoice *self)
{
  self->chosen = g_strdup ("");
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * confab_ui_device_choice_set_devices:
 * @self: the choice
 * @devices: (nullable) (transfer none): objects with the properties "id" and "name", such as
 * #ConfabAudioDevice
 *
 * Offers the devices of a list and follows its changes.
 */
void
confab_ui_device_choice_set_devices (ConfabUiDeviceChoice *self, GListModel *devices)
{
  g_return_if_fail (CONFAB_UI_IS_DEVICE_CHOICE (self));
  g_return_if_fail (devices == NULL || G_IS_LIST_MODEL (devices));

  if (self->devices != NULL)
    g_clear_signal_handler (&self->changed_handler, self->devices);
  g_set_object (&self->devices, devices);
  if (devices != NULL)
    self->changed_handler = g_signal_connect_object (devices, "items-changed", G_CALLBACK (rebuild),
                                                     self, G_CONNECT_SWAPPED);
  rebuild (self);
}

/**
 * confab_ui_device_choice_set_chosen:
 * @self: the choice
 * @id: the id of a device; empty for the default one
 *
 * Marks a device as the one in use, without activating the action.
 */
void
confab_ui_device_choice_set_chosen (ConfabUiDeviceChoice *self, const char *id)
{
  g_return_if_fail (CONFAB_UI_IS_DEVICE_CHOICE (self));
  g_return_if_fail (id != NULL);

  if (g_str_equal (self->chosen, id))
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  rebuild (self);
}
