/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"
#include "confabd-store-import.h"

G_BEGIN_DECLS

/* What became of the rows of one table: read is the sum of the others. */
typedef struct {
  guint64 read;
  guint64 imported;
  guint64 unchanged;
  guint64 broken;
} ConfabdImportCounts;

/* A row that could not come over. */
typedef struct {
  const char *table; /* there */
  const char *id;    /* there; NULL when even that cannot be read */
  const char *why;   /* one sentence */
} ConfabdImportProblem;

typedef void (*ConfabdImportProblemFunc) (const ConfabdImportProblem *problem, gpointer user_data);

typedef struct _ConfabdImportReport ConfabdImportReport;

ConfabdImportReport *confabd_import_report_new (GError **error);
void confabd_import_report_free (ConfabdImportReport *self);

void confabd_import_report_add (ConfabdImportReport *self,
                                ConfabdImportKind kind,
                                ConfabdImportOutcome outcome);
gboolean confabd_import_report_add_broken (ConfabdImportReport *self,
                                           ConfabdImportKind kind,
                                           const ConfabdImportProblem *problem,
                                           GError **error);
void confabd_import_report_add_remark (ConfabdImportReport *self, const char *remark);

const ConfabdImportCounts *confabd_import_report_get_counts (ConfabdImportReport *self,
                                                             ConfabdImportKind kind);
gboolean confabd_import_report_foreach_problem (ConfabdImportReport *self,
                                                ConfabdImportProblemFunc function,
                                                gpointer user_data,
                                                GError **error);
GHashTable *confabd_import_report_get_remarks (ConfabdImportReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdImportReport, confabd_import_report_free)

G_END_DECLS
