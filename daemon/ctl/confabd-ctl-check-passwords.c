/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confabd-config-database.h"
#include "confabd-ctl-finding.h"
#include "confabd-passwords.h"

/* What the doctor sees of passwords: how dear it is to guess them for who has a copy of the
 * database. Of a hash only what it costs is read. */

#define COST_CHARS "30" /* of "$argon2id$v=19$m=65536,t=2,p=1": the salt stands behind */

typedef struct {
  ConfabdPasswordCost cost; /* of a hash that is made now */
  guint64 n_all;
  guint64 n_cheap;
} Tally;

static void
count_row (Tally *tally, GVariant *row)
{
  const char *start;
  gint64 n;

  g_variant_get (row, "(&sx)", &start, &n);
  tally->n_all += (guint64) n;
  if (confabd_password_hash_is_outdated (start, &tally->cost)) {
    tally->n_cheap += (guint64) n;
  }
}

/* Some rows: one for each cost of Argon2id, and one for all other kinds. */
static gpointer
run_count (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT start, count(*) FROM"
      " (SELECT CASE WHEN password_hash LIKE '$argon2id$%'"
      " THEN substr(password_hash, 1, " COST_CHARS ") ELSE '' END AS start"
      " FROM users WHERE password_hash IS NOT NULL) costs GROUP BY start",
      NULL, "(sx)", error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    count_row (data, rows->pdata[i]);
  }
  return NULL;
}

/* A database that is away, or of another version, is not for this check to tell. */
void
confabd_ctl_check_passwords (ConfabdCtl *ctl, GPtrArray *findings)
{
  const char *url = confabd_config_get_database (ctl->config)->url;
  g_autoptr (ConfabdDatabase) database = confabd_database_open (url, CONFABD_DATABASE_LOOK, NULL);
  Tally tally = { { 0 }, 0, 0 };
  const ConfabdWork work = { run_count, &tally, NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (database != NULL) {
    tally.cost = confabd_password_cost_calibrate ();
    confabd_database_read_sync (database, &work, &error);
  }
  if (database == NULL || error != NULL || tally.n_all == 0) {
    return;
  }
  if (tally.n_cheap > 0) {
    confabd_ctl_findings_add (
        findings, CONFABD_VERDICT_DOUBTFUL, "password",
        "They are hashed anew as their owners sign in; disable who never does",
        "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
        " passwords are kept by a hash that is cheaper than this machine makes them",
        tally.n_cheap, tally.n_all);
  } else {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "password", NULL,
                              "All %" G_GUINT64_FORMAT " passwords are dear to guess", tally.n_all);
  }
}
