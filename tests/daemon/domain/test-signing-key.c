/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-signing-key.h"

static void
assert_key_refused (const char *path, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_signing_key_load (path, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  if (!g_pattern_match_simple (pattern, error->message)) {
    g_error ("“%s” is not “%s”", error->message, pattern);
  }
}

static void
test_key (void)
{
  g_autofree char *folder = g_dir_make_tmp ("confab-key-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "secret.key", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", "secret.key", NULL);
  g_autoptr (GBytes) made = NULL;
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  made = confabd_signing_key_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (made), ==, CONFABD_SIGNING_KEY_BYTES);
  g_assert_no_errno (g_stat (path, &info));
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  read = confabd_signing_key_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (made, read));

  g_assert_no_errno (g_chmod (path, 0640));
  assert_key_refused (path, "The signing key “*secret.key” can be read by others*");
  g_assert_true (
      g_file_set_contents_full (path, "short", 5, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  g_assert_no_errno (g_chmod (path, 0600));
  assert_key_refused (path, "The signing key “*” does not have 32 to 1024 bytes");
  g_assert_no_errno (g_unlink (path));
  g_assert_no_errno (symlink ("/dev/zero", path));
  assert_key_refused (path, "The signing key “*” cannot be opened");
  g_assert_no_errno (g_unlink (path));
  assert_key_refused (nowhere, "*The signing key “*” cannot be written");
  g_assert_no_errno (g_rmdir (folder));
}

static char *
write_key (const char *folder, const char *name, gsize size, int mode)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = g_strnfill (size, 'k');

  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  g_assert_no_errno (g_chmod (path, mode));
  return path;
}

static void
assert_not_found (const char *path, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_signing_key_find (path, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_null (strchr (error->message, '\n'));
  if (!g_pattern_match_simple (pattern, error->message)) {
    g_error ("“%s” is not “%s”", error->message, pattern);
  }
}

/* A server makes none by itself. */
static void
test_find (void)
{
  g_autofree char *folder = g_dir_make_tmp ("confab-key-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *good = write_key (folder, "good", 33, 0600);
  g_autofree char *shorter = write_key (folder, "short", 31, 0600);
  g_autofree char *longer = write_key (folder, "long", 1025, 0600);
  g_autofree char *open_to_all = write_key (folder, "open", 32, 0604);
  g_autofree char *credential = write_key (folder, "confab-key", 32, 0440);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) of_service = NULL;

  g_unsetenv ("CREDENTIALS_DIRECTORY");
  assert_not_found (NULL, "There is no key to sign tokens with: *generate-key*key-file");
  assert_not_found (missing, "The signing key “*” is not there; *generate-key* makes one");
  assert_not_found (shorter, "The signing key “*” does not have 32 to 1024 bytes");
  assert_not_found (longer, "The signing key “*” does not have 32 to 1024 bytes");
  assert_not_found (open_to_all, "The signing key “*” can be read by others*");
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  key = confabd_signing_key_find (good, NULL);
  g_assert_cmpuint (g_bytes_get_size (key), ==, 33);
  g_setenv ("CREDENTIALS_DIRECTORY", folder, TRUE);
  of_service = confabd_signing_key_find (NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (of_service), ==, 32);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  for (char **path = (char *[]){ good, shorter, longer, open_to_all, credential, NULL };
       *path != NULL; path++) {
    g_assert_no_errno (g_unlink (*path));
  }
  g_assert_no_errno (g_rmdir (folder));
}

static void
test_generate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("confab-key-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_signing_key_generate (path, &error));
  g_assert_no_error (error);
  first = confabd_signing_key_find (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (first), ==, CONFABD_SIGNING_KEY_BYTES);
  g_assert_false (confabd_signing_key_generate (path, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  second = confabd_signing_key_find (path, NULL);
  g_assert_true (g_bytes_equal (first, second));
  g_assert_no_errno (g_unlink (path));
  g_assert_no_errno (g_rmdir (folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/signing-key/load", test_key);
  g_test_add_func ("/signing-key/find", test_find);
  g_test_add_func ("/signing-key/generate", test_generate);

  return g_test_run ();
}
