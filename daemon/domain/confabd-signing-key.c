/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confab-compat-private.h"
#include "confab-error.h"
#include "confabd-signing-key.h"

static void
wipe (gpointer data)
{
  explicit_bzero (data, CONFABD_SIGNING_KEY_BYTES);
  g_free (data);
}

static GBytes *
take_key (guint8 *key)
{
  return g_bytes_new_with_free_func (key, CONFABD_SIGNING_KEY_BYTES, wipe, key);
}

static GBytes *
make_key (GError **error)
{
  guint8 *key = g_malloc0 (CONFABD_SIGNING_KEY_BYTES);

  /* Up to 256 bytes come at once, or not at all. */
  if (getrandom (key, CONFABD_SIGNING_KEY_BYTES, 0) != CONFABD_SIGNING_KEY_BYTES) {
    g_free (key);
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The kernel gives no random bytes");
    return NULL;
  }
  return take_key (key);
}

static gpointer
set_failed (GError **error, const char *path, const char *what)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The signing key “%s” %s", path, what);
  return NULL;
}

/* Reads one byte more than there may be. */
static GBytes *
read_key (int descriptor, const char *path, GError **error)
{
  guint8 buffer[CONFABD_SIGNING_KEY_BYTES + 1];
  GBytes *key = NULL;
  struct stat info;

  if (fstat (descriptor, &info) < 0 || !S_ISREG (info.st_mode)) {
    return set_failed (error, path, "is not a file");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return set_failed (error, path, "can be read by others; chmod it to 0600");
  }
  if (read (descriptor, buffer, sizeof buffer) != CONFABD_SIGNING_KEY_BYTES) {
    set_failed (error, path, "does not have 32 bytes");
  } else {
    key = take_key (g_memdup2 (buffer, CONFABD_SIGNING_KEY_BYTES));
  }
  explicit_bzero (buffer, sizeof buffer);
  return key;
}

/* Under another name first: a crash in between must not leave half a key. */
static gboolean
write_key (GBytes *key, const char *path, GError **error)
{
  g_autofree char *draft = g_strconcat (path, ".new", NULL);
  confab_autofd int descriptor = -1;
  gsize size;
  const void *bytes = g_bytes_get_data (key, &size);

  g_unlink (draft);
  descriptor = g_open (draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0 || write (descriptor, bytes, size) != (gssize) size ||
      fsync (descriptor) < 0 || g_rename (draft, path) < 0) {
    int reason = errno;

    g_unlink (draft);
    set_failed (error, path, "cannot be written");
    g_prefix_error (error, "%s: ", g_strerror (reason));
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_signing_key_load:
 * @path: (nullable): the file that keeps the key; %NULL to keep it nowhere
 * @error: return location for a #GError
 *
 * Reads the key that tokens are signed with, or makes one at the first start. Waits for the disk:
 * for the start only.
 *
 * Returns: (transfer full): 32 bytes that are wiped with their last reference; %NULL when the file
 *   is not ours alone, not a key, or cannot be made
 */
GBytes *
confabd_signing_key_load (const char *path, GError **error)
{
  g_autoptr (GBytes) key = NULL;
  confab_autofd int descriptor = -1;

  if (path == NULL) {
    return make_key (error);
  }
  descriptor = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (descriptor >= 0) {
    return read_key (descriptor, path, error);
  }
  if (errno != ENOENT) {
    return set_failed (error, path, "cannot be opened");
  }
  key = make_key (error);
  return key != NULL && write_key (key, path, error) ? g_steal_pointer (&key) : NULL;
}
