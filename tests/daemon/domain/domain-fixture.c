/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "domain-fixture.h"

#include "confab-id.h"
#include "confabd-sqlite-database.h"

static void
on_started (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  DomainFixture *self = user_data;

  g_string_append_printf (self->events, "started %s;", confab_call_get_title (call));
}

static void
on_ended (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  DomainFixture *self = user_data;

  g_string_append_printf (self->events, "ended %s %s;", confab_call_get_title (call),
                          confab_call_get_end_reason (call));
}

void
domain_set_up (DomainFixture *self, gconstpointer data)
{
  const ConfabdCallLimits limits = { 10, 5, 24 * 60 * 60 };
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  g_autoptr (GError) error = NULL;

  self->clock = confab_manual_clock_new (start);
  self->database =
      confabd_sqlite_database_open (CONFABD_SQLITE_MEMORY, CONFABD_DATABASE_SERVE, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  self->calls = confabd_calls_new (self->store, self->clock, &limits);
  self->ada = domain_make_user (self, "Ada");
  self->bob = domain_make_user (self, "Bob");
  self->events = g_string_new (NULL);
  g_signal_connect (self->calls, "call-started", G_CALLBACK (on_started), self);
  g_signal_connect (self->calls, "call-ended", G_CALLBACK (on_ended), self);
}

void
domain_tear_down (DomainFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->calls);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  confab_user_unref (self->ada);
  confab_user_unref (self->bob);
  g_string_free (self->events, TRUE);
}

static gpointer
run_script (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_run_script (connection, data, error);
  return NULL;
}

void
domain_run_sql (DomainFixture *self, const char *sql)
{
  const ConfabdWork work = { run_script, (gpointer) sql, NULL, NULL };
  g_autoptr (GError) error = NULL;

  confabd_database_write_sync (self->database, &work, &error);
  g_assert_no_error (error);
}

void
domain_advance (DomainFixture *self, gint64 by_us)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), by_us);
}

ConfabUser *
domain_make_user (DomainFixture *self, const char *name)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  return confab_user_new (id, name, CONFAB_USER_ROLE_GUEST, now);
}

ConfabdPrincipal *
domain_make_principal (ConfabUser *user)
{
  g_autoptr (ConfabdPrincipal) principal =
      confabd_principal_new (CONFABD_PRINCIPAL_GUEST, user, confab_user_get_id (user), NULL);

  return confabd_principal_with_address (principal, "192.0.2.7");
}

ConfabCall *
domain_try_create (
    DomainFixture *self, const char *title, guint size, char **secret, GError **error)
{
  g_autoptr (ConfabdPrincipal) ada = domain_make_principal (self->ada);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_calls_create_async (self->calls, ada, title, size, CONFAB_RECORDING_HOST, NULL,
                              test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_calls_create_finish (self->calls, result, NULL, secret, error);
}

ConfabCall *
domain_create (DomainFixture *self, const char *title, guint size)
{
  g_autoptr (GError) error = NULL;
  ConfabCall *call = domain_try_create (self, title, size, NULL, &error);

  g_assert_no_error (error);
  return call;
}

ConfabCall *
domain_try_admit (DomainFixture *self,
                  ConfabUser *user,
                  const char *code,
                  const char *secret,
                  ConfabRole *role,
                  GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_calls_admit_async (self->calls, user, code, secret, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_calls_admit_finish (self->calls, result, role, error);
}

void
domain_admit (DomainFixture *self, ConfabUser *user, ConfabCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) admitted =
      domain_try_admit (self, user, confab_call_get_code (call), NULL, NULL, &error);

  g_assert_no_error (error);
}

ConfabParticipant *
domain_try_enter (
    DomainFixture *self, ConfabUser *user, const char *call_id, ConfabCall **call, GError **error)
{
  const ConfabParticipantFlags flags = { .is_listen_only = TRUE };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_calls_enter_async (self->calls, user, call_id, &flags, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_calls_enter_finish (self->calls, result, call, error);
}

ConfabParticipant *
domain_enter (DomainFixture *self, ConfabUser *user, ConfabCall *call)
{
  g_autoptr (GError) error = NULL;
  ConfabParticipant *participant =
      domain_try_enter (self, user, confab_call_get_id (call), NULL, &error);

  g_assert_no_error (error);
  return participant;
}

void
domain_leave (DomainFixture *self, ConfabParticipant *participant)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_calls_leave_async (self->calls, confab_participant_get_id (participant), "left", NULL,
                             test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_calls_leave_finish (self->calls, result, &error));
  g_assert_no_error (error);
}

ConfabCall *
domain_try_end (DomainFixture *self, ConfabUser *user, const char *call_id, GError **error)
{
  g_autoptr (ConfabdPrincipal) principal = user != NULL ? domain_make_principal (user) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  confabd_calls_end_async (self->calls, principal, call_id, "ended-by-host", NULL, test_on_result,
                           &result);
  test_wait_until (result != NULL);
  return confabd_calls_end_finish (self->calls, result, error);
}

ConfabCall *
domain_try_get (DomainFixture *self,
                ConfabUser *user,
                const char *call_id,
                GPtrArray **participants,
                GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_calls_get_async (self->calls, user, call_id, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_calls_get_finish (self->calls, result, participants, error);
}
