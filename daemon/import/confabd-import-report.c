/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "confab-error.h"
#include "confabd-import-report.h"

/**
 * ConfabdImportReport:
 *
 * What an import did, row by row. A database in which every row is broken makes a report as long as
 * itself: what is wrong with rows waits in a file without a name, not in memory.
 */
struct _ConfabdImportReport {
  ConfabdImportCounts counts[CONFABD_IMPORT_N_KINDS];
  FILE *problems;      /* (owned) table, id and reason of each, every one ended by a zero */
  GHashTable *remarks; /* (element-type utf8 guint64) (owned) sentence → number of rows */
};

static gboolean
set_failed (GError **error)
{
  int reason = errno;

  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The report cannot be kept in “%s”: %s",
               g_get_tmp_dir (), g_strerror (reason));
  return FALSE;
}

/**
 * confabd_import_report_new:
 *
 * Returns: (transfer full): a report of nothing; %NULL when there is no place for a file
 */
ConfabdImportReport *
confabd_import_report_new (GError **error)
{
  FILE *problems = tmpfile ();
  ConfabdImportReport *self = NULL;

  if (problems == NULL) {
    set_failed (error);
    return NULL;
  }
  self = g_new0 (ConfabdImportReport, 1);
  self->problems = problems;
  self->remarks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * confabd_import_report_free:
 * @self: (transfer full): a report
 */
void
confabd_import_report_free (ConfabdImportReport *self)
{
  fclose (self->problems);
  g_hash_table_unref (self->remarks);
  g_free (self);
}

/**
 * confabd_import_report_add:
 *
 * Counts a row that came over, or was here already.
 */
void
confabd_import_report_add (ConfabdImportReport *self,
                           ConfabdImportKind kind,
                           ConfabdImportOutcome outcome)
{
  ConfabdImportCounts *counts = &self->counts[kind];

  counts->read++;
  switch (outcome) {
  case CONFABD_IMPORT_DONE:
    counts->imported++;
    break;
  case CONFABD_IMPORT_UNCHANGED:
    counts->unchanged++;
    break;
  case CONFABD_IMPORT_BROKEN:
    counts->broken++;
    break;
  }
}

static gboolean
write_word (ConfabdImportReport *self, const char *word)
{
  return fwrite (word, 1, strlen (word) + 1, self->problems) == strlen (word) + 1;
}

/**
 * confabd_import_report_add_broken:
 *
 * Counts a row that could not come over, and keeps why.
 *
 * Returns: %FALSE when there is no place for it
 */
gboolean
confabd_import_report_add_broken (ConfabdImportReport *self,
                                  ConfabdImportKind kind,
                                  const ConfabdImportProblem *problem,
                                  GError **error)
{
  confabd_import_report_add (self, kind, CONFABD_IMPORT_BROKEN);
  return (write_word (self, problem->table) &&
          write_word (self, problem->id != NULL ? problem->id : "") &&
          write_word (self, problem->why)) ||
         set_failed (error);
}

/**
 * confabd_import_report_add_remark:
 * @remark: a sentence about rows that did come over; of few that there are
 *
 * Notes for one more row that not all of it has a place here.
 */
void
confabd_import_report_add_remark (ConfabdImportReport *self, const char *remark)
{
  guint64 *n = g_hash_table_lookup (self->remarks, remark);

  if (n == NULL) {
    n = g_new0 (guint64, 1);
    g_hash_table_insert (self->remarks, g_strdup (remark), n);
  }
  (*n)++;
}

const ConfabdImportCounts *
confabd_import_report_get_counts (ConfabdImportReport *self, ConfabdImportKind kind)
{
  return &self->counts[kind];
}

/* Returns: whether there was another word */
static gboolean
read_word (FILE *file, char **word, gsize *size)
{
  return getdelim (word, size, '\0', file) > 0;
}

/**
 * confabd_import_report_foreach_problem:
 *
 * Tells of the rows that could not come over, in the order in which they were read.
 *
 * Returns: whether the report could be read
 */
gboolean
confabd_import_report_foreach_problem (ConfabdImportReport *self,
                                       ConfabdImportProblemFunc function,
                                       gpointer user_data,
                                       GError **error)
{
  char *words[3] = { NULL };
  gsize sizes[3] = { 0 };

  rewind (self->problems);
  while (read_word (self->problems, &words[0], &sizes[0]) &&
         read_word (self->problems, &words[1], &sizes[1]) &&
         read_word (self->problems, &words[2], &sizes[2])) {
    const ConfabdImportProblem problem = { words[0], *words[1] != '\0' ? words[1] : NULL,
                                           words[2] };

    function (&problem, user_data);
  }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    free (words[i]);
  }
  return !ferror (self->problems) || set_failed (error);
}

/**
 * confabd_import_report_get_remarks:
 *
 * Returns: (element-type utf8 guint64): sentences, and of how many rows each is
 */
GHashTable *
confabd_import_report_get_remarks (ConfabdImportReport *self)
{
  return self->remarks;
}
