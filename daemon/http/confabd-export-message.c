/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confab-time.h"
#include "confab-wire-model.h"
#include "confabd-export-message.h"

/* Columns that are moments, whose rows have microseconds since 1970. */
static gboolean
is_time (const char *column)
{
  return g_str_equal (column, "at") || g_str_has_suffix (column, "_at");
}

static void
set_number (ConfabMessage *message, const char *column, gint64 number)
{
  if (is_time (column)) {
    g_autoptr (GDateTime) time = confab_time_from_unix_us (number);

    confab_message_set_time (message, column, time);
  } else {
    confab_message_set_integer (message, column, number);
  }
}

/* What is NULL is left out. */
static void
set_cell (ConfabMessage *message, const char *column, GVariant *cell)
{
  if (g_variant_is_of_type (cell, G_VARIANT_TYPE_MAYBE)) {
    g_autoptr (GVariant) inner = g_variant_get_maybe (cell);

    if (inner != NULL) {
      set_cell (message, column, inner);
    }
  } else if (g_variant_is_of_type (cell, G_VARIANT_TYPE_STRING)) {
    confab_message_set_string (message, column, g_variant_get_string (cell, NULL));
  } else if (g_variant_is_of_type (cell, G_VARIANT_TYPE_BOOLEAN)) {
    confab_message_set_boolean (message, column, g_variant_get_boolean (cell));
  } else {
    set_number (message, column, g_variant_get_int64 (cell));
  }
}

static ConfabMessage *
row_to_message (const char *const *columns, GVariant *row)
{
  ConfabMessage *message = confab_message_new (NULL);

  for (guint i = 0; columns[i] != NULL; i++) {
    g_autoptr (GVariant) cell = g_variant_get_child_value (row, i);

    set_cell (message, columns[i], cell);
  }
  return message;
}

static ConfabMessage *
to_message (ConfabdExport *export_)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_take_object (
      message, "profile", confab_profile_to_message (export_->profile, CONFAB_PROFILE_VIEW_OWN));
  for (guint i = 0; i < export_->sections->len; i++) {
    ConfabdExportSection *section = g_ptr_array_index (export_->sections, i);
    GPtrArray *items =
        g_ptr_array_new_full (section->rows->len, (GDestroyNotify) confab_message_unref);

    for (guint j = 0; j < section->rows->len; j++) {
      g_ptr_array_add (items, row_to_message (section->columns, section->rows->pdata[j]));
    }
    confab_message_take_list (message, section->name, items);
  }
  return message;
}

static void
run (GTask *task, gpointer source, gpointer export_, GCancellable *cancellable)
{
  g_task_return_pointer (task, to_message (export_), (GDestroyNotify) confab_message_unref);
}

/**
 * confabd_export_to_message_async:
 * @export_: (transfer full): all that is kept of somebody
 * @callback: called in the context of the caller
 *
 * Writes it down in a thread: of a month of calls there are a hundred thousand rows and more.
 *
 * Source: data/api/openapi.yaml, “Export”.
 */
void
confabd_export_to_message_async (ConfabdExport *export_,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, confabd_export_to_message_async);
  g_task_set_task_data (task, export_, (GDestroyNotify) confabd_export_free);
  g_task_run_in_thread (task, run);
}

/**
 * confabd_export_to_message_finish:
 *
 * Returns: (transfer full): an object with a list for each kind
 */
ConfabMessage *
confabd_export_to_message_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_export_to_message_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
