/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-row"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-call-row.h"

/**
 * ConfabUiCallRow:
 *
 * One open call in a list: its title, or else its code, and since when people talk in it.
 */
struct _ConfabUiCallRow {
  AdwActionRow parent_instance;

  ConfabCall *call; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabUiCallRow, confab_ui_call_row, ADW_TYPE_ACTION_ROW)

static char *
format_time (GDateTime *time)
{
  g_autoptr (GDateTime) local = g_date_time_to_local (time);

  /* Translators: a time of day, see g_date_time_format() */
  return g_date_time_format (local, _ ("%H:%M"));
}

static char *
describe (ConfabCall *call)
{
  GDateTime *started_at = confab_call_get_started_at (call);
  g_autofree char *time =
      format_time (started_at != NULL ? started_at : confab_call_get_created_at (call));

  if (confab_call_get_state (call) == CONFAB_CALL_STATE_LIVE)
    return g_strdup_printf (_ ("In progress since %s"), time);
  return g_strdup_printf (_ ("Created at %s, not started yet"), time);
}

static void
set_call (ConfabUiCallRow *self, ConfabCall *call)
{
  const char *title = confab_call_get_title (call);
  g_autofree char *subtitle = describe (call);

  self->call = confab_call_ref (call);
  if (title == NULL || title[0] == '\0')
    title = confab_call_get_code (call);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
}

static void
confab_ui_call_row_finalize (GObject *object)
{
  ConfabUiCallRow *self = CONFAB_UI_CALL_ROW (object);

  g_clear_pointer (&self->call, confab_call_unref);
  G_OBJECT_CLASS (confab_ui_call_row_parent_class)->finalize (object);
}

static void
confab_ui_call_row_class_init (ConfabUiCallRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_ui_call_row_finalize;
}

static void
confab_ui_call_row_init (ConfabUiCallRow *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("go-next-symbolic");

  /* a title comes from other people: never markup */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), icon);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
}

/**
 * confab_ui_call_row_new:
 * @call: (transfer none): the call to show
 *
 * Makes a row that can be activated.
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
confab_ui_call_row_new (ConfabCall *call)
{
  ConfabUiCallRow *self = NULL;

  g_return_val_if_fail (call != NULL, NULL);

  self = g_object_new (CONFAB_UI_TYPE_CALL_ROW, NULL);
  set_call (self, call);
  return GTK_WIDGET (self);
}

/**
 * confab_ui_call_row_get_call:
 * @self: the row
 *
 * Returns: (transfer none): the call that it shows
 */
ConfabCall *
confab_ui_call_row_get_call (ConfabUiCallRow *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_ROW (self), NULL);

  return self->call;
}
