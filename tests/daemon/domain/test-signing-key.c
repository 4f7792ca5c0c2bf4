/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
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
  assert_key_refused (path, "The signing key “*” does not have 32 bytes");
  g_assert_no_errno (g_unlink (path));
  g_assert_no_errno (symlink ("/dev/zero", path));
  assert_key_refused (path, "The signing key “*” cannot be opened");
  g_assert_no_errno (g_unlink (path));
  assert_key_refused (nowhere, "*The signing key “*” cannot be written");
  g_assert_no_errno (g_rmdir (folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/signing-key", test_key);

  return g_test_run ();
}
