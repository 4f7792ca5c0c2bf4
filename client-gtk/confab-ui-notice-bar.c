/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-notice-bar"

#include "config.h"

#include "confab-ui-accessible.h"
#include "confab-ui-notice-bar.h"

/**
 * ConfabUiNoticeBar:
 *
 * A sentence over the page that something is not as it should be, while everything else goes on.
 *
 * Its CSS classes `warning` and `error` say how bad it is. Properties: icon-name; dismissible,
 * whether people may put it away; button-label (with a mnemonic) and button-action, for a button
 * that does something about it.
 */
struct _ConfabUiNoticeBar {
  GtkWidget parent_instance;

  GtkRevealer *revealer; /* (unowned) of the template, as all below */
  GtkImage *icon;
  GtkLabel *label;
  GtkButton *button;
  GtkButton *close_button;
};

typedef enum {
  PROP_ICON_NAME = 1,
  PROP_DISMISSIBLE,
  PROP_BUTTON_LABEL,
  PROP_BUTTON_ACTION
} ConfabUiNoticeBarProperty;
static GParamSpec *properties[PROP_BUTTON_ACTION + 1];

G_DEFINE_FINAL_TYPE (ConfabUiNoticeBar, confab_ui_notice_bar, GTK_TYPE_WIDGET)

/* In large letters on a narrow window the sentence needs room, too. */
static void
let_wrap (GtkButton *button)
{
  GtkLabel *label = GTK_LABEL (gtk_button_get_child (button));

  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
}

static void
set_button_label (ConfabUiNoticeBar *self, const char *label)
{
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  gtk_button_set_label (self->button, label);
  if (label != NULL)
    let_wrap (self->button);
  confab_ui_tidy_names (GTK_WIDGET (self->button));
}

static void
on_close_clicked (ConfabUiNoticeBar *self)
{
  confab_ui_notice_bar_set_text (self, NULL);
}

/* Out of sight, and out of what a screen reader knows. */
static void
on_child_revealed (ConfabUiNoticeBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_revealer_get_reveal_child (self->revealer));
}

static void
confab_ui_notice_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabUiNoticeBar *self = CONFAB_UI_NOTICE_BAR (object);

  switch ((ConfabUiNoticeBarProperty) id) {
  case PROP_ICON_NAME:
    g_value_set_string (value, gtk_image_get_icon_name (self->icon));
    break;
  case PROP_DISMISSIBLE:
    g_value_set_boolean (value, gtk_widget_get_visible (GTK_WIDGET (self->close_button)));
    break;
  case PROP_BUTTON_LABEL:
    g_value_set_string (value, gtk_button_get_label (self->button));
    break;
  case PROP_BUTTON_ACTION:
    g_value_set_string (value, gtk_actionable_get_action_name (GTK_ACTIONABLE (self->button)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_ui_notice_bar_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  ConfabUiNoticeBar *self = CONFAB_UI_NOTICE_BAR (object);

  switch ((ConfabUiNoticeBarProperty) id) {
  case PROP_ICON_NAME:
    gtk_image_set_from_icon_name (self->icon, g_value_get_string (value));
    break;
  case PROP_DISMISSIBLE:
    gtk_widget_set_visible (GTK_WIDGET (self->close_button), g_value_get_boolean (value));
    break;
  case PROP_BUTTON_LABEL:
    set_button_label (self, g_value_get_string (value));
    break;
  case PROP_BUTTON_ACTION:
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_ui_notice_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CONFAB_UI_TYPE_NOTICE_BAR);
  G_OBJECT_CLASS (confab_ui_notice_bar_parent_class)->dispose (object);
}

static void
confab_ui_notice_bar_class_init (ConfabUiNoticeBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = confab_ui_notice_bar_get_property;
  object_class->set_property = confab_ui_notice_bar_set_property;
  object_class->dispose = confab_ui_notice_bar_dispose;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DISMISSIBLE] = g_param_spec_boolean ("dismissible", NULL, NULL, TRUE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_BUTTON_ACTION] = g_param_spec_string ("button-action", NULL, NULL, NULL,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/confab-ui-notice-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiNoticeBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiNoticeBar, icon);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiNoticeBar, label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiNoticeBar, button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiNoticeBar, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_child_revealed);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
confab_ui_notice_bar_init (ConfabUiNoticeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * confab_ui_notice_bar_set_text:
 * @self: the bar
 * @text: (nullable): the sentence; %NULL puts the bar away
 *
 * Shows a sentence, or none.
 */
void
confab_ui_notice_bar_set_text (ConfabUiNoticeBar *self, const char *text)
{
  g_return_if_fail (CONFAB_UI_IS_NOTICE_BAR (self));

  if (text != NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
    gtk_label_set_label (self->label, text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  }
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
}

/**
 * confab_ui_notice_bar_get_text:
 * @self: the bar
 *
 * Returns: (nullable) (transfer none): the sentence that is shown
 */
const char *
confab_ui_notice_bar_get_text (ConfabUiNoticeBar *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_NOTICE_BAR (self), NULL);

  if (!gtk_revealer_get_reveal_child (self->revealer))
    return NULL;
  return gtk_label_get_label (self->label);
}
