/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-ctl-finding.h"
#include "confabd-ctl-place.h"
#include "confabd-migrations.h"
#include "confabd-migrator.h"
#include "confabd-store.h"

/* What the doctor sees on this machine: database, key, disk, clock. */

#define RELEASED_S        G_GINT64_CONSTANT (1767225600) /* 2026: no clock that is right is before it */
#define KEY_BYTES         32
#define LEAST_SPACE_BYTES (256ULL * 1024 * 1024) /* a backup before a migration, and some days */

static void
check_schema (ConfabdDatabase *database, GPtrArray *findings)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdMigrator) migrator = NULL;
  guint applied, known;

  confabd_migrations_get_resource ();
  migrator = confabd_migrator_new (database, CONFABD_MIGRATIONS, clock, &error);
  if (migrator == NULL) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "database",
                              "Run “confabctl db check”, and restore a backup if it finds damage",
                              "%s", error->message);
    return;
  }
  applied = confabd_migrator_get_applied (migrator);
  known = confabd_migrator_get_known (migrator);
  if (applied < known) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "database",
                              "Run “confabctl db migrate”",
                              "The schema is %u, this version needs %u", applied, known);
  } else if (applied > known) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "database",
                              "Install the newer version again, or restore a backup of this one",
                              "The schema is %u, newer than the %u that this version knows",
                              applied, known);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "database", NULL,
                              "“%s” has schema %u", confabd_database_get_name (database), applied);
  }
}

static void
check_mode (const char *path, const char *subject, const char *advice, GPtrArray *findings)
{
  GStatBuf info;

  if (g_stat (path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, subject, advice,
                              "“%s” is not for its owner alone: its mode is %04o", path,
                              (guint) (info.st_mode & 07777));
  }
}

void
confabd_ctl_check_database (ConfabdCtl *ctl, GPtrArray *findings)
{
  const char *url = confabd_config_get_database (ctl->config)->url;
  g_autofree char *path = confabd_ctl_place_dup_database_file (ctl->config);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdDatabase) database = confabd_database_open (url, CONFABD_DATABASE_LOOK, &error);

  if (database == NULL) {
    confabd_ctl_findings_add (
        findings, CONFABD_VERDICT_BAD, "database",
        path != NULL ? "Run “confabctl db migrate” as the user of the daemon; it makes the file"
                     : "Look whether the server runs and lets this user in: [database] url",
        "%s", error->message);
    return;
  }
  check_schema (database, findings);
  if (path != NULL) {
    check_mode (path, "database", "chmod 0600 it: who can read it knows all calls", findings);
  }
}

/* is_named: whether the settings say that it is there */
static void
check_key_file (const char *path, gboolean is_named, GPtrArray *findings)
{
  GStatBuf info;

  if (g_stat (path, &info) < 0) {
    confabd_ctl_findings_add (
        findings, errno == ENOENT && !is_named ? CONFABD_VERDICT_DOUBTFUL : CONFABD_VERDICT_BAD,
        "key",
        errno != ENOENT ? "Let the user of the daemon into its folder"
        : is_named ? "Make it with “confabctl generate-key”: a server does not start without"
                   : "For a server make one with “confabctl generate-key”, and name it in [auth] "
                     "key-file; the daemon of a desktop makes its own",
        "The signing key “%s”: %s", path, g_strerror (errno));
    return;
  }
  if (info.st_size < KEY_BYTES) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "key",
                              "Make a new one with “confabctl generate-key”",
                              "The signing key “%s” is too short", path);
  } else if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    check_mode (path, "key", "chmod 0600 it, and make a new one: others may have read it",
                findings);
  } else if (g_access (path, R_OK) < 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "key",
                              "chown it to the user of the daemon",
                              "The signing key “%s” cannot be read by this user", path);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "key", NULL,
                              "“%s” is there, for its owner alone", path);
  }
}

void
confabd_ctl_check_key (ConfabdCtl *ctl, GPtrArray *findings)
{
  g_autofree char *path = confabd_ctl_place_dup_key_file (ctl->config);

  if (path != NULL) {
    check_key_file (path, confabd_config_get_auth (ctl->config)->key_file != NULL, findings);
    return;
  }
  confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "key",
                            "Make one with “confabctl generate-key”, and set [auth] key-file",
                            "No signing key is named: a server does not start without");
}

void
confabd_ctl_check_space (ConfabdCtl *ctl, GPtrArray *findings)
{
  g_autofree char *file = confabd_ctl_place_dup_database_file (ctl->config);
  g_autofree char *folder = file != NULL ? g_path_get_dirname (file) : NULL;
  struct statvfs info;
  guint64 free_bytes;
  g_autofree char *size = NULL;

  if (folder == NULL || statvfs (folder, &info) < 0) {
    return;
  }
  free_bytes = (guint64) info.f_bavail * info.f_frsize;
  size = g_format_size (free_bytes);
  if ((info.f_flag & ST_RDONLY) != 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "disk", "Mount it for writing",
                              "“%s” can only be read", folder);
  } else if (free_bytes < LEAST_SPACE_BYTES) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "disk",
                              "Make room: writes are refused when it is full", "“%s” has %s left",
                              folder, size);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "disk", NULL, "“%s” has %s left",
                              folder, size);
  }
}

/* Tokens, invitations and TURN credentials are good for a time that both sides have to agree on. */
void
confabd_ctl_check_clock (ConfabdCtl *ctl, GPtrArray *findings)
{
  struct timex state = { 0 };
  int result = adjtimex (&state);

  if (g_get_real_time () < RELEASED_S * G_USEC_PER_SEC) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "clock",
                              "Set it: “timedatectl set-time”",
                              "The clock is older than this program");
  } else if (result == TIME_ERROR || (result >= 0 && (state.status & STA_UNSYNC) != 0)) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_DOUBTFUL, "clock",
                              "Let systemd-timesyncd or chrony keep it, unless the host does",
                              "Nobody keeps the clock of this system right");
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "clock", NULL,
                              "The clock is kept right");
  }
}
