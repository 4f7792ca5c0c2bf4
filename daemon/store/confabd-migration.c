/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "confabd-migration.h"

static void
migration_free (ConfabdMigration *self)
{
  g_free (self->name);
  g_free (self->up);
  g_free (self->down);
  g_free (self->checksum);
  g_free (self);
}

static char *
load_text (const char *folder, const char *file)
{
  g_autofree char *path = g_strconcat (folder, "/", file, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* file: "0001-first.up.sqlite.sql", stem_length: that of "0001-first" */
static ConfabdMigration *
load_migration (const char *folder, const char *file, gsize stem_length, const char *dialect)
{
  g_autofree char *stem = g_strndup (file, stem_length);
  g_autofree char *down = g_strdup_printf ("%s.down.%s.sql", stem, dialect);
  ConfabdMigration *self = g_new0 (ConfabdMigration, 1);
  char *name = NULL;

  self->number = (guint) g_ascii_strtoull (stem, &name, 10);
  g_assert (*name == '-');
  self->name = g_strdup (name + 1);
  self->up = load_text (folder, file);
  self->down = load_text (folder, down);
  self->checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->up, -1);
  return self;
}

static int
compare_migrations (gconstpointer a, gconstpointer b)
{
  const ConfabdMigration *const *one = a;
  const ConfabdMigration *const *other = b;

  return (int) (*one)->number - (int) (*other)->number;
}

/**
 * confabd_migrations_load:
 * @folder: of GResource, without a slash at the end
 * @dialect: of the database
 *
 * Reads the files `NNNN-name.up.DIALECT.sql` and `.down.` of a folder, numbered from 1 without a
 * hole. They are our own: what is wrong with them is a bug.
 *
 * Returns: (transfer full) (element-type ConfabdMigration): number n at n - 1
 */
GPtrArray *
confabd_migrations_load (const char *folder, const char *dialect)
{
  g_autofree char *ending = g_strdup_printf (".up.%s.sql", dialect);
  g_auto (GStrv) files = NULL;
  GPtrArray *migrations = g_ptr_array_new_with_free_func ((GDestroyNotify) migration_free);

  files = g_resources_enumerate_children (folder, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (files != NULL);
  for (guint i = 0; files[i] != NULL; i++) {
    if (g_str_has_suffix (files[i], ending)) {
      gsize stem_length = strlen (files[i]) - strlen (ending);

      g_ptr_array_add (migrations, load_migration (folder, files[i], stem_length, dialect));
    }
  }
  g_ptr_array_sort (migrations, compare_migrations);
  for (guint i = 0; i < migrations->len; i++) {
    g_assert (((ConfabdMigration *) g_ptr_array_index (migrations, i))->number == i + 1);
  }
  return migrations;
}

static void
step_free (ConfabdMigrationStep *self)
{
  g_free (self->name);
  g_free (self);
}

static void
add_step (ConfabdMigrationReport *self, GPtrArray *known, guint number, gboolean is_up)
{
  ConfabdMigrationStep *step = g_new0 (ConfabdMigrationStep, 1);

  step->number = number;
  step->name = g_strdup (((ConfabdMigration *) g_ptr_array_index (known, number - 1))->name);
  step->is_up = is_up;
  g_ptr_array_add (self->steps, step);
}

/**
 * confabd_migration_report_new:
 * @known: (element-type ConfabdMigration): what there is
 * @from: the newest migration that the database has; 0 for none
 * @to: the newest that it shall have
 *
 * Returns: (transfer full): the way, none of it done
 */
ConfabdMigrationReport *
confabd_migration_report_new (GPtrArray *known, guint from, guint to)
{
  ConfabdMigrationReport *self = g_new0 (ConfabdMigrationReport, 1);

  self->from = from;
  self->to = to;
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  for (guint number = from + 1; number <= to; number++) {
    add_step (self, known, number, TRUE);
  }
  for (guint number = from; number > to; number--) {
    add_step (self, known, number, FALSE);
  }
  return self;
}

void
confabd_migration_report_free (ConfabdMigrationReport *self)
{
  g_free (self->backup);
  g_ptr_array_unref (self->steps);
  g_free (self);
}
