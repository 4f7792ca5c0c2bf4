/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confabd-bus.h"
#include "confabd-signing-key.h"
#include "test-loop.h"

#define PATH    "/app/confab/Confab/Daemon"
#define IFACE   "app.confab.Confab.Daemon"
#define ADDRESS "http://127.0.0.1:41234"
#define BASE    "https://call.example.org"

/* A bus of its own, the daemon's object on one connection, a client on another. */
typedef struct {
  GTestDBus *bus;            /* (owned) */
  GDBusConnection *server;   /* (owned) */
  GDBusConnection *client;   /* (owned) */
  GApplication *application; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabdSessions *sessions; /* (owned) */
  ConfabdAccounts *accounts; /* (owned) */
  ConfabdCalls *calls;       /* (owned) */
  ConfabdBus *object;        /* (owned) */
  GString *signals;          /* (owned) */
} Fixture;

static GDBusConnection *
connect_to_bus (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *iface,
           const char *name,
           GVariant *parameters,
           gpointer user_data)
{
  Fixture *self = user_data;
  const char *second;

  g_variant_get_child (parameters, 1, "&s", &second);
  g_string_append_printf (self->signals, "%s %s;", name, second);
}

static void
make_domain (Fixture *self)
{
  const ConfabdCallLimits limits = CONFABD_CALL_LIMITS_INIT;
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (GBytes) key = confabd_signing_key_load (NULL, NULL);
  g_autoptr (ConfabdKeyring) keyring = NULL;
  g_autoptr (GError) error = NULL;

  self->store = confabd_store_open ("sqlite::memory:", CONFABD_SCHEMA_MIGRATE, clock, &error);
  g_assert_no_error (error);
  keyring = confabd_keyring_new (key, NULL);
  self->sessions = confabd_sessions_new (self->store, clock, keyring);
  self->accounts =
      confabd_accounts_new (self->store, clock, self->sessions, CONFAB_GUEST_ACCESS_JOIN);
  self->calls = confabd_calls_new (self->store, clock, &limits);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->server = connect_to_bus (self);
  self->client = connect_to_bus (self);
  self->signals = g_string_new (NULL);
  make_domain (self);
  self->application = g_application_new (IFACE, G_APPLICATION_IS_SERVICE);
  self->object = confabd_bus_new (self->application, self->accounts, self->calls);
  g_assert_true (confabd_bus_export (self->object, self->server, PATH, &error));
  g_assert_no_error (error);
  confabd_bus_set_address (self->object, ADDRESS, BASE);
  for (guint i = 0; i < 2; i++) {
    g_dbus_connection_signal_subscribe (self->client, NULL, IFACE,
                                        i == 0 ? "CallStarted" : "CallEnded", PATH, NULL,
                                        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_finalize_object (self->object);
  g_assert_true (confabd_store_close (self->store, &error));
  test_drain ();
  g_assert_finalize_object (self->calls);
  g_assert_finalize_object (self->accounts);
  g_assert_finalize_object (self->sessions);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->application);
  g_dbus_connection_close_sync (self->client, NULL, NULL);
  g_dbus_connection_close_sync (self->server, NULL, NULL);
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_string_free (self->signals, TRUE);
  test_drain ();
  g_test_dbus_down (self->bus);
  g_object_unref (self->bus);
}

static GVariant *
call_on (Fixture *self, const char *iface, const char *method, GVariant *parameters, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (self->client, g_dbus_connection_get_unique_name (self->server), PATH,
                          iface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          test_on_result, &result);
  test_wait_until (result != NULL);
  return g_dbus_connection_call_finish (self->client, result, error);
}

static GVariant *
call (Fixture *self, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = call_on (self, IFACE, method, parameters, &error);

  g_assert_no_error (error);
  return answer;
}

static void
assert_refused (Fixture *self, const char *method, GVariant *parameters, int code)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = call_on (self, IFACE, method, parameters, &error);
  g_assert_null (answer);
  g_assert_error (error, CONFAB_ERROR, code);
}

static void
test_address (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) answer = call (self, "GetAddress", NULL);
  const char *address;

  g_variant_get (answer, "(&s)", &address);
  g_assert_cmpstr (address, ==, ADDRESS);
}

static void
test_early (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_finalize_object (self->object);
  self->object = confabd_bus_new (self->application, self->accounts, self->calls);
  g_assert_true (confabd_bus_export (self->object, self->server, PATH, &error));
  assert_refused (self, "GetAddress", NULL, CONFAB_ERROR_RESTARTING);
  assert_refused (self, "GetToken", NULL, CONFAB_ERROR_RESTARTING);
}

static ConfabUser *
verify (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal = confabd_sessions_verify (self->sessions, token, &error);

  g_assert_no_error (error);
  g_assert_cmpint (confabd_principal_get_kind (principal), ==, CONFABD_PRINCIPAL_LOCAL);
  return confab_user_ref (confabd_principal_get_user (principal));
}

static void
test_token (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) answer = call (self, "GetToken", NULL);
  g_autoptr (ConfabUser) user = NULL;
  const char *token;

  g_variant_get (answer, "(&s)", &token);
  user = verify (self, token);
  g_assert_cmpint (confab_user_get_role (user), ==, CONFAB_USER_ROLE_OWNER);
  g_assert_cmpstr (confab_user_get_display_name (user), !=, "");
}

static char *
get_name (Fixture *self)
{
  g_autoptr (GVariant) answer = call (self, "GetToken", NULL);
  g_autoptr (ConfabUser) user = NULL;
  const char *token;

  g_variant_get (answer, "(&s)", &token);
  user = verify (self, token);
  return g_strdup (confab_user_get_display_name (user));
}

static void
test_name (Fixture *self, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (65, 'x');
  g_autoptr (GVariant) answer = call (self, "SetName", g_variant_new ("(s)", "  Ada  Lovelace "));
  g_autofree char *name = get_name (self);
  g_autofree char *kept = NULL;

  g_assert_cmpstr (name, ==, "Ada Lovelace");
  assert_refused (self, "SetName", g_variant_new ("(s)", "  "), CONFAB_ERROR_BAD_REQUEST);
  assert_refused (self, "SetName", g_variant_new ("(s)", long_name), CONFAB_ERROR_BAD_REQUEST);
  kept = get_name (self);
  g_assert_cmpstr (kept, ==, "Ada Lovelace");
}

static GVariant *
make_options (GVariant *title, GVariant *size)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "unknown", "b", TRUE);
  if (title != NULL) {
    g_variant_dict_insert_value (&dict, "title", title);
  }
  if (size != NULL) {
    g_variant_dict_insert_value (&dict, "max-participants", size);
  }
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

/* Makes a call and gives its id. */
static char *
create_call (Fixture *self, const char *title)
{
  g_autoptr (GVariant) link_answer = call (
      self, "CreateCall", make_options (g_variant_new_string (title), g_variant_new_uint32 (3)));
  g_autoptr (GVariant) list_answer = call (self, "ListCalls", NULL);
  g_autoptr (GVariant) calls = g_variant_get_child_value (list_answer, 0);
  g_autoptr (GVariant) first = g_variant_get_child_value (calls, 0);
  const char *link;
  const char *listed_link;
  const char *listed_title;
  const char *state;
  guint size;
  char *id = NULL;

  g_variant_get (link_answer, "(&s)", &link);
  g_assert_true (g_str_has_prefix (link, BASE "/j/"));
  g_assert_true (g_variant_lookup (first, "link", "&s", &listed_link));
  g_assert_cmpstr (listed_link, ==, link);
  g_assert_true (g_variant_lookup (first, "title", "&s", &listed_title));
  g_assert_cmpstr (listed_title, ==, title);
  g_assert_true (g_variant_lookup (first, "state", "&s", &state));
  g_assert_cmpstr (state, ==, "open");
  g_assert_true (g_variant_lookup (first, "max-participants", "u", &size));
  g_assert_cmpuint (size, ==, 3);
  g_assert_true (g_variant_lookup (first, "id", "s", &id));
  return id;
}

static void
test_calls (Fixture *self, gconstpointer data)
{
  g_autofree char *id = create_call (self, "Grüße");
  g_autoptr (GVariant) ended = call (self, "EndCall", g_variant_new ("(s)", id));
  g_autoptr (GVariant) list_answer = call (self, "ListCalls", NULL);
  g_autoptr (GVariant) calls = g_variant_get_child_value (list_answer, 0);

  g_assert_cmpuint (g_variant_n_children (calls), ==, 0);
  assert_refused (self, "EndCall", g_variant_new ("(s)", id), CONFAB_ERROR_CALL_OVER);
  assert_refused (self, "EndCall", g_variant_new ("(s)", "x"), CONFAB_ERROR_NO_SUCH_CALL);
  test_wait_until (g_str_equal (self->signals->str, "CallEnded ended-by-host;"));
}

static void
test_bad_options (Fixture *self, gconstpointer data)
{
  assert_refused (self, "CreateCall", make_options (g_variant_new_int32 (3), NULL),
                  CONFAB_ERROR_BAD_REQUEST);
  assert_refused (self, "CreateCall", make_options (NULL, g_variant_new_int32 (3)),
                  CONFAB_ERROR_BAD_REQUEST);
  assert_refused (self, "CreateCall", make_options (NULL, g_variant_new_uint32 (0)),
                  CONFAB_ERROR_BAD_REQUEST);
  assert_refused (self, "CreateCall", make_options (NULL, g_variant_new_uint32 (101)),
                  CONFAB_ERROR_BAD_REQUEST);
  assert_refused (self, "CreateCall", make_options (g_variant_new_string ("two\nlines"), NULL),
                  CONFAB_ERROR_BAD_REQUEST);
}

static void
test_too_many (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++) {
    g_autoptr (GVariant) answer = call (self, "CreateCall", make_options (NULL, NULL));
  }
  assert_refused (self, "CreateCall", make_options (NULL, NULL), CONFAB_ERROR_CONFLICT);
}

static guint
get_active_calls (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = call_on (self, "org.freedesktop.DBus.Properties", "Get",
                                         g_variant_new ("(ss)", IFACE, "ActiveCalls"), &error);
  g_autoptr (GVariant) value = NULL;

  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);
  return g_variant_get_uint32 (value);
}

static ConfabUser *
get_owner (Fixture *self)
{
  g_autoptr (GVariant) answer = call (self, "GetToken", NULL);
  const char *token;

  g_variant_get (answer, "(&s)", &token);
  return verify (self, token);
}

static ConfabParticipant *
enter (Fixture *self, ConfabUser *user, const char *call_id)
{
  const ConfabParticipantFlags flags = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabParticipant *participant = NULL;

  confabd_calls_enter_async (self->calls, user, call_id, &flags, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  participant = confabd_calls_enter_finish (self->calls, result, NULL, &error);
  g_assert_no_error (error);
  return participant;
}

static void
test_active (Fixture *self, gconstpointer data)
{
  g_autofree char *id = create_call (self, "stand-up");
  g_autoptr (ConfabUser) owner = get_owner (self);
  g_autoptr (ConfabParticipant) participant = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpuint (get_active_calls (self), ==, 0);
  participant = enter (self, owner, id);
  g_assert_cmpuint (get_active_calls (self), ==, 1);
  test_wait_until (g_str_equal (self->signals->str, "CallStarted stand-up;"));
  confabd_calls_leave_async (self->calls, confab_participant_get_id (participant), "left", NULL,
                             test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_cmpuint (get_active_calls (self), ==, 0);
}

static void
test_version (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = call_on (self, "org.freedesktop.DBus.Properties", "Get",
                                         g_variant_new ("(ss)", IFACE, "Version"), &error);
  g_autoptr (GVariant) value = NULL;

  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, CONFAB_VERSION);
}

/* The application runs for as long as somebody is in a call, however short its patience. */

typedef struct {
  Fixture *fixture;
  ConfabParticipant *participant; /* (owned) */
  gboolean has_left;
} Stay;

static gboolean
on_time_to_leave (gpointer user_data)
{
  Stay *stay = user_data;

  stay->has_left = TRUE;
  confabd_calls_leave_async (stay->fixture->calls, confab_participant_get_id (stay->participant),
                             "left", NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_activate (GApplication *application)
{
}

static void
test_holds (Fixture *self, gconstpointer data)
{
  g_autofree char *id = create_call (self, "x");
  g_autoptr (ConfabUser) owner = get_owner (self);
  Stay stay = { self, enter (self, owner, id), FALSE };

  g_application_set_inactivity_timeout (self->application, 1);
  g_application_set_flags (self->application, G_APPLICATION_NON_UNIQUE);
  g_application_set_application_id (self->application, NULL);
  g_signal_connect (self->application, "activate", G_CALLBACK (on_activate), NULL);
  /* Many times the patience: the leaving, not this, must end the run. */
  g_timeout_add (200, on_time_to_leave, &stay);
  g_application_run (self->application, 0, NULL);
  g_assert_true (stay.has_left);
  confab_participant_unref (stay.participant);
}

/* Answers that are still on their way keep what they need; nobody gets none. */
static void
test_disposed (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_call (self->client, g_dbus_connection_get_unique_name (self->server), PATH,
                          IFACE, "GetToken", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          test_on_result, &result);
  g_dbus_connection_flush_sync (self->client, NULL, NULL);
  g_clear_object (&self->object);
  test_wait_until (result != NULL);
  answer = g_dbus_connection_call_finish (self->client, result, &error);
  g_assert_true (answer != NULL || error != NULL);
  self->object = confabd_bus_new (self->application, self->accounts, self->calls);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_dbus_unset ();
  /* Errors of the bus become ours once the domain is known. */
  g_assert_cmpuint (CONFAB_ERROR, !=, 0);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/bus/address", test_address);
  ADD ("/bus/early", test_early);
  ADD ("/bus/token", test_token);
  ADD ("/bus/name", test_name);
  ADD ("/bus/calls", test_calls);
  ADD ("/bus/calls/bad-options", test_bad_options);
  ADD ("/bus/calls/too-many", test_too_many);
  ADD ("/bus/active", test_active);
  ADD ("/bus/version", test_version);
  ADD ("/bus/holds", test_holds);
  ADD ("/bus/disposed", test_disposed);
#undef ADD
  return g_test_run ();
}
