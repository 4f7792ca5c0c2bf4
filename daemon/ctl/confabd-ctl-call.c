/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-time.h"
#include "confabd-config-database.h"
#include "confabd-ctl-call-end.h"
#include "confabd-ctl.h"
#include "confabd-store-overview.h"

/* confabctl call: what is going on, of everybody. */

#define MAX_CALLS 1000

static ConfabdDatabase *
open_database (ConfabdCtl *ctl, GError **error)
{
  return confabd_database_open (confabd_config_get_database (ctl->config)->url,
                                CONFABD_DATABASE_LOOK, error);
}

static void
add_call (JsonBuilder *builder, ConfabCall *call)
{
  g_autofree char *created_at = confab_time_format (confab_call_get_created_at (call));

  confabd_ctl_add_string (builder, "id", confab_call_get_id (call));
  confabd_ctl_add_string (builder, "code", confab_call_get_code (call));
  confabd_ctl_add_string (builder, "title", confab_call_get_title (call));
  confabd_ctl_add_string (builder, "state",
                          confab_call_state_to_string (confab_call_get_state (call)));
  confabd_ctl_add_string (builder, "creator_id", confab_call_get_creator_id (call));
  confabd_ctl_add_string (builder, "created_at", created_at);
  confabd_ctl_add_string (builder, "end_reason", confab_call_get_end_reason (call));
}

static void
print_list_json (GPtrArray *summaries)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "calls");
  json_builder_begin_array (builder);
  for (guint i = 0; i < summaries->len; i++) {
    const ConfabdCallSummary *summary = g_ptr_array_index (summaries, i);

    json_builder_begin_object (builder);
    add_call (builder, summary->call);
    json_builder_set_member_name (builder, "present");
    json_builder_add_int_value (builder, summary->n_present);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static void
print_line (ConfabCall *call)
{
  g_autofree char *created_at = confab_time_format (confab_call_get_created_at (call));
  const char *title = confab_call_get_title (call);

  g_print ("%s  %s  %-6s  %s  %s\n", confab_call_get_id (call), confab_call_get_code (call),
           confab_call_state_to_string (confab_call_get_state (call)), created_at,
           title != NULL ? title : "");
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (GPtrArray) summaries = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 0, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  summaries =
      database != NULL ? confabd_store_list_open_calls_sync (database, MAX_CALLS, error) : NULL;
  if (summaries == NULL) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_list_json (summaries);
    return TRUE;
  }
  for (guint i = 0; i < summaries->len; i++) {
    const ConfabdCallSummary *summary = g_ptr_array_index (summaries, i);

    g_print ("%3u in  ", summary->n_present);
    print_line (summary->call);
  }
  return TRUE;
}

static void
print_call_json (ConfabdRoster *roster)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_call (builder, roster->call);
  json_builder_set_member_name (builder, "participants");
  json_builder_begin_array (builder);
  for (guint i = 0; i < roster->participants->len; i++) {
    ConfabParticipant *participant = g_ptr_array_index (roster->participants, i);

    json_builder_begin_object (builder);
    confabd_ctl_add_string (builder, "id", confab_participant_get_id (participant));
    confabd_ctl_add_string (builder, "display_name",
                            confab_participant_get_display_name (participant));
    confabd_ctl_add_string (builder, "role",
                            confab_role_to_string (confab_participant_get_role (participant)));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static void
print_call (ConfabdRoster *roster, ConfabUser *creator)
{
  print_line (roster->call);
  g_print ("made by “%s”\n", creator != NULL ? confab_user_get_display_name (creator) : "somebody");
  for (guint i = 0; i < roster->participants->len; i++) {
    ConfabParticipant *participant = g_ptr_array_index (roster->participants, i);

    g_print ("  %-8s  %s\n", confab_role_to_string (confab_participant_get_role (participant)),
             confab_participant_get_display_name (participant));
  }
}

static ConfabdRoster *
find_call (ConfabdCtl *ctl, ConfabUser **creator, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return NULL;
  }
  database = open_database (ctl, error);
  return database != NULL
             ? confabd_store_find_call_sync (database, ctl->arguments[1], creator, error)
             : NULL;
}

static gboolean
run_show (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabUser) creator = NULL;
  g_autoptr (ConfabdRoster) roster = find_call (ctl, &creator, error);

  if (roster == NULL) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_call_json (roster);
  } else {
    print_call (roster, creator);
  }
  return TRUE;
}

static gboolean
run_end (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (ConfabUser) creator = NULL;
  g_autoptr (ConfabdRoster) roster = find_call (ctl, &creator, error);

  if (roster == NULL || !confabd_ctl_end_call (ctl->config, roster->call, creator, error)) {
    return FALSE;
  }
  if (!ctl->as_json) {
    g_print ("The call “%s” is over\n", confab_call_get_code (roster->call));
    return TRUE;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "ended", confab_call_get_id (roster->call));
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_call_commands[] = {
  { "call", "list", "", "List the calls of everybody that are not over", run_list },
  { "call", "show", "CALL", "Say who is in a call, by its id or code", run_show },
  { "call", "end", "CALL", "End a call for everybody in it", run_end },
  { NULL },
};
