/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <sys/statvfs.h>

#include "confab-error.h"
#include "confabd-preflight-private.h"

/* What is looked at before a database is changed. */

#define SPARE_BYTES (16 * 1024 * 1024)

typedef struct {
  const char *dialect;
  const char *integrity; /* gives a row (s) for each thing that is wrong, or the word “ok” */
  const char *foreign;   /* (nullable) gives a row for each orphan */
  const char *size;      /* gives the bytes of the database */
} Questions;

static const Questions questions[] = {
  { "sqlite", "PRAGMA quick_check (20)",
    "SELECT \"table\" || ' ' || coalesce (rowid, '') FROM pragma_foreign_key_check LIMIT 20",
    "SELECT page_count * page_size FROM pragma_page_count (), pragma_page_size ()" },
  { "postgres",
    "SELECT 'the index ' || CAST (i.indexrelid AS regclass) || ' is not valid' FROM pg_index i"
    " WHERE NOT i.indisvalid LIMIT 20",
    NULL, "SELECT pg_database_size (current_database ())" },
};

static const Questions *
find_questions (ConfabdDatabase *database)
{
  const char *dialect = confabd_database_get_dialect (database);

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    if (g_str_equal (questions[i].dialect, dialect)) {
      return &questions[i];
    }
  }
  g_assert_not_reached ();
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  return confabd_connection_query (connection, data, NULL, "(s)", error);
}

/* Each row that is not “ok” is something wrong. */
static gboolean
ask (ConfabdDatabase *database, const char *sql, GError **error)
{
  const ConfabdWork work = { run_list, (gpointer) sql, NULL, (GDestroyNotify) g_ptr_array_unref };
  g_autoptr (GPtrArray) rows = confabd_database_read_sync (database, &work, error);

  if (rows == NULL) {
    return FALSE;
  }
  for (guint i = 0; i < rows->len; i++) {
    const char *text;

    g_variant_get (g_ptr_array_index (rows, i), "(&s)", &text);
    if (!g_str_equal (text, "ok")) {
      g_autofree char *line = g_strdelimit (g_strdup (text), "\n", ' ');

      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                   "The database “%s” is damaged: %s; restore a backup",
                   confabd_database_get_name (database), line);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * confabd_preflight_check_integrity:
 *
 * Reads the whole database. Waits.
 *
 * Returns: whether nothing is broken or orphaned
 */
gboolean
confabd_preflight_check_integrity (ConfabdDatabase *database, GError **error)
{
  const Questions *row = find_questions (database);

  return ask (database, row->integrity, error) &&
         (row->foreign == NULL || ask (database, row->foreign, error));
}

static gpointer
run_size (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection, data, NULL, "(x)", &row, error)) {
    return NULL;
  }
  return g_steal_pointer (&row);
}

static gboolean
get_size (ConfabdDatabase *database, gint64 *size, GError **error)
{
  const ConfabdWork work = { run_size, (gpointer) find_questions (database)->size, NULL,
                             (GDestroyNotify) g_variant_unref };
  g_autoptr (GVariant) row = confabd_database_read_sync (database, &work, error);

  if (row == NULL) {
    return FALSE;
  }
  g_variant_get (row, "(x)", size);
  return TRUE;
}

/**
 * confabd_preflight_check_space:
 * @folder: where the backup goes
 *
 * A backup takes as much as the database, and a migration may write all of it anew.
 *
 * Returns: whether there is room for both
 */
gboolean
confabd_preflight_check_space (ConfabdDatabase *database, const char *folder, GError **error)
{
  struct statvfs space;
  gint64 size = 0;
  guint64 free_bytes, needed;

  if (!get_size (database, &size, error)) {
    return FALSE;
  }
  if (statvfs (folder, &space) < 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The folder “%s” cannot be used: %s",
                 folder, g_strerror (errno));
    return FALSE;
  }
  free_bytes = (guint64) space.f_bavail * space.f_frsize;
  needed = 2 * (guint64) size + SPARE_BYTES;
  if (free_bytes < needed) {
    g_autofree char *has = g_format_size (free_bytes);
    g_autofree char *wants = g_format_size (needed);

    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The disk of “%s” has %s left, a safe migration needs %s", folder, has, wants);
    return FALSE;
  }
  return TRUE;
}
