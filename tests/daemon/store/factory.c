/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "factory.h"

#include <glib/gstdio.h>

#include "confabd-sqlite-database.h"
#include "explaining-database.h"

static ConfabdDatabase *
open_file (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "confab.db", NULL);

  return confabd_sqlite_database_open (path, error);
}

static ConfabdDatabase *
open_memory (const char *folder, GError **error)
{
  return confabd_sqlite_database_open (CONFABD_SQLITE_MEMORY, error);
}

/* Refuses each statement that reads a whole table. */
static ConfabdDatabase *
open_explaining (const char *folder, GError **error)
{
  g_autoptr (ConfabdDatabase) database = open_memory (folder, error);

  return database != NULL ? explaining_database_new (database) : NULL;
}

const DatabaseFactory database_factories[] = {
  { "sqlite-file", open_file },
  { "sqlite-memory", open_memory },
  { "sqlite-explain", open_explaining },
};
const guint n_database_factories = G_N_ELEMENTS (database_factories);

char *
test_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("confab-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
test_remove_folder (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_no_errno (g_remove (path));
  }
  g_assert_no_errno (g_rmdir (folder));
}
