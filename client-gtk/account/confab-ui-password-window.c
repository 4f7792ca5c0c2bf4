/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-password-window"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-accessible.h"
#include "confab-ui-error.h"
#include "confab-ui-password-window.h"

#define MIN_PASSWORD_CHARS 8

/**
 * ConfabUiPasswordWindow:
 *
 * Changes the password of an account. Both passwords can be looked at, so that neither has to be
 * typed twice.
 */
struct _ConfabUiPasswordWindow {
  AdwWindow parent_instance;

  ConfabSession *session;    /* (owned) */
  GCancellable *cancellable; /* (owned) */
  gboolean is_busy;

  GtkWidget *group; /* (unowned) of the template, as all below */
  GtkWidget *change_button;
  AdwPasswordEntryRow *old_row;
  AdwPasswordEntryRow *new_row;
  GtkLabel *problem_label;
};

G_DEFINE_FINAL_TYPE (ConfabUiPasswordWindow, confab_ui_password_window, ADW_TYPE_WINDOW)

static const char *
get_text (AdwPasswordEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
can_change (ConfabUiPasswordWindow *self)
{
  return !self->is_busy && *get_text (self->old_row) != '\0' &&
         g_utf8_strlen (get_text (self->new_row), -1) >= MIN_PASSWORD_CHARS;
}

static void
update (ConfabUiPasswordWindow *self)
{
  gtk_widget_set_sensitive (self->change_button, can_change (self));
}

static void
set_problem (ConfabUiPasswordWindow *self, const char *sentence)
{
  gtk_label_set_label (self->problem_label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), sentence != NULL);
}

static void
on_changed (ConfabUiPasswordWindow *self)
{
  set_problem (self, NULL);
  update (self);
}

static const char *
describe (const GError *error)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED) ||
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    return _ ("The password so far is another one.");
  return confab_ui_error_to_sentence (error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiPasswordWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  confab_session_change_password_finish (CONFAB_SESSION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_busy = FALSE;
  update (self);
  if (error != NULL)
    set_problem (self, describe (error));
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_change (ConfabUiPasswordWindow *self)
{
  if (!can_change (self))
    return;
  self->is_busy = TRUE;
  set_problem (self, NULL);
  confab_session_change_password_async (self->session, get_text (self->old_row),
                                        get_text (self->new_row), self->cancellable, on_done,
                                        g_object_ref (self));
  update (self);
}

static gboolean
confab_ui_password_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (CONFAB_UI_PASSWORD_WINDOW (window)->cancellable);
  gtk_window_set_focus (window, NULL); /* GTK 4.8 complains about an entry that goes with it */
  return GTK_WINDOW_CLASS (confab_ui_password_window_parent_class)->close_request (window);
}

static void
confab_ui_password_window_dispose (GObject *object)
{
  ConfabUiPasswordWindow *self = CONFAB_UI_PASSWORD_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_PASSWORD_WINDOW);
  G_OBJECT_CLASS (confab_ui_password_window_parent_class)->dispose (object);
}

static void
confab_ui_password_window_class_init (ConfabUiPasswordWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_password_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = confab_ui_password_window_close_request;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/account/confab-ui-password-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPasswordWindow, group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPasswordWindow, change_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPasswordWindow, old_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPasswordWindow, new_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiPasswordWindow, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
confab_ui_password_window_init (ConfabUiPasswordWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
  confab_ui_name_parts (self->group, _ ("Passwords"));
  self->cancellable = g_cancellable_new ();
}

/**
 * confab_ui_password_window_new:
 * @session: somebody who is signed in with an account
 * @parent: what to stand before
 *
 * Returns: (transfer none): the window, which belongs to GTK
 */
GtkWindow *
confab_ui_password_window_new (ConfabSession *session, GtkWindow *parent)
{
  ConfabUiPasswordWindow *self =
      g_object_new (CONFAB_UI_TYPE_PASSWORD_WINDOW, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  return GTK_WINDOW (self);
}
