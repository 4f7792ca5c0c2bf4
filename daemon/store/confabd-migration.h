/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/**
 * ConfabdMigration:
 *
 * One step of the schema, as this daemon knows it.
 */
typedef struct {
  guint number;
  char *name;     /* (owned) "first" */
  char *up;       /* (owned) SQL */
  char *down;     /* (owned) SQL */
  char *checksum; /* (owned) SHA-256 of up, in hexadecimal */
} ConfabdMigration;

/**
 * ConfabdMigrationStep:
 *
 * What was done, or would be.
 */
typedef struct {
  guint number;
  char *name; /* (owned) */
  gboolean is_up;
  gint64 took_us; /* 0: it was not done */
} ConfabdMigrationStep;

/**
 * ConfabdMigrationReport:
 *
 * The way of a database from one schema to another.
 */
typedef struct {
  guint from;
  guint to;
  char *backup;     /* (owned) (nullable) the path; NULL: there was nothing to lose */
  GPtrArray *steps; /* (element-type ConfabdMigrationStep) (owned) in their order */
} ConfabdMigrationReport;

GPtrArray *confabd_migrations_load (const char *resource_folder, const char *dialect);
void confabd_migration_report_free (ConfabdMigrationReport *self);
ConfabdMigrationReport *confabd_migration_report_new (GPtrArray *known, guint from, guint to);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdMigrationReport, confabd_migration_report_free)

G_END_DECLS
