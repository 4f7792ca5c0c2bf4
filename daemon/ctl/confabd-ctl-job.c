/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-config-database.h"
#include "confabd-ctl.h"
#include "confabd-store-jobs.h"

/* confabctl job: what the server has still to do, and could not. */

#define LIST_LIMIT 1000

static ConfabdDatabase *
open_database (ConfabdCtl *ctl, GError **error)
{
  return confabd_database_open (confabd_config_get_database (ctl->config)->url,
                                CONFABD_DATABASE_LOOK, error);
}

static void
add_job (JsonBuilder *builder, const ConfabdJobRecord *job)
{
  g_autoptr (GDateTime) created = confab_time_from_unix_us (job->created_us);
  g_autoptr (GDateTime) run = confab_time_from_unix_us (job->run_us);
  g_autofree char *created_at = confab_time_format (created);
  g_autofree char *run_at = confab_time_format (run);

  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "id", job->id);
  confabd_ctl_add_string (builder, "kind", job->kind);
  confabd_ctl_add_string (builder, "state", job->state);
  confabd_ctl_add_string (builder, "created_at", created_at);
  confabd_ctl_add_string (builder, "run_at", run_at);
  json_builder_set_member_name (builder, "attempts");
  json_builder_add_int_value (builder, job->attempts);
  confabd_ctl_add_string (builder, "last_error", job->last_error);
  json_builder_end_object (builder);
}

static void
print_jobs_json (GPtrArray *jobs)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "jobs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < jobs->len; i++) {
    add_job (builder, g_ptr_array_index (jobs, i));
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static void
print_jobs (GPtrArray *jobs)
{
  for (guint i = 0; i < jobs->len; i++) {
    const ConfabdJobRecord *job = g_ptr_array_index (jobs, i);

    g_print ("%s  %s  %u attempts  %s\n", job->id, job->kind, job->attempts,
             job->last_error != NULL ? job->last_error : "-");
  }
}

static gboolean
check_state (const char *state, GError **error)
{
  const char *const states[] = { "waiting", "running", "done", "dead", NULL };

  if (!g_strv_contains (states, state)) {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0,
                 "--state is waiting, running, done or dead, not “%s”", state);
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *state = g_strdup ("dead");
  const GOptionEntry options[] = {
    { "state", 0, 0, G_OPTION_ARG_STRING, &state, NULL, "STATE" },
    { NULL },
  };
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  if (!confabd_ctl_parse (ctl, options, 0, error) || !check_state (state, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  if (database != NULL) {
    jobs = confabd_store_list_jobs_sync (database, state, LIST_LIMIT, error);
  }
  if (jobs == NULL) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_jobs_json (jobs);
  } else {
    print_jobs (jobs);
  }
  return TRUE;
}

static void
print_retried (ConfabdCtl *ctl, guint n)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("%u jobs are tried again\n", n);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "retried");
  json_builder_add_int_value (builder, n);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_retry (ConfabdCtl *ctl, GError **error)
{
  gboolean wants_all = FALSE;
  const GOptionEntry options[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &wants_all, NULL, NULL },
    { NULL },
  };
  g_autoptr (ConfabdDatabase) database = NULL;
  const char *id = NULL;
  guint n = 0;

  if (!confabd_ctl_parse (ctl, options, wants_all ? 0 : 1, error)) {
    return FALSE;
  }
  id = wants_all ? NULL : ctl->arguments[1];
  database = open_database (ctl, error);
  if (database == NULL || !confabd_store_retry_jobs_sync (database, id, g_get_user_name (),
                                                          g_get_real_time (), &n, error)) {
    return FALSE;
  }
  if (id != NULL && n == 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no dead job “%s”", id);
    return FALSE;
  }
  print_retried (ctl, n);
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_job_commands[] = {
  { "job", "list", "[--state STATE]",
    "Say what is dead, such as letters that did not go; or what is waiting, running, done",
    run_list },
  { "job", "retry", "ID|--all", "Try dead jobs again, from the beginning", run_retry },
  { NULL },
};
