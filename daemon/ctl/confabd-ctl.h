/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "confabd-audit-entry.h"
#include "confabd-config.h"
#include "confabd-database.h"

G_BEGIN_DECLS

/* What every command of confabctl gets. */
typedef struct {
  ConfabdConfig *config; /* (owned) */
  gboolean as_json;
  char **arguments; /* (owned) behind the names of group and command */
} ConfabdCtl;

typedef struct {
  const char *group;   /* "db" */
  const char *name;    /* "migrate"; "" for the one command of a group that has no names */
  const char *usage;   /* of its arguments: "[--to N] [--dry-run]" */
  const char *summary; /* one sentence */
  gboolean (*run) (ConfabdCtl *ctl, GError **error);
  gboolean takes_mistakes; /* runs with a configuration that has some */
} ConfabdCtlCommand;

#define CONFABD_CTL_USAGE_ERROR (confabd_ctl_usage_error_quark ())
GQuark confabd_ctl_usage_error_quark (void);

int confabd_ctl_main (int argc, char **argv);

/* For the commands. */
gboolean confabd_ctl_parse (ConfabdCtl *ctl,
                            const GOptionEntry *entries,
                            guint n_arguments,
                            GError **error);
gboolean confabd_ctl_write_down (ConfabdDatabase *database,
                                 ConfabdAuditAction action,
                                 const char *target,
                                 const char *detail,
                                 GError **error);
void confabd_ctl_print_json (JsonBuilder *builder);
void confabd_ctl_add_string (JsonBuilder *builder, const char *member, const char *value);

extern const ConfabdCtlCommand confabd_ctl_audit_commands[];
extern const ConfabdCtlCommand confabd_ctl_call_commands[];
extern const ConfabdCtlCommand confabd_ctl_config_commands[];
extern const ConfabdCtlCommand confabd_ctl_db_commands[];
extern const ConfabdCtlCommand confabd_ctl_doctor_commands[];
extern const ConfabdCtlCommand confabd_ctl_generate_key_commands[];
extern const ConfabdCtlCommand confabd_ctl_import_commands[];
extern const ConfabdCtlCommand confabd_ctl_job_commands[];
extern const ConfabdCtlCommand confabd_ctl_key_commands[];
extern const ConfabdCtlCommand confabd_ctl_user_commands[];

G_END_DECLS
