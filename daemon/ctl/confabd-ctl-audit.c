/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-config-database.h"
#include "confabd-ctl.h"
#include "confabd-store-audit.h"

/* confabctl audit: who did what, and whether that is still what was written. */

#define LIST_LIMIT 50
#define MAX_LIST   100000
#define PAGE       1000

static ConfabdDatabase *
open_database (ConfabdCtl *ctl, GError **error)
{
  return confabd_database_open (confabd_config_get_database (ctl->config)->url,
                                CONFABD_DATABASE_LOOK, error);
}

static void
add_integer (JsonBuilder *builder, const char *member, gint64 value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, value);
}

/* ---- audit list ---- */

static void
add_entry (JsonBuilder *builder, const ConfabdAuditEntry *entry)
{
  g_autoptr (GDateTime) at = confab_time_from_unix_us (entry->at_us);
  g_autofree char *time = confab_time_format (at);

  json_builder_begin_object (builder);
  add_integer (builder, "seq", entry->seq);
  confabd_ctl_add_string (builder, "at", time);
  add_integer (builder, "at_us", entry->at_us);
  confabd_ctl_add_string (builder, "actor_id", entry->actor_id);
  confabd_ctl_add_string (builder, "actor", entry->actor);
  confabd_ctl_add_string (builder, "action", entry->action);
  confabd_ctl_add_string (builder, "target", entry->target);
  confabd_ctl_add_string (builder, "address", entry->address);
  confabd_ctl_add_string (builder, "result", entry->result);
  confabd_ctl_add_string (builder, "detail", entry->detail);
  confabd_ctl_add_string (builder, "hash", entry->hash);
  json_builder_end_object (builder);
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

static void
print_entry (const ConfabdAuditEntry *entry)
{
  g_autoptr (GDateTime) at = confab_time_from_unix_us (entry->at_us);
  g_autofree char *time = confab_time_format (at);

  g_print ("%" G_GINT64_FORMAT "  %s  %s  %s  %s  %s  %s  %s\n", entry->seq, time, entry->actor,
           entry->action, or_dash (entry->target), or_dash (entry->address), entry->result,
           or_dash (entry->detail));
}

static void
print_entries_json (GPtrArray *entries)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "entries");
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++) {
    add_entry (builder, g_ptr_array_index (entries, i));
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
check_list (const char *action, gint64 limit, GError **error)
{
  ConfabdAuditAction known;

  if (action != NULL && !confabd_audit_action_from_string (action, &known)) {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0, "There is no action “%s”", action);
    return FALSE;
  }
  if (limit < 1 || limit > MAX_LIST) {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0, "--limit is a number from 1 to %d", MAX_LIST);
    return FALSE;
  }
  return TRUE;
}

static gboolean
list (ConfabdCtl *ctl, const ConfabdAuditFilter *filter, GError **error)
{
  g_autoptr (ConfabdDatabase) database = open_database (ctl, error);
  g_autoptr (GPtrArray) entries = NULL;

  if (database != NULL) {
    entries = confabd_store_list_audit_sync (database, filter, error);
  }
  if (entries == NULL) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_entries_json (entries);
    return TRUE;
  }
  for (guint i = 0; i < entries->len; i++) {
    print_entry (g_ptr_array_index (entries, i));
  }
  return TRUE;
}

static gboolean
run_list (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *actor = NULL;
  g_autofree char *action = NULL;
  gint64 limit = LIST_LIMIT;
  gint64 before = G_MAXINT64;
  const GOptionEntry options[] = {
    { "actor", 0, 0, G_OPTION_ARG_STRING, &actor, NULL, "ACTOR" },
    { "action", 0, 0, G_OPTION_ARG_STRING, &action, NULL, "ACTION" },
    { "before", 0, 0, G_OPTION_ARG_INT64, &before, NULL, "SEQ" },
    { "limit", 0, 0, G_OPTION_ARG_INT64, &limit, NULL, "N" },
    { NULL },
  };

  if (!confabd_ctl_parse (ctl, options, 0, error) || !check_list (action, limit, error)) {
    return FALSE;
  }
  return list (ctl, &(ConfabdAuditFilter){ actor, action, before, (guint) limit }, error);
}

/* ---- audit export ---- */

static gboolean
set_unwritable (GError **error, const char *path)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "“%s” cannot be written: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_page (FILE *file, GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) root = NULL;
    g_autofree char *line = NULL;

    add_entry (builder, g_ptr_array_index (entries, i));
    root = json_builder_get_root (builder);
    line = json_to_string (root, FALSE);
    if (fprintf (file, "%s\n", line) < 0) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_all (
    ConfabdDatabase *database, FILE *file, const char *path, gint64 *n_written, GError **error)
{
  gint64 after = G_MININT64;
  guint n = PAGE;

  while (n == PAGE) {
    g_autoptr (GPtrArray) entries = confabd_audit_chain_read_sync (database, after, PAGE, error);

    if (entries == NULL) {
      return FALSE;
    }
    n = entries->len;
    *n_written += n;
    if (!write_page (file, entries)) {
      return set_unwritable (error, path);
    }
    if (n > 0) {
      after = ((const ConfabdAuditEntry *) g_ptr_array_index (entries, n - 1))->seq;
    }
  }
  return (fflush (file) == 0 && fsync (fileno (file)) == 0) || set_unwritable (error, path);
}

static gboolean
write_file (ConfabdDatabase *database, const char *path, gint64 *n_written, GError **error)
{
  FILE *file = fopen (path, "wxe");
  gboolean is_done;

  if (file == NULL) {
    return set_unwritable (error, path);
  }
  is_done = fchmod (fileno (file), 0600) == 0 && write_all (database, file, path, n_written, error);
  fclose (file);
  return is_done;
}

static void
print_exported (ConfabdCtl *ctl, const char *path, gint64 n)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!ctl->as_json) {
    g_print ("%" G_GINT64_FORMAT " entries are in “%s”\n", n, path);
    return;
  }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "file", path);
  add_integer (builder, "entries", n);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static gboolean
run_export (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  gint64 n = 0;

  if (!confabd_ctl_parse (ctl, NULL, 1, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  if (database == NULL ||
      /* Who takes the log out of the house is in it. */
      !confabd_ctl_write_down (database, CONFABD_AUDIT_EXPORTED, "audit", "confabctl audit export",
                               error) ||
      !write_file (database, ctl->arguments[1], &n, error)) {
    return FALSE;
  }
  print_exported (ctl, ctl->arguments[1], n);
  return TRUE;
}

/* ---- audit verify ---- */

static void
print_verdict_json (const ConfabdAuditVerdict *verdict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_integer (builder, "entries", verdict->n_entries);
  add_integer (builder, "first", verdict->first_seq);
  add_integer (builder, "last", verdict->last_seq);
  confabd_ctl_add_string (builder, "last_hash", verdict->last_hash);
  json_builder_set_member_name (builder, "whole");
  json_builder_add_boolean_value (builder, verdict->why == NULL);
  if (verdict->why != NULL) {
    add_integer (builder, "broken", verdict->broken_seq);
    confabd_ctl_add_string (builder, "why", verdict->why);
  }
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

/* "17:5f3a…": what an earlier look, or an export that is kept elsewhere, said of an entry. */
static gboolean
check_expected (ConfabdDatabase *database, const char *expected, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  const ConfabdAuditEntry *entry = NULL;
  char *end = NULL;
  gint64 seq = g_ascii_strtoll (expected, &end, 10);

  if (seq < 1 || *end != ':') {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0, "“%s” is not like “17:5f3a…”", expected);
    return FALSE;
  }
  entries = confabd_audit_chain_read_sync (database, seq - 1, 1, error);
  if (entries == NULL) {
    return FALSE;
  }
  entry = entries->len > 0 ? g_ptr_array_index (entries, 0) : NULL;
  if (entry == NULL || entry->seq != seq || !g_str_equal (entry->hash, end + 1)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "Entry %" G_GINT64_FORMAT " is not the one that you know", seq);
    return FALSE;
  }
  return TRUE;
}

static gboolean
report (ConfabdCtl *ctl, const ConfabdAuditVerdict *verdict, GError **error)
{
  if (ctl->as_json) {
    print_verdict_json (verdict);
  }
  if (verdict->why != NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The audit log is broken: %s",
                 verdict->why);
    return FALSE;
  }
  if (!ctl->as_json) {
    g_print ("All %" G_GINT64_FORMAT " entries are as they were written; the last one is\n"
             "%" G_GINT64_FORMAT ":%s\n",
             verdict->n_entries, verdict->last_seq, verdict->last_hash);
  }
  return TRUE;
}

static gboolean
run_verify (ConfabdCtl *ctl, GError **error)
{
  g_autofree char *expected = NULL;
  const GOptionEntry options[] = {
    { "expect", 0, 0, G_OPTION_ARG_STRING, &expected, NULL, "SEQ:HASH" },
    { NULL },
  };
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autoptr (ConfabdAuditVerdict) verdict = NULL;

  if (!confabd_ctl_parse (ctl, options, 0, error)) {
    return FALSE;
  }
  database = open_database (ctl, error);
  if (database == NULL) {
    return FALSE;
  }
  confabd_database_set_deadline_ms (database, 0);
  verdict = confabd_audit_chain_verify_sync (database, error);
  return verdict != NULL && report (ctl, verdict, error) &&
         (expected == NULL || check_expected (database, expected, error));
}

const ConfabdCtlCommand confabd_ctl_audit_commands[] = {
  { "audit", "list", "[--actor ID|NAME] [--action ACTION] [--before SEQ] [--limit N]",
    "Say who did what, the newest first", run_list },
  { "audit", "export", "FILE",
    "Write all entries to a new FILE, a JSON object a line, the oldest first", run_export },
  { "audit", "verify", "[--expect SEQ:HASH]",
    "Compute the chain of entries anew; name the first that was changed, taken away or put in",
    run_verify },
  { NULL },
};
