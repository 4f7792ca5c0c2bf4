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
#include "confabd-signing-key-private.h"
#include "confabd-signing-key.h"

#define CREDENTIAL "confab-key" /* as the service manager calls it */

typedef struct {
  gsize size;
  guint8 bytes[];
} Key;

static void
wipe (gpointer data)
{
  Key *key = data;

  explicit_bzero (key->bytes, key->size);
  g_free (key);
}

static Key *
key_new (gsize size)
{
  Key *key = g_malloc0 (sizeof *key + size);

  key->size = size;
  return key;
}

static GBytes *
take_key (Key *key)
{
  return g_bytes_new_with_free_func (key->bytes, key->size, wipe, key);
}

GBytes *
confabd_signing_key_make (GError **error)
{
  Key *key = key_new (CONFABD_SIGNING_KEY_BYTES);

  /* Up to 256 bytes come at once, or not at all. */
  if (getrandom (key->bytes, key->size, 0) != CONFABD_SIGNING_KEY_BYTES) {
    wipe (key);
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The kernel gives no random bytes");
    return NULL;
  }
  return take_key (key);
}

GBytes *
confabd_signing_key_copy (const guint8 *bytes, gsize size)
{
  Key *key = NULL;

  if (size < CONFABD_SIGNING_KEY_BYTES || size > CONFABD_SIGNING_KEY_MAX_BYTES) {
    return NULL;
  }
  key = key_new (size);
  memcpy (key->bytes, bytes, size);
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
read_bytes (int descriptor, const char *path, GError **error)
{
  guint8 buffer[CONFABD_SIGNING_KEY_MAX_BYTES + 1];
  gssize n = read (descriptor, buffer, sizeof buffer);
  GBytes *bytes = confabd_signing_key_copy (buffer, (gsize) MAX (n, 0));

  if (bytes == NULL) {
    set_failed (error, path, "does not have 32 to 1024 bytes");
  }
  explicit_bzero (buffer, sizeof buffer);
  return bytes;
}

static GBytes *
read_key (int descriptor, const char *path, GError **error)
{
  struct stat info;

  if (fstat (descriptor, &info) < 0 || !S_ISREG (info.st_mode)) {
    return set_failed (error, path, "is not a file");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return set_failed (error, path, "can be read by others; chmod it to 0600");
  }
  return read_bytes (descriptor, path, error);
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
    return confabd_signing_key_make (error);
  }
  descriptor = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (descriptor >= 0) {
    return read_key (descriptor, path, error);
  }
  if (errno != ENOENT) {
    return set_failed (error, path, "cannot be opened");
  }
  key = confabd_signing_key_make (error);
  return key != NULL && write_key (key, path, error) ? g_steal_pointer (&key) : NULL;
}

/**
 * confabd_signing_key_read:
 * @path: a file
 * @error: return location for a #GError
 *
 * Reads a key that somebody made. Waits for the disk: for the start only.
 *
 * Returns: (transfer full): at least 32 bytes, wiped with their last reference; %NULL when there is
 *   no such file, it is not ours alone, or too short
 */
GBytes *
confabd_signing_key_read (const char *path, GError **error)
{
  confab_autofd int descriptor = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  if (descriptor < 0) {
    return set_failed (error, path,
                       errno == ENOENT ? "is not there; “confabctl generate-key FILE” makes one"
                                       : "cannot be opened");
  }
  return read_key (descriptor, path, error);
}

/* Who may read a credential is for the service manager to say, with access lists that look like
 * permissions of the group. */
static GBytes *
read_credential (const char *path, GError **error)
{
  confab_autofd int descriptor = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  return descriptor >= 0 ? read_bytes (descriptor, path, error)
                         : set_failed (error, path, "cannot be opened");
}

/**
 * confabd_signing_key_find:
 * @path: (nullable): the file of the configuration
 * @error: return location for a #GError
 *
 * Finds the key of a server: in @path, else in the credential `confab-key` of the service manager.
 * Waits for the disk: for the start only.
 *
 * Source: systemd.exec(5), “LoadCredential=”.
 *
 * Returns: (transfer full): at least 32 bytes, wiped with their last reference; %NULL when there is
 *   none that is good
 */
GBytes *
confabd_signing_key_find (const char *path, GError **error)
{
  const char *folder = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *credential = folder != NULL ? g_build_filename (folder, CREDENTIAL, NULL) : NULL;

  if (path != NULL) {
    return confabd_signing_key_read (path, error);
  }
  if (credential != NULL && g_file_test (credential, G_FILE_TEST_EXISTS)) {
    return read_credential (credential, error);
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                       "There is no key to sign tokens with: make one with “confabctl generate-key "
                       "FILE” and name it in [auth] key-file");
  return NULL;
}

/**
 * confabd_signing_key_generate:
 * @path: a file that is not there yet
 * @error: return location for a #GError
 *
 * Makes a key that its owner alone can read. Never replaces one. Waits for the disk.
 *
 * Returns: whether it is made
 */
gboolean
confabd_signing_key_generate (const char *path, GError **error)
{
  g_autoptr (GBytes) key = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK)) {
    set_failed (error, path, "is there already; whoever is signed in would not be any more");
    return FALSE;
  }
  key = confabd_signing_key_make (error);
  return key != NULL && write_key (key, path, error);
}
