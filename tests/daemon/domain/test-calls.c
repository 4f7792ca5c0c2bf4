/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-id.h"
#include "confabd-audit-chain.h"
#include "domain-fixture.h"

#define UNKNOWN_ID "0123456789abcdefghjkmnpqrs"

static void
test_create (DomainFixture *self, gconstpointer data)
{
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call = domain_try_create (self, "  stand   up ", 3, &secret, &error);
  g_autoptr (ConfabCall) untitled = domain_create (self, "  ", 0);
  g_autofree char *code = confab_code_normalize (confab_call_get_code (call));

  g_assert_no_error (error);
  g_assert_cmpstr (confab_call_get_title (call), ==, "stand up");
  g_assert_cmpuint (confab_call_get_max_participants (call), ==, 3);
  g_assert_cmpstr (code, ==, confab_call_get_code (call));
  g_assert_cmpuint (strlen (secret), ==, CONFAB_SECRET_LENGTH);
  g_assert_null (confab_call_get_title (untitled));
  g_assert_cmpuint (confab_call_get_max_participants (untitled), ==, 10);
}

static void
assert_create_refused (DomainFixture *self, const char *title, guint size, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (domain_try_create (self, title, size, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, code);
}

static void
test_create_bad (DomainFixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');
  g_autoptr (ConfabCall) call = domain_create (self, longest, 10);

  assert_create_refused (self, too_long, 0, CONFAB_ERROR_BAD_REQUEST);
  assert_create_refused (self, "two\nlines", 0, CONFAB_ERROR_BAD_REQUEST);
  assert_create_refused (self, NULL, 1, CONFAB_ERROR_BAD_REQUEST);
  assert_create_refused (self, NULL, 11, CONFAB_ERROR_BAD_REQUEST);
}

static void
test_create_too_many (DomainFixture *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++) {
    g_autoptr (ConfabCall) call = domain_create (self, NULL, 0);
  }
  assert_create_refused (self, NULL, 0, CONFAB_ERROR_CONFLICT);
}

static void
test_admit (DomainFixture *self, gconstpointer data)
{
  g_autofree char *secret = NULL;
  g_autoptr (ConfabCall) call = domain_try_create (self, "x", 0, &secret, NULL);
  g_autofree char *typed = g_ascii_strup (confab_call_get_code (call), -1);
  const char *const bad_codes[] = { "", "x", "zzzz-zzzz-zzzz", "\xff" };
  const char *const bad_secrets[] = { "", "x", UNKNOWN_ID };
  g_autoptr (ConfabCall) by_code = NULL;
  g_autoptr (ConfabCall) by_secret = NULL;
  g_autoptr (ConfabCall) by_host = NULL;
  ConfabRole role = CONFAB_ROLE_LISTENER;

  by_code = domain_try_admit (self, self->bob, typed, NULL, &role, NULL);
  g_assert_cmpstr (confab_call_get_id (by_code), ==, confab_call_get_id (call));
  g_assert_cmpint (role, ==, CONFAB_ROLE_SPEAKER);
  by_secret = domain_try_admit (self, self->bob, NULL, secret, &role, NULL);
  g_assert_cmpint (role, ==, CONFAB_ROLE_SPEAKER);
  by_host = domain_try_admit (self, self->ada, NULL, secret, &role, NULL);
  g_assert_cmpint (role, ==, CONFAB_ROLE_HOST);

  for (guint i = 0; i < G_N_ELEMENTS (bad_codes); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (domain_try_admit (self, self->bob, bad_codes[i], NULL, NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad_secrets); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (domain_try_admit (self, self->bob, NULL, bad_secrets[i], NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  }
}

static void
test_unknown (DomainFixture *self, gconstpointer data)
{
  const char *const ids[] = { "", "x", UNKNOWN_ID };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (domain_try_get (self, self->ada, ids[i], NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
    g_clear_error (&error);
    g_assert_null (domain_try_enter (self, self->ada, ids[i], NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
    g_clear_error (&error);
    g_assert_null (domain_try_end (self, self->ada, ids[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  }
}

static void
test_presence (DomainFixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) first = domain_create (self, "first", 0);
  g_autoptr (ConfabCall) second = domain_create (self, "second", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (self, self->ada, first);
  g_autoptr (ConfabParticipant) phone = domain_enter (self, self->ada, first);
  g_autoptr (ConfabParticipant) other = domain_enter (self, self->ada, second);
  g_autoptr (ConfabCall) ended = NULL;

  g_assert_cmpstr (self->events->str, ==, "started first;started second;");
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 3);
  g_assert_cmpuint (confabd_calls_get_n_active (self->calls), ==, 2);
  domain_leave (self, other);
  domain_leave (self, other);
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 2);
  g_assert_cmpuint (confabd_calls_get_n_active (self->calls), ==, 1);
  ended = domain_try_end (self, self->ada, confab_call_get_id (first), NULL);
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 0);
  g_assert_cmpuint (confabd_calls_get_n_active (self->calls), ==, 0);
  domain_leave (self, ada);
  g_assert_cmpstr (self->events->str, ==,
                   "started first;started second;ended first ended-by-host;");
}

static void
test_get (DomainFixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (self, self->ada, call);
  g_autoptr (ConfabParticipant) gone = domain_enter (self, self->ada, call);
  g_autoptr (GPtrArray) participants = NULL;
  g_autoptr (ConfabCall) got = NULL;
  g_autoptr (GError) error = NULL;

  domain_leave (self, gone);
  got = domain_try_get (self, self->ada, confab_call_get_id (call), &participants, &error);
  g_assert_no_error (error);
  g_assert_cmpint (confab_call_get_state (got), ==, CONFAB_CALL_STATE_LIVE);
  g_assert_cmpuint (participants->len, ==, 1);
  g_assert_cmpstr (confab_participant_get_id (participants->pdata[0]), ==,
                   confab_participant_get_id (ada));
  g_assert_null (domain_try_get (self, self->bob, confab_call_get_id (call), NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
}

static void
test_list (DomainFixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (self, "mine", 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) calls = NULL;
  g_autoptr (GError) error = NULL;

  confabd_calls_list_async (self->calls, self->ada, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  calls = confabd_calls_list_finish (self->calls, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (calls->len, ==, 1);
  g_assert_cmpstr (confab_call_get_title (calls->pdata[0]), ==, "mine");
}

static void
test_end (DomainFixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = confab_call_get_id (call);

  domain_admit (self, self->bob, call);
  g_assert_null (domain_try_end (self, self->bob, id, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  ended = domain_try_end (self, self->ada, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (confab_call_get_state (ended), ==, CONFAB_CALL_STATE_ENDED);
  g_assert_null (domain_try_end (self, self->ada, id, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
  g_clear_error (&error);
  g_assert_null (domain_try_enter (self, self->bob, id, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
  g_clear_error (&error);
  g_assert_null (
      domain_try_admit (self, self->bob, confab_call_get_code (call), NULL, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
  g_assert_cmpstr (self->events->str, ==, "ended x ended-by-host;");
}

/* Twenty who want the last place at the same time: one has it. */

#define N_RUSH 20

typedef struct {
  guint n_done;
  guint n_in;
} Rush;

static void
on_rushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Rush *rush = user_data;
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabParticipant) participant =
      confabd_calls_enter_finish (CONFABD_CALLS (object), result, &call, &error);

  rush->n_done++;
  if (participant != NULL) {
    rush->n_in++;
  } else {
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
  }
}

static void
test_last_place (DomainFixture *self, gconstpointer data)
{
  const ConfabParticipantFlags flags = { 0 };
  g_autoptr (ConfabCall) call = domain_create (self, "x", 3);
  g_autoptr (ConfabParticipant) first = domain_enter (self, self->ada, call);
  g_autoptr (ConfabParticipant) second = domain_enter (self, self->ada, call);
  Rush rush = { 0, 0 };

  domain_admit (self, self->bob, call);
  for (guint i = 0; i < N_RUSH; i++) {
    confabd_calls_enter_async (self->calls, self->bob, confab_call_get_id (call), &flags, NULL,
                               on_rushed, &rush);
  }
  test_wait_until (rush.n_done == N_RUSH);
  g_assert_cmpuint (rush.n_in, ==, 1);
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 3);
}

/* Who does not wait for the door to open is not inside. */
static void
test_enter_cancelled (DomainFixture *self, gconstpointer data)
{
  const ConfabParticipantFlags flags = { 0 };
  g_autoptr (ConfabCall) call = domain_create (self, "x", 2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) participants = NULL;
  g_autoptr (ConfabCall) after = NULL;
  g_autoptr (GError) error = NULL;

  confabd_calls_enter_async (self->calls, self->ada, confab_call_get_id (call), &flags, cancellable,
                             test_on_result, &result);
  g_cancellable_cancel (cancellable);
  test_wait_until (result != NULL);
  g_assert_null (confabd_calls_enter_finish (self->calls, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 0);
  after = domain_try_get (self, self->ada, confab_call_get_id (call), &participants, NULL);
  g_assert_cmpuint (participants->len, ==, 0);
}

static void
test_flags (DomainFixture *self, gconstpointer data)
{
  const ConfabParticipantFlags flags = { .is_muted = TRUE };
  g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (self, self->ada, call);
  g_autoptr (ConfabParticipant) changed = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabParticipantFlags kept;

  confabd_calls_set_flags_async (self->calls, confab_participant_get_id (ada), &flags, NULL,
                                 test_on_result, &result);
  test_wait_until (result != NULL);
  changed = confabd_calls_set_flags_finish (self->calls, result, &error);
  g_assert_no_error (error);
  confab_participant_get_flags (changed, &kept);
  g_assert_true (kept.is_muted && !kept.is_listen_only);
}

static guint
count_present (DomainFixture *self, ConfabCall *call)
{
  g_autoptr (GPtrArray) participants = NULL;
  g_autoptr (ConfabCall) got =
      domain_try_get (self, self->ada, confab_call_get_id (call), &participants, NULL);

  return participants->len;
}

/* A disk that refuses when somebody leaves: they are gone all the same, and on the disk as soon as
 * it can be. */
static void
test_leave_later (DomainFixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (self, self->ada, call);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  domain_run_sql (self, "CREATE TRIGGER refuse BEFORE UPDATE OF left_at ON participants"
                        " BEGIN SELECT RAISE (ABORT, 'full'); END");
  confabd_calls_leave_async (self->calls, confab_participant_get_id (ada), "left", NULL,
                             test_on_result, &result);
  g_assert_cmpuint (confabd_calls_get_n_present (self->calls), ==, 0);
  test_wait_until (result != NULL);
  g_assert_false (confabd_calls_leave_finish (self->calls, result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_assert_cmpuint (count_present (self, call), ==, 1);
  domain_run_sql (self, "DROP TRIGGER refuse");
  test_wait_until (count_present (self, call) == 0);
}

/* “call-created Ada 192.0.2.7 recorded by its host;”, of each entry about @call */
static char *
describe_entries (DomainFixture *self, ConfabCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries =
      confabd_audit_chain_read_sync (self->database, G_MININT64, 100, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++) {
    const ConfabdAuditEntry *entry = g_ptr_array_index (entries, i);

    if (g_strcmp0 (entry->target, confab_call_get_id (call)) == 0) {
      g_assert_cmpstr (entry->result, ==, "success");
      g_string_append_printf (text, "%s %s%s %s %s;", entry->action,
                              entry->actor_id != NULL ? "" : "~", entry->actor,
                              entry->address != NULL ? entry->address : "-", entry->detail);
    }
  }
  return g_string_free (text, FALSE);
}

/* By its host, by an administrator in their name, by time: each is named. */
static void
test_written (DomainFixture *self, gconstpointer data)
{
  static const char *const expected[] = {
    "call-ended Ada 192.0.2.7 ended-by-host;",
    "call-ended ~root - ended-by-admin;",
    "call-ended ~confabd - empty;",
  };
  g_autoptr (ConfabdPrincipal) ada = domain_make_principal (self->ada);
  g_autoptr (ConfabUser) root =
      confab_user_new (confab_user_get_id (self->ada), "root", CONFAB_USER_ROLE_GUEST,
                       confab_user_get_created_at (self->ada));
  g_autoptr (ConfabdPrincipal) console =
      confabd_principal_new (CONFABD_PRINCIPAL_CONSOLE, root, "console", NULL);
  ConfabdPrincipal *const principals[] = { ada, console, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (principals); i++) {
    g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
    g_autoptr (ConfabCall) ended = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *found = NULL;
    g_autofree char *all =
        g_strconcat ("call-created Ada 192.0.2.7 recorded by its host;", expected[i], NULL);

    confabd_calls_end_async (self->calls, principals[i], confab_call_get_id (call),
                             i == 0   ? "ended-by-host"
                             : i == 1 ? "ended-by-admin"
                                      : "empty",
                             NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    ended = confabd_calls_end_finish (self->calls, result, &error);
    g_assert_no_error (error);
    found = describe_entries (self, call);
    g_assert_cmpstr (found, ==, all);
  }
}

/* What cannot be written down does not happen. */
static void
test_written_or_not (DomainFixture *self, gconstpointer data)
{
  const char *refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit_entries"
                       " BEGIN SELECT RAISE (ABORT, 'full'); END";
  g_autoptr (ConfabCall) call = domain_create (self, "x", 0);
  g_autoptr (ConfabCall) got = NULL;
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (GError) error = NULL;

  domain_run_sql (self, refuse);
  g_assert_null (domain_try_create (self, "y", 0, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (domain_try_end (self, self->ada, confab_call_get_id (call), &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpstr (self->events->str, ==, "");
  got = domain_try_get (self, self->ada, confab_call_get_id (call), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (confab_call_get_state (got), ==, CONFAB_CALL_STATE_OPEN);

  domain_run_sql (self, "DROP TRIGGER refuse");
  ended = domain_try_end (self, self->ada, confab_call_get_id (call), &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, DomainFixture, NULL, domain_set_up, run, domain_tear_down)
  ADD ("/calls/create", test_create);
  ADD ("/calls/create/bad", test_create_bad);
  ADD ("/calls/create/too-many", test_create_too_many);
  ADD ("/calls/admit", test_admit);
  ADD ("/calls/unknown", test_unknown);
  ADD ("/calls/presence", test_presence);
  ADD ("/calls/get", test_get);
  ADD ("/calls/list", test_list);
  ADD ("/calls/end", test_end);
  ADD ("/calls/written", test_written);
  ADD ("/calls/written/or-not", test_written_or_not);
  ADD ("/calls/enter/last-place", test_last_place);
  ADD ("/calls/enter/cancelled", test_enter_cancelled);
  ADD ("/calls/leave/later", test_leave_later);
  ADD ("/calls/flags", test_flags);
#undef ADD
  return g_test_run ();
}
