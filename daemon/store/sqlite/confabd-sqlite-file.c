/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-sqlite-file-private.h"

#define LOCK_STEP_MS 20

static gboolean
set_failed (GError **error, const char *path, const char *what, int reason)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” cannot be %s: %s", path,
               what, g_strerror (reason));
  return FALSE;
}

/**
 * confabd_sqlite_file_prepare:
 * @path: an absolute path
 * @error: return location for a #GError
 *
 * Makes the folder (0700) and an empty file (0600) when they are not there, so that nobody else can
 * read what the database, its log and its index will hold: SQLite gives them the mode of the file.
 *
 * Returns: whether there is a regular file now
 */
gboolean
confabd_sqlite_file_prepare (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int descriptor;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” is not a file", path);
    return FALSE;
  }
  if (g_mkdir_with_parents (folder, 0700) < 0) {
    return set_failed (error, path, "made", errno);
  }
  descriptor = g_open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return set_failed (error, path, "opened", errno);
  }
  /* Before SQLite opens the file: closing any descriptor of it later would drop SQLite's locks. */
  close (descriptor);
  return TRUE;
}

/**
 * confabd_sqlite_file_check:
 *
 * Returns: whether there is a file already
 */
gboolean
confabd_sqlite_file_check (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    return TRUE;
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no database “%s”", path);
  return FALSE;
}

/**
 * confabd_sqlite_file_lock:
 * @path: the database
 * @wait_ms: how long to wait for who has it now
 * @error: return location for a #GError
 *
 * Makes sure that one daemon alone has the database, by a lock on a file beside it. Two would count
 * each other's participants. Tools that only look take no lock.
 *
 * Returns: a descriptor to be closed when the database is; -1 on error
 */
int
confabd_sqlite_file_lock (const char *path, guint wait_ms, GError **error)
{
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  gint64 deadline_us = g_get_monotonic_time () + wait_ms * G_TIME_SPAN_MILLISECOND;
  int descriptor;

  descriptor = g_open (lock_path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    set_failed (error, path, "locked", errno);
    return -1;
  }
  while (flock (descriptor, LOCK_EX | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK || g_get_monotonic_time () > deadline_us) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                   "The database “%s” is in use by another confabd", path);
      close (descriptor);
      return -1;
    }
    g_usleep (LOCK_STEP_MS * G_TIME_SPAN_MILLISECOND);
  }
  return descriptor;
}
