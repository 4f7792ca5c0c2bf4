/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gio.h>

#include "confabd-signing-key.h"

/* Made at the first start, the same at each one after it, another one for another folder. */
static void
test_kept (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) made = confabd_signing_key_load_from_keyring ("/home/ada/confab", &error);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) other = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (made), ==, CONFABD_SIGNING_KEY_BYTES);
  again = confabd_signing_key_load_from_keyring ("/home/ada/confab", &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (made, again));
  other = confabd_signing_key_load_from_keyring ("/home/ada/other", &error);
  g_assert_no_error (error);
  g_assert_false (g_bytes_equal (made, other));
}

/* Somebody wrote into the keyring what is no key. */
static void
test_spoilt (void)
{
  const char *const command[] = {
    "secret-tool", "store",   "--label=x", "xdg:schema", CONFAB_APP_ID ".SigningKey",
    "folder",      "/spoilt", NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) tool = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (tool, "c2hvcnQ=", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (tool));
  g_assert_null (confabd_signing_key_load_from_keyring ("/spoilt", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signing-key/keyring/kept", test_kept);
  g_test_add_func ("/signing-key/keyring/spoilt", test_spoilt);
  return g_test_run ();
}
