/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-tel-call-import.h"
#include "confabd-tel-call-mapper.h"
#include "confabd-tel-call-reader.h"

#define SOURCE "tel-call"
#define BATCH  500 /* rows in memory and in a transaction: others write in between */

typedef struct {
  ConfabdDatabase *database;     /* (unowned) waits for the import */
  ConfabdConnection *connection; /* (unowned) (nullable) all of a dry run is in one transaction */
  ConfabdTelCallReader *reader;  /* (owned) */
  ConfabdImportReport *report;   /* (owned) */
  GPtrArray *items;              /* (element-type ConfabdImportItem) (owned) the next batch */
  gint64 now_us;
} Import;

static void
import_clear (Import *self)
{
  g_clear_object (&self->reader);
  g_clear_pointer (&self->report, confabd_import_report_free);
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static gpointer
run_items (ConfabdConnection *connection, gpointer data, GError **error)
{
  Import *self = data;

  return confabd_store_import_items (connection, SOURCE, self->items, self->now_us, error);
}

static GPtrArray *
write_items (Import *self, GError **error)
{
  const ConfabdWork work = { run_items, self, NULL, (GDestroyNotify) g_ptr_array_unref };

  return self->connection != NULL ? run_items (self->connection, self, error)
                                  : confabd_database_write_sync (self->database, &work, error);
}

static gboolean
report_result (Import *self,
               ConfabdTelCallTable table,
               const ConfabdImportItem *item,
               const ConfabdImportResult *result,
               GError **error)
{
  const ConfabdImportProblem problem = { confabd_tel_call_reader_get_table_name (table), item->id,
                                         result->why };

  if (result->outcome == CONFABD_IMPORT_BROKEN) {
    return confabd_import_report_add_broken (self->report, item->kind, &problem, error);
  }
  confabd_import_report_add (self->report, item->kind, result->outcome);
  return TRUE;
}

/* Writes what was gathered, and tells the report. */
static gboolean
flush (Import *self, ConfabdTelCallTable table, GError **error)
{
  g_autoptr (GPtrArray) results = NULL;

  if (self->items->len == 0) {
    return TRUE;
  }
  results = write_items (self, error);
  if (results == NULL) {
    return FALSE;
  }
  for (guint i = 0; i < results->len; i++) {
    if (!report_result (self, table, g_ptr_array_index (self->items, i),
                        g_ptr_array_index (results, i), error)) {
      return FALSE;
    }
  }
  g_ptr_array_set_size (self->items, 0);
  return TRUE;
}

static gboolean
report_broken (Import *self, ConfabdTelCallTable table, const char *why, GError **error)
{
  g_autofree char *id = confabd_tel_call_reader_dup_id (self->reader);
  const ConfabdImportProblem problem = { confabd_tel_call_reader_get_table_name (table), id, why };

  return confabd_import_report_add_broken (self->report, confabd_tel_call_get_kind (table),
                                           &problem, error);
}

static gboolean
gather (Import *self, ConfabdTelCallTable table, GError **error)
{
  g_autoptr (GError) why = NULL;
  ConfabdImportItem *item =
      confabd_tel_call_map (self->reader, table, self->now_us, self->report, &why);

  if (item == NULL) {
    return report_broken (self, table, why->message, error);
  }
  g_ptr_array_add (self->items, item);
  return self->items->len < BATCH || flush (self, table, error);
}

static gboolean
import_table (Import *self, ConfabdTelCallTable table, GError **error)
{
  ConfabdTelCallStep step;
  gboolean is_well = TRUE;

  confabd_tel_call_reader_begin (self->reader, table);
  while (is_well && (step = confabd_tel_call_reader_next (self->reader)) != CONFABD_TEL_CALL_END) {
    is_well =
        step == CONFABD_TEL_CALL_ROW
            ? gather (self, table, error)
            : report_broken (self, table, confabd_tel_call_reader_get_damage (self->reader), error);
  }
  return is_well && flush (self, table, error);
}

static gboolean
import_tables (Import *self, GError **error)
{
  for (guint table = 0; table < CONFABD_TEL_CALL_N_TABLES; table++) {
    if (!import_table (self, table, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* An error undoes what a work wrote; this one says that all went well. */
static gpointer
run_dry (ConfabdConnection *connection, gpointer data, GError **error)
{
  Import *self = data;

  self->connection = connection;
  if (import_tables (self, error)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "It was a dry run");
  }
  self->connection = NULL;
  return NULL;
}

static gboolean
import_dry (Import *self, GError **error)
{
  const ConfabdWork work = { run_dry, self, NULL, NULL };
  g_autoptr (GError) local_error = NULL;

  confabd_database_write_sync (self->database, &work, &local_error);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * confabd_tel_call_import:
 * @database: with the schema of this daemon
 * @path: the SQLite database of a Tel_call server; only read
 * @is_dry: whether to do it all and undo it in the end
 * @clock: for the times that are noted
 * @error: return location for a #GError
 *
 * Takes over users, calls, who was in them, how well they heard each other, and friendships. What
 * came before and has not changed is passed over, so that one may do it again. Waits.
 *
 * Fails when @path is no such database, or when @database or the disk fails; rows that are wrong
 * are no failure, the report has them all.
 *
 * Returns: (transfer full): what was done; a dry run: what would be
 */
ConfabdImportReport *
confabd_tel_call_import (ConfabdDatabase *database,
                         const char *path,
                         gboolean is_dry,
                         ConfabClock *clock,
                         GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (clock);
  g_auto (Import) self = { database };

  self.now_us = confab_time_to_unix_us (now);
  self.reader = confabd_tel_call_reader_open (path, error);
  if (self.reader == NULL) {
    return NULL;
  }
  self.report = confabd_import_report_new (error);
  if (self.report == NULL) {
    return NULL;
  }
  self.items = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_import_item_free);
  confabd_database_set_deadline_ms (database, 0);
  return (is_dry ? import_dry (&self, error) : import_tables (&self, error))
             ? g_steal_pointer (&self.report)
             : NULL;
}
