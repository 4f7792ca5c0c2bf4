/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <libsecret/secret.h>

#include "confab-keyring-vault.h"
#include "confab-memory-vault.h"
#include "test-loop.h"

/* Run by tests/lib/with-keyring.sh: the keyring is a real one. */

#define SERVER           "https://calls.example.org"
#define SHORT_MS         100
#define SECRETS_BUS_NAME "org.freedesktop.secrets"

static void
store (ConfabVault *vault, const char *login, const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confab_vault_store_async (vault, SERVER, login, secret, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confab_vault_store_finish (vault, result, &error));
  g_assert_no_error (error);
}

static void
assert_found (ConfabVault *vault, const char *login, const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  confab_vault_lookup_async (vault, SERVER, login, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  found = confab_vault_lookup_finish (vault, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
}

/* What every vault does. */
static void
use (ConfabVault *vault)
{
  assert_found (vault, "ada", NULL);
  store (vault, "ada", "s3cret");
  store (vault, "grace", "another");
  assert_found (vault, "ada", "s3cret");
  store (vault, "ada", "n3wer");
  assert_found (vault, "ada", "n3wer");
  store (vault, "ada", NULL);
  assert_found (vault, "ada", NULL);
  store (vault, "ada", NULL);
  assert_found (vault, "grace", "another");
  store (vault, "grace", NULL);
}

static void
test_memory (void)
{
  g_autoptr (ConfabVault) vault = confab_memory_vault_new ();

  use (vault);
  g_assert_false (confab_vault_is_lasting (vault));
}

static void
test_keyring (void)
{
  g_autoptr (ConfabVault) vault = confab_keyring_vault_new (0);
  g_autoptr (ConfabVault) later = confab_keyring_vault_new (0);

  use (vault);
  g_assert_true (confab_vault_is_lasting (vault));
  store (vault, "ada", "s3cret");
  assert_found (later, "ada", "s3cret");
  store (later, "ada", NULL);
  assert_found (vault, "ada", NULL);
}

static void
test_cancelled (void)
{
  g_autoptr (ConfabVault) vault = confab_keyring_vault_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confab_vault_lookup_async (vault, SERVER, "ada", cancellable, test_on_result, &result);
  g_cancellable_cancel (cancellable);
  test_wait_until (result != NULL);
  g_assert_null (confab_vault_lookup_finish (vault, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (confab_vault_is_lasting (vault));
}

static void
lock_keyring (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &error);
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (
      service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  g_autoptr (GList) collections = g_list_append (NULL, collection);

  g_assert_no_error (error);
  g_assert_cmpint (secret_service_lock_sync (service, collections, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* Somebody would be asked for its password, and nobody is there. */
static void
test_locked (void)
{
  g_autoptr (ConfabVault) vault = confab_keyring_vault_new (SHORT_MS);

  lock_keyring ();
  use (vault);
  g_assert_false (confab_vault_is_lasting (vault));
}

static GDBusMessage *
swallow (GDBusConnection *bus, GDBusMessage *message, gboolean is_incoming, gpointer user_data)
{
  if (is_incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_clear_object (&message);
  return message;
}

static void
run_in_subprocess (const char *path)
{
  g_test_trap_subprocess (path, (guint64) TEST_DEADLINE_S * G_USEC_PER_SEC,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
use_without_keyring (void)
{
  g_autoptr (ConfabVault) vault = confab_keyring_vault_new (SHORT_MS);

  use (vault);
  g_assert_false (confab_vault_is_lasting (vault));
}

/* Something has its name on the bus, and never says a word. */
static void
test_silent (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) service = NULL;
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ()) {
    run_in_subprocess ("/vault/silent");
    return;
  }
  g_test_dbus_up (bus);
  service =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_add_filter (service, swallow, NULL, NULL);
  owned = g_dbus_connection_call_sync (service, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", SECRETS_BUS_NAME, 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  use_without_keyring ();
  exit (0); /* what libsecret still waits for would keep the bus from going down */
}

static void
test_missing (void)
{
  if (!g_test_subprocess ()) {
    run_in_subprocess ("/vault/missing");
    return;
  }
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  use_without_keyring ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vault/memory", test_memory);
  g_test_add_func ("/vault/keyring", test_keyring);
  g_test_add_func ("/vault/cancelled", test_cancelled);
  g_test_add_func ("/vault/missing", test_missing);
  g_test_add_func ("/vault/silent", test_silent);
  g_test_add_func ("/vault/locked", test_locked);

  return g_test_run ();
}
