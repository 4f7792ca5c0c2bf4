/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-devices-window"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-devices-window.h"
#include "confab-ui-error.h"

/**
 * ConfabUiDevicesWindow:
 *
 * Where somebody is signed in, and a way to sign the other places out.
 */
struct _ConfabUiDevicesWindow {
  AdwWindow parent_instance;

  ConfabSession *session;    /* (owned) */
  GCancellable *cancellable; /* (owned) of all that is asked */

  GtkSpinner *spinner; /* (unowned) of the template, as all below */
  GtkLabel *problem_label;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (ConfabUiDevicesWindow, confab_ui_devices_window, ADW_TYPE_WINDOW)

static void
show_problem (ConfabUiDevicesWindow *self, const GError *error)
{
  gtk_label_set_label (self->problem_label,
                       error != NULL ? confab_ui_error_to_sentence (error) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), error != NULL);
}

static void refresh (ConfabUiDevicesWindow *self);

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiDevicesWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  confab_session_revoke_finish (CONFAB_SESSION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  show_problem (self, error);
  refresh (self);
}

static void
on_revoke_clicked (GtkButton *button, ConfabUiDevicesWindow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  confab_session_revoke_async (self->session, g_object_get_data (G_OBJECT (button), "session"),
                               self->cancellable, on_revoked, g_object_ref (self));
}

static char *
describe_time (ConfabSessionInfo *info)
{
  g_autoptr (GDateTime) local = g_date_time_to_local (confab_session_info_get_last_seen_at (info));
  g_autofree char *when = g_date_time_format (local, "%x, %H:%M");

  return g_strdup_printf (_ ("Last used %s"), when);
}

static GtkWidget *
make_button (ConfabUiDevicesWindow *self, ConfabSessionInfo *info, const char *name)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Sign Out"));
  g_autofree char *label = g_strdup_printf (_ ("Sign out %s"), name);

  g_object_set_data_full (G_OBJECT (button), "session",
                          g_strdup (confab_session_info_get_id (info)), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_revoke_clicked), self);
  return button;
}

static void
add_row (ConfabUiDevicesWindow *self, ConfabSessionInfo *info)
{
  const char *device_name = confab_session_info_get_device_name (info);
  const char *name = device_name != NULL ? device_name : _ ("Unnamed device");
  g_autofree char *when = describe_time (info);
  g_autofree char *title = g_markup_escape_text (name, -1);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               confab_session_info_is_current (info) ? _ ("This device") : when);
  if (!confab_session_info_is_current (info))
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, info, name));
  gtk_list_box_append (self->list, row);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiDevicesWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos =
      confab_session_list_finish (CONFAB_SESSION (source), result, &error);
  GtkListBoxRow *row = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  if (infos == NULL) {
    show_problem (self, error);
    return;
  }
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < infos->len; i++)
    add_row (self, infos->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->list), infos->len > 0);
}

static void
refresh (ConfabUiDevicesWindow *self)
{
  confab_session_list_async (self->session, self->cancellable, on_listed, g_object_ref (self));
}

static gboolean
confab_ui_devices_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (CONFAB_UI_DEVICES_WINDOW (window)->cancellable);
  return GTK_WINDOW_CLASS (confab_ui_devices_window_parent_class)->close_request (window);
}

static void
confab_ui_devices_window_dispose (GObject *object)
{
  ConfabUiDevicesWindow *self = CONFAB_UI_DEVICES_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_DEVICES_WINDOW);
  G_OBJECT_CLASS (confab_ui_devices_window_parent_class)->dispose (object);
}

static void
confab_ui_devices_window_class_init (ConfabUiDevicesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_devices_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = confab_ui_devices_window_close_request;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/account/confab-ui-devices-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiDevicesWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiDevicesWindow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiDevicesWindow, list);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
confab_ui_devices_window_init (ConfabUiDevicesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * confab_ui_devices_window_new:
 * @session: somebody who is signed in with an account
 * @parent: what to stand before
 *
 * Makes the window and asks the server.
 *
 * Returns: (transfer none): the window, which belongs to GTK
 */
GtkWindow *
confab_ui_devices_window_new (ConfabSession *session, GtkWindow *parent)
{
  ConfabUiDevicesWindow *self =
      g_object_new (CONFAB_UI_TYPE_DEVICES_WINDOW, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  refresh (self);
  return GTK_WINDOW (self);
}
