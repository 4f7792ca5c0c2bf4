/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-config-database.h"
#include "confabd-ctl.h"
#include "confabd-migrations.h"
#include "confabd-migrator.h"
#include "confabd-store.h"

/* confabctl db: the schema and the safety of the data. */

typedef struct {
  ConfabdDatabase *database; /* (owned) */
  ConfabdMigrator *migrator; /* (owned) */
} Session;

static void
session_clear (Session *self)
{
  g_clear_object (&self->migrator);
  g_clear_object (&self->database);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)

static gboolean
session_open (Session *self, ConfabdCtl *ctl, ConfabdDatabaseUse use, GError **error)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();

  confabd_migrations_get_resource ();
  self->database =
      confabd_database_open (confabd_config_get_database (ctl->config)->url, use, error);
  if (self->database == NULL) {
    return FALSE;
  }
  self->migrator = confabd_migrator_new (self->database, CONFABD_MIGRATIONS, clock, error);
  return self->migrator != NULL;
}

/* ---- db status ---- */

static const char *
name_state (const ConfabdMigrationState *state)
{
  if (state->applied_at == NULL) {
    return "pending";
  }
  if (!state->is_known) {
    return "unknown";
  }
  return state->is_changed ? "changed" : "applied";
}

static void
print_state (const ConfabdMigrationState *state)
{
  g_autofree char *at =
      state->applied_at != NULL ? confab_time_format (state->applied_at) : g_strdup ("");

  g_print ("  %04u  %-20s %-8s %s\n", state->number, state->name, name_state (state), at);
}

static void
add_state (JsonBuilder *builder, const ConfabdMigrationState *state)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, state->number);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, state->name);
  json_builder_set_member_name (builder, "state");
  json_builder_add_string_value (builder, name_state (state));
  if (state->applied_at != NULL) {
    g_autofree char *at = confab_time_format (state->applied_at);

    json_builder_set_member_name (builder, "applied_at");
    json_builder_add_string_value (builder, at);
  }
  json_builder_end_object (builder);
}

static void
print_status_json (Session *session, GPtrArray *states)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "database");
  json_builder_add_string_value (builder, confabd_database_get_name (session->database));
  json_builder_set_member_name (builder, "schema");
  json_builder_add_int_value (builder, confabd_migrator_get_applied (session->migrator));
  json_builder_set_member_name (builder, "needed");
  json_builder_add_int_value (builder, confabd_migrator_get_known (session->migrator));
  json_builder_set_member_name (builder, "migrations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < states->len; i++) {
    add_state (builder, g_ptr_array_index (states, i));
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_status (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  g_autoptr (GPtrArray) states = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 0, error) ||
      !session_open (&session, ctl, CONFABD_DATABASE_LOOK, error)) {
    return FALSE;
  }
  states = confabd_migrator_list (session.migrator);
  if (ctl->as_json) {
    print_status_json (&session, states);
    return TRUE;
  }
  g_print ("%s has schema %u, this version needs %u\n",
           confabd_database_get_name (session.database),
           confabd_migrator_get_applied (session.migrator),
           confabd_migrator_get_known (session.migrator));
  for (guint i = 0; i < states->len; i++) {
    print_state (g_ptr_array_index (states, i));
  }
  return TRUE;
}

/* ---- db migrate, db rollback ---- */

static void
print_report (const ConfabdMigrationReport *report, gboolean is_dry)
{
  if (report->steps->len == 0) {
    g_print ("The schema is %u already\n", report->to);
  }
  for (guint i = 0; i < report->steps->len; i++) {
    const ConfabdMigrationStep *step = g_ptr_array_index (report->steps, i);

    if (is_dry) {
      g_print ("would %s %04u %s\n", step->is_up ? "apply" : "take back", step->number, step->name);
    } else {
      g_print ("%s %04u %s in %.3f s\n", step->is_up ? "applied" : "took back", step->number,
               step->name, (double) step->took_us / G_USEC_PER_SEC);
    }
  }
  if (report->backup != NULL) {
    g_print ("backup %s\n", report->backup);
  }
}

static void
add_step (JsonBuilder *builder, const ConfabdMigrationStep *step)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, step->number);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, step->name);
  json_builder_set_member_name (builder, "direction");
  json_builder_add_string_value (builder, step->is_up ? "up" : "down");
  json_builder_set_member_name (builder, "took_us");
  json_builder_add_int_value (builder, step->took_us);
  json_builder_end_object (builder);
}

static void
print_report_json (const ConfabdMigrationReport *report, gboolean is_dry)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "from");
  json_builder_add_int_value (builder, report->from);
  json_builder_set_member_name (builder, "to");
  json_builder_add_int_value (builder, report->to);
  json_builder_set_member_name (builder, "dry_run");
  json_builder_add_boolean_value (builder, is_dry);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->steps->len; i++) {
    add_step (builder, g_ptr_array_index (report->steps, i));
  }
  json_builder_end_array (builder);
  if (report->backup != NULL) {
    json_builder_set_member_name (builder, "backup");
    json_builder_add_string_value (builder, report->backup);
  }
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
move (ConfabdCtl *ctl, Session *session, guint number, gboolean is_dry, GError **error)
{
  g_autoptr (ConfabdMigrationReport) report = NULL;

  report = is_dry ? confabd_migrator_plan (session->migrator, number, error)
                  : confabd_migrator_move (session->migrator, number, error);
  if (report == NULL) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_report_json (report, is_dry);
  } else {
    print_report (report, is_dry);
  }
  return TRUE;
}

static gboolean
refuse_direction (const char *other, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
               "That is the other way: “confabctl db %s” does it", other);
  return FALSE;
}

static gboolean
run_migrate (ConfabdCtl *ctl, GError **error)
{
  gint64 to = -1;
  gboolean is_dry = FALSE;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_INT64, &to, NULL, "N" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &is_dry, NULL, NULL },
    { NULL },
  };
  g_auto (Session) session = { NULL };

  if (!confabd_ctl_parse (ctl, entries, 0, error) ||
      !session_open (&session, ctl, is_dry ? CONFABD_DATABASE_LOOK : CONFABD_DATABASE_MAINTAIN,
                     error)) {
    return FALSE;
  }
  if (to < 0) {
    to = confabd_migrator_get_known (session.migrator);
  }
  if (to < confabd_migrator_get_applied (session.migrator) &&
      confabd_migrator_get_applied (session.migrator) <=
          confabd_migrator_get_known (session.migrator)) {
    return refuse_direction ("rollback", error);
  }
  return move (ctl, &session, (guint) MIN (to, G_MAXUINT32), is_dry, error);
}

static gboolean
run_rollback (ConfabdCtl *ctl, GError **error)
{
  gint64 to = -1;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_INT64, &to, NULL, "N" },
    { NULL },
  };
  g_auto (Session) session = { NULL };

  if (!confabd_ctl_parse (ctl, entries, 0, error) ||
      !session_open (&session, ctl, CONFABD_DATABASE_MAINTAIN, error)) {
    return FALSE;
  }
  if (to < 0) {
    to = MAX ((gint64) confabd_migrator_get_applied (session.migrator) - 1, 0);
  }
  if (to > confabd_migrator_get_applied (session.migrator)) {
    return refuse_direction ("migrate", error);
  }
  return move (ctl, &session, (guint) to, FALSE, error);
}

/* ---- db backup, db restore, db check ---- */

/* One line, or one object with one member. */
static void
print_result (ConfabdCtl *ctl, const char *member, const char *value, const char *sentence)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("%s “%s”\n", sentence, value);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_backup (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };
  g_autofree char *path = NULL;
  g_autofree char *copy = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error) ||
      !session_open (&session, ctl, CONFABD_DATABASE_LOOK, error)) {
    return FALSE;
  }
  path = g_canonicalize_filename (ctl->arguments[1], NULL);
  copy = confabd_migrator_back_up (session.migrator, path, error);
  if (copy == NULL) {
    return FALSE;
  }
  print_result (ctl, "backup", copy, "The backup is complete:");
  return TRUE;
}

static gboolean
run_restore (ConfabdCtl *ctl, GError **error)
{
  const char *url = confabd_config_get_database (ctl->config)->url;
  g_autofree char *path = NULL;
  g_autofree char *kept = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return FALSE;
  }
  path = g_canonicalize_filename (ctl->arguments[1], NULL);
  if (!confabd_database_restore (url, path, &kept, error)) {
    return FALSE;
  }
  print_result (ctl, "kept", kept != NULL ? kept : "",
                "Restored; what was there before is kept as");
  return TRUE;
}

static gboolean
run_check (ConfabdCtl *ctl, GError **error)
{
  g_auto (Session) session = { NULL };

  if (!confabd_ctl_parse (ctl, NULL, 0, error) ||
      !session_open (&session, ctl, CONFABD_DATABASE_LOOK, error)) {
    return FALSE;
  }
  confabd_database_set_deadline_ms (session.database, 0);
  if (!confabd_migrator_check (session.migrator, error)) {
    return FALSE;
  }
  print_result (ctl, "whole", confabd_database_get_name (session.database),
                "Nothing is wrong with");
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_db_commands[] = {
  { "db", "status", "", "Say which migrations the database has and lacks", run_status },
  { "db", "migrate", "[--to N] [--dry-run]",
    "Apply what it lacks, after a look and a backup; all of it or nothing", run_migrate },
  { "db", "rollback", "[--to N]", "Take migrations back, one or down to N, after a backup",
    run_rollback },
  { "db", "backup", "FILE", "Copy the whole database, also while confabd runs", run_backup },
  { "db", "restore", "FILE", "Put a backup in the database's place and keep what was there",
    run_restore },
  { "db", "check", "", "Read the whole database and its migrations, and say what is wrong",
    run_check },
  { NULL },
};
