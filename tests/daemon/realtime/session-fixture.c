/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "session-fixture.h"

#include <string.h>

#include "confab-codec.h"
#include "confab-time.h"

#define DEADLINE_S 20

struct _SessionTransport {
  GObject parent_instance;

  const ConfabdTransportHandler *handler; /* (nullable) (unowned) */
  gpointer user_data;                     /* (unowned) */
  GQueue texts;                           /* (element-type utf8) (owned) */
  gint64 last_seq;                        /* of what was taken out */
  guint close_code;                       /* 0 while open */
};

static void session_transport_iface_init (ConfabdTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SessionTransport,
                               session_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_TRANSPORT,
                                                      session_transport_iface_init))

static void
set_handler (ConfabdTransport *transport,
             const ConfabdTransportHandler *handler,
             gpointer user_data)
{
  SessionTransport *self = SESSION_TRANSPORT (transport);

  self->handler = handler;
  self->user_data = user_data;
}

static void
send_text (ConfabdTransport *transport, const char *head, gsize head_length, GBytes *body)
{
  SessionTransport *self = SESSION_TRANSPORT (transport);
  gsize length = 0;
  const char *data = g_bytes_get_data (body, &length);

  g_assert_cmpuint (self->close_code, ==, 0);
  g_assert_cmpuint (head_length, ==, strlen (head));
  g_queue_push_tail (&self->texts, g_strdup_printf ("%s%.*s", head, (int) length, data));
}

/* The peer answers a close frame, from the loop. */
static gboolean
on_peer_closed (gpointer user_data)
{
  SessionTransport *self = user_data;
  const ConfabdTransportHandler *handler = g_steal_pointer (&self->handler);

  if (handler != NULL)
    handler->closed (self->close_code, TRUE, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
close_transport (ConfabdTransport *transport, guint code, const char *reason)
{
  SessionTransport *self = SESSION_TRANSPORT (transport);

  g_assert_cmpuint (self->close_code, ==, 0);
  g_assert_cmpuint (strlen (reason), <=, 123);
  self->close_code = code;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_peer_closed, g_object_ref (self), g_object_unref);
}

static GSocketFamily
get_family (ConfabdTransport *transport)
{
  return G_SOCKET_FAMILY_IPV4;
}

static void
session_transport_iface_init (ConfabdTransportInterface *iface)
{
  iface->set_handler = set_handler;
  iface->send = send_text;
  iface->close = close_transport;
  iface->get_family = get_family;
}

static void
session_transport_finalize (GObject *object)
{
  g_queue_clear_full (&SESSION_TRANSPORT (object)->texts, g_free);

  G_OBJECT_CLASS (session_transport_parent_class)->finalize (object);
}

static void
session_transport_class_init (SessionTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = session_transport_finalize;
}

static void
session_transport_init (SessionTransport *self)
{
  g_queue_init (&self->texts);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("Waited for %d s in vain", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

void
session_fixture_on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

GAsyncResult *
session_fixture_wait (GAsyncResult **slot)
{
  guint deadline_id = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  return *slot;
}

/* What was asked of the store before is on the disk. */
void
session_fixture_settle (SessionFixture *self)
{
  g_autoptr (ConfabUser) nobody = session_fixture_sign_in (self, "Nobody");
  g_autoptr (ConfabCall) call = session_fixture_create (self, nobody, 2);
}

void
session_fixture_set_up (SessionFixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 12, 0, 0);
  g_autoptr (ConfabdKeyring) keyring = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (GPtrArray) ice_servers = g_ptr_array_new ();
  g_autoptr (GBytes) relay_secret = g_bytes_new_static ("0123456789", 10);
  const char *const relays[] = { "turn:relay.example.org:3478", NULL };
  ConfabdCallLimits limits = CONFABD_CALL_LIMITS_INIT;
  const ConfabdQualityLimits quality_limits = CONFABD_QUALITY_LIMITS_INIT;
  g_autoptr (GError) error = NULL;

  self->clock = confab_manual_clock_new (start);
  self->store = confabd_store_open ("sqlite::memory:", CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  keyring = confabd_keyring_new (key, NULL);
  self->sessions = confabd_sessions_new (self->store, self->clock, keyring);
  self->accounts =
      confabd_accounts_new (self->store, self->clock, self->sessions, CONFAB_GUEST_ACCESS_JOIN);
  self->tickets = confabd_tickets_new (self->clock);
  self->calls = confabd_calls_new (self->store, self->clock, &limits);
  self->quality = confabd_quality_new (self->store, &quality_limits);
  self->turn = confabd_turn_new (&(ConfabdTurnSetup){ .clock = self->clock,
                                                      .stun_servers = ice_servers,
                                                      .urls = relays,
                                                      .secret = relay_secret,
                                                      .lifetime_s = 600 });
  self->hub = confabd_hub_new (&(ConfabdHubParts){ .calls = self->calls,
                                                   .tickets = self->tickets,
                                                   .quality = self->quality,
                                                   .clock = self->clock,
                                                   .turn = self->turn,
                                                   .base_url = "http://127.0.0.1:1",
                                                   .sockets_per_user = 2 });
}

void
session_fixture_tear_down (SessionFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_finalize_object (self->hub);
  g_assert_finalize_object (self->turn);
  confabd_store_close (self->store, &error);
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->quality);
  g_assert_finalize_object (self->calls);
  g_assert_finalize_object (self->tickets);
  g_assert_finalize_object (self->accounts);
  g_assert_finalize_object (self->sessions);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->clock);
}

ConfabUser *
session_fixture_sign_in (SessionFixture *self, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdGrant) grant = NULL;

  confabd_accounts_sign_in_guest_async (self->accounts, name, NULL, session_fixture_on_result,
                                        &result);
  grant = confabd_accounts_sign_in_guest_finish (self->accounts, session_fixture_wait (&result),
                                                 &error);
  g_assert_no_error (error);
  return confab_user_ref (grant->user);
}

/* By the right of a session that has the id of its user. */
char *
session_fixture_issue (SessionFixture *self, ConfabUser *user)
{
  g_autoptr (ConfabdPrincipal) principal =
      confabd_principal_new (CONFABD_PRINCIPAL_GUEST, user, confab_user_get_id (user), NULL);

  return confabd_tickets_issue (self->tickets, principal, G_SOCKET_FAMILY_IPV4, NULL, NULL);
}

ConfabCall *
session_fixture_create (SessionFixture *self, ConfabUser *user, guint max_participants)
{
  g_autoptr (ConfabdPrincipal) principal =
      confabd_principal_new (CONFABD_PRINCIPAL_GUEST, user, confab_user_get_id (user), NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabCall *call;

  confabd_calls_create_async (self->calls, principal, "Stand-up", max_participants,
                              CONFAB_RECORDING_HOST, NULL, session_fixture_on_result, &result);
  call =
      confabd_calls_create_finish (self->calls, session_fixture_wait (&result), NULL, NULL, &error);
  g_assert_no_error (error);
  return call;
}

void
session_fixture_admit (SessionFixture *self, ConfabUser *user, ConfabCall *call)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) admitted = NULL;
  ConfabRole role;

  confabd_calls_admit_async (self->calls, user, confab_call_get_code (call), NULL, NULL,
                             session_fixture_on_result, &result);
  admitted =
      confabd_calls_admit_finish (self->calls, session_fixture_wait (&result), &role, &error);
  g_assert_no_error (error);
}

void
person_connect (Person *self, SessionFixture *fixture, ConfabUser *user)
{
  *self = (Person){ .fixture = fixture,
                    .user = confab_user_ref (user),
                    .transport = g_object_new (SESSION_TYPE_TRANSPORT, NULL) };
  confabd_hub_accept (fixture->hub, CONFABD_TRANSPORT (self->transport));
}

void
person_clear (Person *self)
{
  if (self->transport == NULL)
    return;
  if (person_is_open (self))
    person_hang_up (self, 1006, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->transport);
  g_clear_pointer (&self->user, confab_user_unref);
  g_clear_pointer (&self->participant, g_free);
}

void
person_say (Person *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  bytes = g_bytes_new (text, strlen (text));
  g_assert_nonnull (self->transport->handler);
  self->transport->handler->text (bytes, self->transport->user_data);
}

void
person_say_binary (Person *self)
{
  self->transport->handler->binary (self->transport->user_data);
}

void
person_hang_up (Person *self, guint code, gboolean was_clean)
{
  const ConfabdTransportHandler *handler = g_steal_pointer (&self->transport->handler);

  g_assert_nonnull (handler);
  self->transport->close_code = code;
  handler->closed (code, was_clean, self->transport->user_data);
}

char *
person_expect_text (Person *self)
{
  guint deadline_id = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  while (g_queue_is_empty (&self->transport->texts))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  self->transport->last_seq++;
  return g_queue_pop_head (&self->transport->texts);
}

ConfabMessage *
person_expect (Person *self, const char *kind)
{
  g_autofree char *text = person_expect_text (self);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  ConfabMessage *message = confab_codec_decode (bytes, &error);
  gint64 seq = 0;

  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_cmpstr (confab_message_get_kind (message), ==, kind);
  confab_message_get_integer (message, "seq", CONFAB_FIELD_REQUIRED, 1, G_MAXINT64, &seq, &error);
  g_assert_no_error (error);
  g_assert_cmpint (seq, ==, self->transport->last_seq);
  return message;
}

void
person_expect_error (Person *self, const char *code, const char *about)
{
  g_autoptr (ConfabMessage) message = person_expect (self, "error");
  const char *value = NULL;

  g_assert_true (
      confab_message_get_string (message, "code", CONFAB_FIELD_REQUIRED, 64, &value, NULL));
  g_assert_cmpstr (value, ==, code);
  value = NULL;
  g_assert_true (
      confab_message_get_string (message, "about", CONFAB_FIELD_OPTIONAL, 64, &value, NULL));
  g_assert_cmpstr (value, ==, about);
}

void
person_expect_nothing (Person *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (!g_queue_is_empty (&self->transport->texts))
    g_error ("Unexpected: %s", (char *) g_queue_peek_head (&self->transport->texts));
}

void
person_expect_close (Person *self, guint code)
{
  g_assert_true (g_queue_is_empty (&self->transport->texts));
  g_assert_cmpuint (self->transport->close_code, ==, code);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (person_is_open (self));
}

gboolean
person_is_open (Person *self)
{
  return self->transport->handler != NULL;
}

void
person_hello (Person *self)
{
  g_autofree char *ticket = session_fixture_issue (self->fixture, self->user);
  g_autoptr (ConfabMessage) welcome = NULL;

  person_say (self, "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", ticket);
  welcome = person_expect (self, "welcome");
}

void
person_join (Person *self, ConfabCall *call)
{
  g_autoptr (ConfabMessage) joined = NULL;
  const char *id = NULL;

  person_say (self, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  joined = person_expect (self, "joined");
  g_assert_true (confab_message_get_string (joined, "self", CONFAB_FIELD_REQUIRED, 26, &id, NULL));
  self->participant = g_strdup (id);
}

void
person_enter (Person *self, SessionFixture *fixture, const char *name, ConfabCall *call)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, name);

  session_fixture_admit (fixture, user, call);
  person_connect (self, fixture, user);
  person_hello (self);
  person_join (self, call);
}
