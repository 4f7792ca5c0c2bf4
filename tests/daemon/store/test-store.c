/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-store-participants.h"
#include "confabd-store-upkeep.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabUser *ada;           /* (owned) */
  ConfabUser *bob;           /* (owned) */
} Fixture;

static ConfabUser *
make_user (Fixture *self, const char *name, ConfabUserRole role)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  return confab_user_new (id, name, role, now);
}

static void
open_store (Fixture *self, const DatabaseFactory *factory)
{
  g_autoptr (GError) error = NULL;

  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
}

static void
close_store (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 10, 25, 0, 30, 0.25);

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->ada = make_user (self, "Ada", CONFAB_USER_ROLE_OWNER);
  self->bob = make_user (self, "Bob", CONFAB_USER_ROLE_GUEST);
  open_store (self, data);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_store (self);
  g_assert_finalize_object (self->clock);
  confab_user_unref (self->ada);
  confab_user_unref (self->bob);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

/* Each operation, waited for. */

static ConfabCall *
make_call (Fixture *self, ConfabUser *creator, const char *title)
{
  g_autofree char *id = confab_id_new ();
  g_autofree char *code = confab_code_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
  g_autoptr (ConfabCall) plain =
      confab_call_new (id, code, confab_user_get_id (creator), now, tomorrow);
  g_autoptr (ConfabCall) small = confab_call_with_max_participants (plain, 2);

  return confab_call_with_title (small, title);
}

static gboolean
create_with (Fixture *self,
             ConfabUser *creator,
             ConfabCall *call,
             const char *secret_hash,
             int uses_left,
             GDateTime *expires_at,
             GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (ConfabInvite) invite =
      confab_invite_new (id, confab_call_get_id (call), confab_user_get_id (creator),
                         CONFAB_ROLE_MODERATOR, uses_left, expires_at, NULL);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_CALL_CREATED,
                                    .actor = "Ada",
                                    .target = confab_call_get_id (call),
                                    .is_success = TRUE };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_create_call_async (self->store, creator, call, invite, secret_hash, 3, &facts, NULL,
                                   test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_create_call_finish (self->store, result, error);
}

static ConfabCall *
create (Fixture *self, ConfabUser *creator, const char *title)
{
  g_autofree char *secret_hash = confab_secret_new ();
  g_autoptr (GError) error = NULL;
  ConfabCall *call = make_call (self, creator, title);

  g_assert_true (create_with (self, creator, call, secret_hash, -1, NULL, &error));
  g_assert_no_error (error);
  return call;
}

static ConfabdAdmission *
admit (Fixture *self, ConfabUser *user, const char *code, const char *hash, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_admit_async (self->store, user, code, hash, now, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_admit_finish (self->store, result, error);
}

static void
admit_well (Fixture *self, ConfabUser *user, ConfabCall *call, ConfabRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdAdmission) admission =
      admit (self, user, confab_call_get_code (call), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (admission->role, ==, role);
  g_assert_cmpstr (confab_call_get_id (admission->call), ==, confab_call_get_id (call));
}

static ConfabdEntry *
enter (Fixture *self, ConfabUser *user, ConfabCall *call, GError **error)
{
  const ConfabParticipantFlags flags = { .is_muted = TRUE, .has_hand_raised = TRUE };
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_enter_async (self->store, user, confab_call_get_id (call), id, &flags, now, NULL,
                             test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_enter_finish (self->store, result, error);
}

static ConfabdEntry *
enter_well (Fixture *self, ConfabUser *user, ConfabCall *call)
{
  g_autoptr (GError) error = NULL;
  ConfabdEntry *entry = enter (self, user, call, &error);

  g_assert_no_error (error);
  return entry;
}

static void
leave (Fixture *self, ConfabdEntry *entry)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_leave_async (self->store, confab_participant_get_id (entry->participant), "left",
                             now, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_leave_finish (self->store, result, &error));
  g_assert_no_error (error);
}

static ConfabdRoster *
get (Fixture *self, ConfabUser *user, ConfabCall *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_get_call_async (self->store, confab_user_get_id (user), confab_call_get_id (call),
                                NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_get_call_finish (self->store, result, error);
}

static ConfabdRoster *
get_well (Fixture *self, ConfabUser *user, ConfabCall *call)
{
  g_autoptr (GError) error = NULL;
  ConfabdRoster *roster = get (self, user, call, &error);

  g_assert_no_error (error);
  return roster;
}

static GPtrArray *
list (Fixture *self, ConfabUser *user)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *calls = NULL;

  confabd_store_list_calls_async (self->store, confab_user_get_id (user), 2, NULL, test_on_result,
                                  &result);
  test_wait_until (result != NULL);
  calls = confabd_store_list_calls_finish (self->store, result, &error);
  g_assert_no_error (error);
  return calls;
}

static ConfabCall *
end (Fixture *self, ConfabUser *user, ConfabCall *call, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_CALL_ENDED,
                                    .actor = "Ada",
                                    .target = confab_call_get_id (call),
                                    .is_success = TRUE };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_end_call_async (self->store, user != NULL ? confab_user_get_id (user) : NULL,
                                confab_call_get_id (call), CONFAB_CALL_EVENT_END, "ended-by-host",
                                now, &facts, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_end_call_finish (self->store, result, error);
}

static ConfabdDue *
find_due (Fixture *self)
{
  const ConfabdTerms terms = { 12 * G_TIME_SPAN_HOUR, 5 * G_TIME_SPAN_MINUTE,
                               10 * G_TIME_SPAN_MINUTE };
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdDue *due = NULL;

  confabd_store_find_due_async (self->store, &terms, now, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  due = confabd_store_find_due_finish (self->store, result, &error);
  g_assert_no_error (error);
  return due;
}

static void
advance (Fixture *self, gint64 by_us)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), by_us);
}

static gint64
now_us (Fixture *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  return confab_time_to_unix_us (now);
}

/* The tests */

static void
test_create (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, "Grüße 👋");
  g_autoptr (ConfabdRoster) roster = get_well (self, self->ada, call);

  g_assert_cmpstr (confab_call_get_code (roster->call), ==, confab_call_get_code (call));
  g_assert_cmpstr (confab_call_get_title (roster->call), ==, "Grüße 👋");
  g_assert_cmpint (confab_call_get_state (roster->call), ==, CONFAB_CALL_STATE_OPEN);
  g_assert_cmpstr (confab_call_get_creator_id (roster->call), ==, confab_user_get_id (self->ada));
  g_assert_true (g_date_time_equal (confab_call_get_created_at (roster->call),
                                    confab_call_get_created_at (call)));
  g_assert_true (g_date_time_equal (confab_call_get_expires_at (roster->call),
                                    confab_call_get_expires_at (call)));
  g_assert_null (confab_call_get_started_at (roster->call));
  g_assert_null (confab_call_get_ended_at (roster->call));
  g_assert_cmpuint (confab_call_get_max_participants (roster->call), ==, 2);
  g_assert_cmpuint (roster->participants->len, ==, 0);
}

static void
test_create_too_many (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) first = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) second = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) third = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) fourth = make_call (self, self->ada, NULL);
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (create_with (self, self->ada, fourth, "hash", -1, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  ended = end (self, self->ada, second, &error);
  g_assert_no_error (error);
  g_assert_true (create_with (self, self->ada, fourth, "hash", -1, NULL, &error));
  g_assert_no_error (error);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) first = create (self, self->ada, "first");
  g_autoptr (ConfabCall) second = (advance (self, 1), create (self, self->bob, "second"));
  g_autoptr (ConfabCall) third = (advance (self, 1), create (self, self->ada, "third"));
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  admit_well (self, self->ada, second, CONFAB_ROLE_SPEAKER);
  before = list (self, self->ada);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpstr (confab_call_get_title (before->pdata[0]), ==, "third");
  g_assert_cmpstr (confab_call_get_title (before->pdata[1]), ==, "second");
  ended = end (self, self->ada, third, NULL);
  after = list (self, self->ada);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpstr (confab_call_get_title (after->pdata[1]), ==, "first");
}

static void
test_members_only (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabdRoster) roster = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (get (self, self->bob, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  g_clear_error (&error);
  g_assert_null (enter (self, self->bob, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  g_clear_error (&error);
  g_assert_null (end (self, self->bob, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  g_clear_error (&error);
  admit_well (self, self->bob, call, CONFAB_ROLE_SPEAKER);
  roster = get_well (self, self->bob, call);
  g_assert_null (end (self, self->bob, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_admit (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (GError) error = NULL;

  admit_well (self, self->ada, call, CONFAB_ROLE_HOST);
  admit_well (self, self->bob, call, CONFAB_ROLE_SPEAKER);
  g_assert_null (admit (self, self->bob, "0000-0000-0000", NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  g_clear_error (&error);
  ended = end (self, NULL, call, &error);
  g_assert_null (admit (self, self->bob, confab_call_get_code (call), NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
}

static void
test_admit_expired (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (GError) error = NULL;

  advance (self, G_TIME_SPAN_DAY);
  g_assert_null (admit (self, self->bob, confab_call_get_code (call), NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
}

static void
test_invite (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = make_call (self, self->ada, NULL);
  g_autoptr (ConfabUser) eve = make_user (self, "Eve", CONFAB_USER_ROLE_GUEST);
  g_autoptr (ConfabdAdmission) admission = NULL;
  g_autoptr (ConfabdAdmission) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (create_with (self, self->ada, call, "hash", 1, NULL, &error));
  admit_well (self, self->bob, call, CONFAB_ROLE_SPEAKER);
  admission = admit (self, self->bob, NULL, "hash", &error);
  g_assert_no_error (error);
  g_assert_cmpint (admission->role, ==, CONFAB_ROLE_MODERATOR);
  /* Who is in already needs no second use; the host does not become less. */
  again = admit (self, self->bob, NULL, "hash", &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->role, ==, CONFAB_ROLE_MODERATOR);
  admit_well (self, self->ada, call, CONFAB_ROLE_HOST);
  g_assert_null (admit (self, eve, NULL, "hash", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  g_assert_null (admit (self, eve, NULL, "other", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
}

static void
test_invite_expired (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = make_call (self, self->ada, NULL);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) soon = g_date_time_add_minutes (now, 1);
  g_autoptr (ConfabdAdmission) admission = NULL;
  g_autoptr (ConfabUser) eve = make_user (self, "Eve", CONFAB_USER_ROLE_GUEST);
  g_autoptr (GError) error = NULL;

  g_assert_true (create_with (self, self->ada, call, "hash", -1, soon, &error));
  admission = admit (self, self->bob, NULL, "hash", &error);
  g_assert_no_error (error);
  advance (self, G_TIME_SPAN_MINUTE);
  g_assert_null (admit (self, eve, NULL, "hash", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_enter (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, "stand-up");
  g_autoptr (ConfabdEntry) first = (advance (self, 1), enter_well (self, self->ada, call));
  g_autoptr (ConfabdEntry) second = (advance (self, 1), enter_well (self, self->ada, call));
  g_autoptr (ConfabdRoster) roster = get_well (self, self->ada, call);
  ConfabParticipant *participant = roster->participants->pdata[0];
  ConfabParticipantFlags flags;

  g_assert_true (first->is_first);
  g_assert_false (second->is_first);
  g_assert_cmpint (confab_call_get_state (second->call), ==, CONFAB_CALL_STATE_LIVE);
  g_assert_true (g_date_time_equal (confab_call_get_started_at (first->call),
                                    confab_call_get_started_at (second->call)));
  g_assert_cmpstr (confab_call_get_title (second->call), ==, "stand-up");
  g_assert_cmpint (confab_call_get_state (roster->call), ==, CONFAB_CALL_STATE_LIVE);
  g_assert_cmpuint (roster->participants->len, ==, 2);
  g_assert_cmpstr (confab_participant_get_id (participant), ==,
                   confab_participant_get_id (first->participant));
  g_assert_cmpstr (confab_participant_get_user_id (participant), ==,
                   confab_user_get_id (self->ada));
  g_assert_cmpstr (confab_participant_get_display_name (participant), ==, "Ada");
  g_assert_cmpint (confab_participant_get_role (participant), ==, CONFAB_ROLE_HOST);
  confab_participant_get_flags (participant, &flags);
  g_assert_true (flags.is_muted && flags.has_hand_raised);
  g_assert_false (flags.is_deafened || flags.is_on_hold || flags.is_listen_only);
  g_assert_nonnull (confab_participant_get_hand_raised_at (participant));
  g_assert_null (confab_participant_get_left_at (participant));
}

static void
test_enter_full (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabdEntry) first = enter_well (self, self->ada, call);
  g_autoptr (ConfabdEntry) second = enter_well (self, self->ada, call);
  g_autoptr (ConfabdEntry) third = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (enter (self, self->ada, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
  g_clear_error (&error);
  g_assert_null (admit (self, self->bob, confab_call_get_code (call), NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
  g_clear_error (&error);
  leave (self, first);
  third = enter_well (self, self->ada, call);
}

static void
test_flags (Fixture *self, gconstpointer data)
{
  const ConfabParticipantFlags flags = { .is_on_hold = TRUE, .has_hand_raised = TRUE };
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabdEntry) entry = enter_well (self, self->ada, call);
  g_autoptr (GDateTime) later = g_date_time_new_utc (2027, 1, 1, 0, 0, 0);
  g_autoptr (ConfabParticipant) changed = NULL;
  ConfabParticipantFlags kept;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    g_clear_pointer (&changed, confab_participant_unref);
    confabd_store_set_flags_async (self->store, confab_participant_get_id (entry->participant),
                                   &flags, later, NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    changed = confabd_store_set_flags_finish (self->store, result, &error);
    if (i == 0) {
      g_autoptr (ConfabdRoster) roster = get_well (self, self->ada, call);

      g_assert_no_error (error);
      confab_participant_get_flags (roster->participants->pdata[0], &kept);
      g_assert_true (kept.is_on_hold && kept.has_hand_raised && !kept.is_muted);
      /* Up since it went up, whatever is said again. */
      g_assert_true (g_date_time_equal (confab_participant_get_hand_raised_at (changed),
                                        confab_participant_get_joined_at (entry->participant)));
      leave (self, entry);
    } else {
      g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_PARTICIPANT);
    }
  }
}

static void
test_end (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabdEntry) entry = enter_well (self, self->ada, call);
  g_autoptr (ConfabCall) ended = NULL;
  g_autoptr (ConfabdRoster) roster = NULL;
  g_autoptr (GError) error = NULL;

  advance (self, G_TIME_SPAN_MINUTE);
  ended = end (self, self->ada, call, &error);
  g_assert_no_error (error);
  g_assert_cmpint (confab_call_get_state (ended), ==, CONFAB_CALL_STATE_ENDED);
  roster = get_well (self, self->ada, call);
  g_assert_cmpint (confab_call_get_state (roster->call), ==, CONFAB_CALL_STATE_ENDED);
  g_assert_cmpstr (confab_call_get_end_reason (roster->call), ==, "ended-by-host");
  g_assert_cmpint (confab_time_to_unix_us (confab_call_get_ended_at (roster->call)), ==,
                   now_us (self));
  g_assert_nonnull (confab_call_get_started_at (roster->call));
  g_assert_cmpuint (roster->participants->len, ==, 0);
  leave (self, entry);

  g_assert_null (end (self, self->ada, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
  g_clear_error (&error);
  g_assert_null (enter (self, self->ada, call, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
}

static void
test_due (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) open = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) empty = create (self, self->ada, NULL);
  g_autoptr (ConfabCall) talk = create (self, self->ada, NULL);
  g_autoptr (ConfabdEntry) gone = enter_well (self, self->ada, empty);
  g_autoptr (ConfabdEntry) there = enter_well (self, self->ada, talk);
  g_autoptr (ConfabdDue) now = NULL;
  g_autoptr (ConfabdDue) in_5_min = NULL;
  g_autoptr (ConfabdDue) in_12_h = NULL;
  g_autoptr (ConfabdDue) in_24_h = NULL;
  gint64 start_us = now_us (self);

  leave (self, gone);
  now = find_due (self);
  g_assert_cmpuint (now->expired->len + now->too_long->len + now->empty->len, ==, 0);
  g_assert_cmpuint (now->ending->len, ==, 0);
  g_assert_cmpint (now->next_at_us, ==, start_us + 5 * G_TIME_SPAN_MINUTE);

  advance (self, 5 * G_TIME_SPAN_MINUTE);
  in_5_min = find_due (self);
  g_assert_cmpuint (in_5_min->empty->len, ==, 1);
  g_assert_cmpstr (in_5_min->empty->pdata[0], ==, confab_call_get_id (empty));
  g_assert_cmpint (in_5_min->next_at_us, ==,
                   start_us + 12 * G_TIME_SPAN_HOUR - 10 * G_TIME_SPAN_MINUTE);

  advance (self, 12 * G_TIME_SPAN_HOUR - 7 * G_TIME_SPAN_MINUTE);
  in_12_h = find_due (self);
  g_assert_cmpuint (in_12_h->too_long->len, ==, 0);
  g_assert_cmpuint (in_12_h->ending->len, ==, 2);
  g_assert_cmpint (((ConfabdEnding *) in_12_h->ending->pdata[0])->ends_at_us, ==,
                   start_us + 12 * G_TIME_SPAN_HOUR);

  advance (self, 12 * G_TIME_SPAN_HOUR + 2 * G_TIME_SPAN_MINUTE);
  in_24_h = find_due (self);
  g_assert_cmpuint (in_24_h->too_long->len, ==, 2);
  g_assert_cmpuint (in_24_h->expired->len, ==, 1);
  g_assert_cmpstr (in_24_h->expired->pdata[0], ==, confab_call_get_id (open));
  g_assert_cmpint (in_24_h->next_at_us, ==, G_MAXINT64);
}

static gpointer
run_updated_at (ConfabdConnection *connection, gpointer creator_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  g_autofree gint64 *updated_us = g_new0 (gint64, 1);

  if (!confabd_connection_query_one (connection,
                                     "SELECT updated_at FROM calls WHERE creator_id = $1",
                                     g_variant_new ("(s)", creator_id), "(x)", &row, error)) {
    return NULL;
  }
  g_variant_get (row, "(x)", updated_us);
  return g_steal_pointer (&updated_us);
}

static gint64
get_updated_us (Fixture *self)
{
  const ConfabdWork work = { run_updated_at, (gpointer) confab_user_get_id (self->ada), NULL,
                             g_free };
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *updated_us = confabd_database_read_sync (self->database, &work, &error);

  g_assert_no_error (error);
  return *updated_us;
}

/* A call tells when it last became another one; a second person coming in is none. */
static void
test_updated (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, NULL);
  g_autoptr (ConfabdEntry) first = NULL;
  g_autoptr (ConfabdEntry) second = NULL;
  g_autoptr (ConfabCall) ended = NULL;
  gint64 made_us = now_us (self);

  g_assert_cmpint (get_updated_us (self), ==, made_us);
  advance (self, G_TIME_SPAN_MINUTE);
  first = enter_well (self, self->ada, call);
  g_assert_cmpint (get_updated_us (self), ==, made_us + G_TIME_SPAN_MINUTE);
  advance (self, G_TIME_SPAN_MINUTE);
  second = enter_well (self, self->ada, call);
  g_assert_cmpint (get_updated_us (self), ==, made_us + G_TIME_SPAN_MINUTE);
  ended = end (self, self->ada, call, NULL);
  g_assert_cmpint (get_updated_us (self), ==, made_us + 2 * G_TIME_SPAN_MINUTE);
}

/* The rest is not to wait until something else happens. */
static void
test_more_due_than_listed (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDue) due = NULL;

  for (guint i = 0; i < 101; i++) {
    g_autoptr (ConfabUser) user = make_user (self, "Ada", CONFAB_USER_ROLE_GUEST);
    g_autoptr (ConfabCall) call = create (self, user, NULL);
  }
  advance (self, 2 * G_TIME_SPAN_DAY);
  due = find_due (self);
  g_assert_cmpuint (due->expired->len, ==, 100);
  g_assert_cmpint (due->next_at_us, ==, now_us (self));
}

static void
test_local_user (Fixture *self, gconstpointer data)
{
  const char *const names[] = { "Ada", "Countess of Lovelace" };
  g_autofree char *id = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (ConfabUser) proposal = make_user (self, names[i], CONFAB_USER_ROLE_OWNER);
    g_autoptr (ConfabUser) user = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    confabd_store_local_user_async (self->store, proposal, NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    user = confabd_store_local_user_finish (self->store, result, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (confab_user_get_display_name (user), ==, names[i]);
    g_assert_cmpint (confab_user_get_role (user), ==, CONFAB_USER_ROLE_OWNER);
    if (id == NULL) {
      id = g_strdup (confab_user_get_id (user));
    }
    g_assert_cmpstr (confab_user_get_id (user), ==, id);
  }
}

static void
test_check (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean schema_is_ours = FALSE;

  confabd_store_check_async (self->store, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_check_finish (self->store, result, &schema_is_ours, &error));
  g_assert_no_error (error);
  g_assert_true (schema_is_ours);
}

/* Only where something stays. */
static void
test_restart (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create (self, self->ada, "stand-up");
  g_autoptr (ConfabdEntry) entry = enter_well (self, self->ada, call);
  g_autoptr (ConfabdRoster) roster = NULL;
  g_autoptr (ConfabdDue) due = NULL;

  close_store (self);
  advance (self, G_TIME_SPAN_MINUTE);
  open_store (self, data);
  roster = get_well (self, self->ada, call);
  g_assert_cmpint (confab_call_get_state (roster->call), ==, CONFAB_CALL_STATE_LIVE);
  g_assert_cmpuint (roster->participants->len, ==, 0);
  due = find_due (self);
  g_assert_cmpint (due->next_at_us, ==, now_us (self) + 5 * G_TIME_SPAN_MINUTE);
}

static void
test_open_bad_url (void)
{
  static const char *const urls[] = { "", "confab.db", "sqlite:confab.db", "sqlite://relative",
                                      "mysql://x/y" };
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (confabd_store_open (urls[i], CONFABD_SCHEMA_MIGRATE, clock, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
}

static void
test_open_memory (void)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();
  g_autoptr (GError) error = NULL;
  ConfabdStore *store =
      confabd_store_open ("sqlite::memory:", CONFABD_SCHEMA_MIGRATE, clock, &error);

  g_assert_no_error (error);
  g_assert_null (confabd_store_get_folder (store));
  g_assert_finalize_object (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/store/create", test_create);
  ADD ("/store/create/too-many", test_create_too_many);
  ADD ("/store/list", test_list);
  ADD ("/store/members-only", test_members_only);
  ADD ("/store/admit", test_admit);
  ADD ("/store/admit/expired", test_admit_expired);
  ADD ("/store/invite", test_invite);
  ADD ("/store/invite/expired", test_invite_expired);
  ADD ("/store/enter", test_enter);
  ADD ("/store/enter/full", test_enter_full);
  ADD ("/store/flags", test_flags);
  ADD ("/store/end", test_end);
  ADD ("/store/updated", test_updated);
  ADD ("/store/due", test_due);
  ADD ("/store/due/more-than-listed", test_more_due_than_listed);
  ADD ("/store/local-user", test_local_user);
  ADD ("/store/check", test_check);
#undef ADD
  g_test_add ("/sqlite-file/store/restart", Fixture, &database_factories[0], set_up, test_restart,
              tear_down);
  g_test_add_func ("/store/open/bad-url", test_open_bad_url);
  g_test_add_func ("/store/open/memory", test_open_memory);
  return g_test_run ();
}
