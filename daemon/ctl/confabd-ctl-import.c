/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confabd-config-database.h"
#include "confabd-ctl.h"
#include "confabd-migrations.h"
#include "confabd-migrator.h"
#include "confabd-store.h"
#include "confabd-tel-call-import.h"

/* confabctl import: what another server kept. */

static const char *const counted[CONFABD_IMPORT_N_KINDS] = {
  [CONFABD_IMPORT_USER] = "users",
  [CONFABD_IMPORT_CALL] = "calls",
  [CONFABD_IMPORT_PARTICIPANT] = "participants",
  [CONFABD_IMPORT_QUALITY] = "quality",
  [CONFABD_IMPORT_CONTACT] = "contacts",
};

/* An empty database gets its schema; an older one is for its administrator to migrate. */
static gboolean
bring_to_schema (ConfabdDatabase *database, ConfabClock *clock, GError **error)
{
  g_autoptr (ConfabdMigrator) migrator =
      confabd_migrator_new (database, CONFABD_MIGRATIONS, clock, error);
  g_autoptr (ConfabdMigrationReport) report = NULL;
  guint applied, known;

  if (migrator == NULL) {
    return FALSE;
  }
  applied = confabd_migrator_get_applied (migrator);
  known = confabd_migrator_get_known (migrator);
  if (applied == 0) {
    report = confabd_migrator_move (migrator, known, error);
    return report != NULL;
  }
  if (applied != known) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database “%s” has schema %u, this confabctl needs %u: "
                 "run “confabctl db migrate”",
                 confabd_database_get_name (database), applied, known);
  }
  return applied == known;
}

static gboolean
is_empty (ConfabdDatabase *database, ConfabClock *clock)
{
  g_autoptr (ConfabdMigrator) migrator =
      confabd_migrator_new (database, CONFABD_MIGRATIONS, clock, NULL);

  return migrator != NULL && confabd_migrator_get_applied (migrator) == 0;
}

/* A dry run makes no database where there is none: it works on one that nobody sees. */
static const char *
choose_url (const char *url, ConfabClock *clock, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (ConfabdDatabase) looked =
      confabd_database_open (url, CONFABD_DATABASE_LOOK, &local_error);

  if (looked == NULL) {
    if (g_error_matches (local_error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND)) {
      return "sqlite::memory:";
    }
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return is_empty (looked, clock) ? "sqlite::memory:" : url;
}

static ConfabdDatabase *
open_database (ConfabdCtl *ctl, gboolean is_dry, ConfabClock *clock, GError **error)
{
  const char *url = confabd_config_get_database (ctl->config)->url;
  g_autoptr (ConfabdDatabase) database = NULL;

  confabd_migrations_get_resource ();
  if (is_dry) {
    url = choose_url (url, clock, error);
  }
  if (url == NULL) {
    return NULL;
  }
  database = confabd_database_open (url, CONFABD_DATABASE_MAINTAIN, error);
  return database != NULL && bring_to_schema (database, clock, error) ? g_steal_pointer (&database)
                                                                      : NULL;
}

/* ---- the report ---- */

static void
print_remark (gpointer remark, gpointer n, gpointer user_data)
{
  g_print ("%s (%" G_GUINT64_FORMAT " rows)\n", (const char *) remark, *(guint64 *) n);
}

static void
print_problem (const ConfabdImportProblem *problem, gpointer user_data)
{
  g_print ("%s %s: %s\n", problem->table, problem->id != NULL ? problem->id : "–", problem->why);
}

static gboolean
print_report (ConfabdImportReport *report, gboolean is_dry, GError **error)
{
  g_print ("%-14s %10s %10s %10s %10s\n", is_dry ? "(dry run)" : "", "read", "imported",
           "unchanged", "broken");
  for (guint i = 0; i < G_N_ELEMENTS (counted); i++) {
    const ConfabdImportCounts *c = confabd_import_report_get_counts (report, i);

    g_print ("%-14s %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT
             " %10" G_GUINT64_FORMAT "\n",
             counted[i], c->read, c->imported, c->unchanged, c->broken);
  }
  g_hash_table_foreach (confabd_import_report_get_remarks (report), print_remark, NULL);
  return confabd_import_report_foreach_problem (report, print_problem, NULL, error);
}

static char *
quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

  return json_to_string (node, FALSE);
}

/* As many as there are rows: written one by one, not as one value. */
static void
print_problem_json (const ConfabdImportProblem *problem, gpointer user_data)
{
  const char **separator = user_data;
  g_autofree char *id = problem->id != NULL ? quote (problem->id) : g_strdup ("null");
  g_autofree char *why = quote (problem->why);
  gint64 number;

  if (problem->id != NULL &&
      g_ascii_string_to_signed (problem->id, 10, G_MININT64, G_MAXINT64, &number, NULL)) {
    g_free (id);
    id = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  }
  g_print ("%s{\"table\":\"%s\",\"id\":%s,\"why\":%s}", *separator, problem->table, id, why);
  *separator = ",";
}

static void
print_remark_json (gpointer remark, gpointer n, gpointer user_data)
{
  const char **separator = user_data;
  g_autofree char *sentence = quote (remark);

  g_print ("%s{\"rows\":%" G_GUINT64_FORMAT ",\"what\":%s}", *separator, *(guint64 *) n, sentence);
  *separator = ",";
}

static gboolean
print_report_json (ConfabdImportReport *report, gboolean is_dry, GError **error)
{
  const char *separator = "";
  gboolean is_done;

  g_print ("{\"dry_run\":%s", is_dry ? "true" : "false");
  for (guint i = 0; i < G_N_ELEMENTS (counted); i++) {
    const ConfabdImportCounts *c = confabd_import_report_get_counts (report, i);

    g_print (",\"%s\":{\"read\":%" G_GUINT64_FORMAT ",\"imported\":%" G_GUINT64_FORMAT
             ",\"unchanged\":%" G_GUINT64_FORMAT ",\"broken\":%" G_GUINT64_FORMAT "}",
             counted[i], c->read, c->imported, c->unchanged, c->broken);
  }
  g_print (",\"remarks\":[");
  g_hash_table_foreach (confabd_import_report_get_remarks (report), print_remark_json, &separator);
  separator = "";
  g_print ("],\"problems\":[");
  is_done = confabd_import_report_foreach_problem (report, print_problem_json, &separator, error);
  g_print ("]}\n");
  return is_done;
}

static gboolean
has_imported (ConfabdImportReport *report)
{
  for (guint i = 0; i < G_N_ELEMENTS (counted); i++) {
    if (confabd_import_report_get_counts (report, i)->imported > 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
run_tel_call (ConfabdCtl *ctl, GError **error)
{
  gboolean is_dry = FALSE;
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &is_dry, NULL, NULL },
    { NULL },
  };
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (ConfabdImportReport) report = NULL;

  if (!confabd_ctl_parse (ctl, entries, 1, error)) {
    return FALSE;
  }
  database = open_database (ctl, is_dry, clock, error);
  if (database == NULL) {
    return FALSE;
  }
  report = confabd_tel_call_import (database, ctl->arguments[1], is_dry, clock, error);
  if (report == NULL) {
    return FALSE;
  }
  if (!is_dry && has_imported (report) &&
      !confabd_ctl_write_down (database, CONFABD_AUDIT_IMPORTED, ctl->arguments[1],
                               "confabctl import tel-call", error)) {
    return FALSE;
  }
  return ctl->as_json ? print_report_json (report, is_dry, error)
                      : print_report (report, is_dry, error);
}

const ConfabdCtlCommand confabd_ctl_import_commands[] = {
  { "import", "tel-call", "FILE [--dry-run]",
    "Take over what is in the SQLite database of a Tel_call server, and say what could not come",
    run_tel_call },
  { NULL },
};
