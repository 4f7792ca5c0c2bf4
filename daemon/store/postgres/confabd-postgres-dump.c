/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-postgres-dump-private.h"

/* Where the distribution keeps the programs of each version beside one another. */
#define VERSIONED_PROGRAM "/usr/lib/postgresql/%u/bin/%s"

/* A dump by an older program than the server is refused, one by a newer is of another form. */
static char *
find_program (guint major, const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf (VERSIONED_PROGRAM, major, name);

  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE)) {
    return g_steal_pointer (&path);
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
               "That needs “%s”: install the package postgresql-client-%u", path, major);
  return NULL;
}

/* A password on a command line is for everybody to read; in the environment it is not. */
static gboolean
set_environment (GSubprocessLauncher *launcher, const char *url, GError **error)
{
  char *complaint = NULL;
  PQconninfoOption *options = PQconninfoParse (url, &complaint);

  if (options == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "The URL of the database is not one of PostgreSQL: %s",
                 complaint != NULL ? g_strstrip (complaint) : "it cannot be read");
    PQfreemem (complaint);
    return FALSE;
  }
  for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
    if (option->val != NULL && option->envvar != NULL) {
      g_subprocess_launcher_setenv (launcher, option->envvar, option->val, TRUE);
    }
  }
  PQconninfoFree (options);
  return TRUE;
}

/* arguments: (array zero-terminated=1); url: (nullable) of a database that it needs; failure: what
 * to say before the complaint */
static gboolean
run_program (const char *const *arguments, const char *url, const char *failure, GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autofree char *complaint = NULL;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  if (url != NULL && !set_environment (launcher, url, error)) {
    return FALSE;
  }
  process = g_subprocess_launcher_spawnv (launcher, arguments, error);
  if (process == NULL ||
      !g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &complaint, error)) {
    return FALSE;
  }
  if (!g_subprocess_get_successful (process)) {
    g_strstrip (complaint)[strcspn (complaint, "\n")] = '\0'; /* the rest is where and how */
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "%s: %s", failure, complaint);
    return FALSE;
  }
  return TRUE;
}

/* For its owner's eyes only, and never over what is there. */
static gboolean
claim_path (const char *path, GError **error)
{
  int descriptor = g_open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  int reason = errno;

  if (descriptor < 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The backup “%s” cannot be made: %s",
                 path, g_strerror (reason));
    return FALSE;
  }
  close (descriptor);
  return TRUE;
}

/**
 * confabd_postgres_dump:
 * @url: of the database, as libpq takes it
 * @server_version: as PQserverVersion() says it: 150018 is 15.18
 * @path: the new file; must not exist
 * @error: return location for a #GError
 *
 * Writes the whole database in pg_dump's custom format, by the pg_dump of the server's version.
 * Waits for it. Leaves no half of a file.
 *
 * Returns: whether the dump is complete
 */
gboolean
confabd_postgres_dump (const char *url, guint server_version, const char *path, GError **error)
{
  g_autofree char *program = find_program (server_version / 10000, "pg_dump", error);
  g_autofree char *file = g_strconcat ("--file=", path, NULL);
  g_autofree char *failure = g_strdup_printf ("The backup “%s” cannot be made", path);
  const char *const arguments[] = { program, "--format=custom", "--no-password", file, NULL };

  if (program == NULL || !claim_path (path, error)) {
    return FALSE;
  }
  if (!run_program (arguments, url, failure, error)) {
    g_unlink (path);
    return FALSE;
  }
  return TRUE;
}

/* What a dump of an older schema does not know would stay, and keep what it refers to there. */
/* clang-format off */
#define CLEAR                                                                \
  "SET LOCAL client_min_messages = warning;"                                 \
  " DO $$ DECLARE name text; BEGIN"                                          \
  " FOR name IN SELECT format ('%I.%I', schemaname, tablename) FROM pg_tables" \
  " WHERE schemaname = current_schema () LOOP"                               \
  " EXECUTE 'DROP TABLE ' || name || ' CASCADE'; END LOOP; END $$"
/* clang-format on */

/* The dump as SQL; a program that failed in the middle of it must not be followed by a COMMIT, so
 * this is a file. */
static gboolean
write_script (guint major, const char *path, const char *script, GError **error)
{
  g_autofree char *program = find_program (major, "pg_restore", error);
  g_autofree char *file = g_strconcat ("--file=", script, NULL);
  g_autofree char *failure = g_strdup_printf ("The backup “%s” cannot be read", path);
  const char *const arguments[] = { program, "--no-owner", file, path, NULL };

  return program != NULL && run_program (arguments, NULL, failure, error);
}

static gboolean
run_script (const char *url, guint major, const char *script, const char *failure, GError **error)
{
  g_autofree char *program = find_program (major, "psql", error);
  g_autofree char *file = g_strconcat ("--file=", script, NULL);
  const char *const arguments[] = { program,
                                    "--no-psqlrc",
                                    "--quiet",
                                    "--no-password",
                                    "--set=ON_ERROR_STOP=1",
                                    "--single-transaction",
                                    "--output=/dev/null",
                                    "--command=" CLEAR,
                                    file,
                                    NULL };

  return program != NULL && run_program (arguments, url, failure, error);
}

/**
 * confabd_postgres_undump:
 * @url: of the database, as libpq takes it
 * @server_version: as PQserverVersion() says it
 * @path: what confabd_postgres_dump() wrote, of this schema or of an older one
 * @error: return location for a #GError
 *
 * Puts what is in the dump in the place of all tables of the database, in one transaction.
 *
 * Returns: whether it was done; if not the database is as it was
 */
gboolean
confabd_postgres_undump (const char *url, guint server_version, const char *path, GError **error)
{
  guint major = server_version / 10000;
  g_autofree char *script = g_strconcat (path, ".restoring", NULL);
  g_autofree char *failure = g_strdup_printf ("The backup “%s” cannot be restored", path);
  gboolean is_done;

  g_unlink (script);
  if (!claim_path (script, error)) {
    return FALSE;
  }
  is_done =
      write_script (major, path, script, error) && run_script (url, major, script, failure, error);
  g_unlink (script);
  return is_done;
}
