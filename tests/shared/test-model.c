/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-call.h"
#include "confab-ice-server.h"
#include "confab-invite.h"
#include "confab-link-state.h"
#include "confab-participant.h"
#include "confab-signal.h"
#include "confab-user.h"

static GDateTime *
at (int minute)
{
  return g_date_time_new_utc (2024, 5, 1, 10, minute, 0);
}

#define NO -1

/* Written down once more, in another shape than the table: a slip of the pen shows. */
static void
test_call_states (void)
{
  const int expected[CONFAB_N_CALL_STATES][CONFAB_N_CALL_EVENTS] = {
    /* start, first join, end, expire, cancel */
    { CONFAB_CALL_STATE_OPEN, NO, NO, CONFAB_CALL_STATE_EXPIRED, CONFAB_CALL_STATE_CANCELLED },
    { NO, CONFAB_CALL_STATE_LIVE, CONFAB_CALL_STATE_ENDED, CONFAB_CALL_STATE_EXPIRED,
      CONFAB_CALL_STATE_CANCELLED },
    { NO, NO, CONFAB_CALL_STATE_ENDED, CONFAB_CALL_STATE_EXPIRED, NO },
    { NO, NO, NO, NO, NO },
    { NO, NO, NO, NO, NO },
    { NO, NO, NO, NO, NO },
  };

  for (guint state = 0; state < CONFAB_N_CALL_STATES; state++) {
    for (guint event = 0; event < CONFAB_N_CALL_EVENTS; event++) {
      ConfabCallState next = CONFAB_CALL_STATE_SCHEDULED;
      gboolean ok =
          confab_call_state_next ((ConfabCallState) state, (ConfabCallEvent) event, &next);

      g_assert_cmpint (ok ? (int) next : NO, ==, expected[state][event]);
    }
    g_assert_cmpint (confab_call_state_is_over ((ConfabCallState) state), ==,
                     state >= CONFAB_CALL_STATE_ENDED);
  }
}

static void
test_link_states (void)
{
  const int expected[CONFAB_N_LINK_STATES][CONFAB_N_LINK_EVENTS] = {
    /* connect, welcomed, joined, lost, leave */
    { CONFAB_LINK_STATE_CONNECTING, NO, NO, NO, CONFAB_LINK_STATE_LEFT },
    { NO, CONFAB_LINK_STATE_JOINING, NO, CONFAB_LINK_STATE_CONNECTING, CONFAB_LINK_STATE_LEFT },
    { NO, NO, CONFAB_LINK_STATE_LIVE, CONFAB_LINK_STATE_CONNECTING, CONFAB_LINK_STATE_LEFT },
    { NO, NO, NO, CONFAB_LINK_STATE_RESUMING, CONFAB_LINK_STATE_LEFT },
    { NO, CONFAB_LINK_STATE_RESUMING, CONFAB_LINK_STATE_LIVE, CONFAB_LINK_STATE_RESUMING,
      CONFAB_LINK_STATE_LEFT },
    { NO, NO, NO, NO, NO },
  };

  for (guint state = 0; state < CONFAB_N_LINK_STATES; state++) {
    for (guint event = 0; event < CONFAB_N_LINK_EVENTS; event++) {
      ConfabLinkState next = CONFAB_LINK_STATE_IDLE;
      gboolean ok =
          confab_link_state_next ((ConfabLinkState) state, (ConfabLinkEvent) event, &next);

      g_assert_cmpint (ok ? (int) next : NO, ==, expected[state][event]);
    }
    g_assert_nonnull (confab_link_state_to_string ((ConfabLinkState) state));
  }
}

#define ASSERT_NAMES(Type, prefix, last)                                            \
  G_STMT_START                                                                      \
  {                                                                                 \
    Type value = (Type) 0;                                                          \
    for (guint i = 0; i <= (guint) (last); i++) {                                   \
      g_assert_true (prefix##_from_string (prefix##_to_string ((Type) i), &value)); \
      g_assert_cmpuint (value, ==, i);                                              \
    }                                                                               \
    g_assert_false (prefix##_from_string ("of-later", &value));                     \
    g_assert_false (prefix##_from_string (NULL, &value));                           \
    g_assert_cmpuint (value, ==, (guint) (last));                                   \
  }                                                                                 \
  G_STMT_END

static void
test_names (void)
{
  ASSERT_NAMES (ConfabCallState, confab_call_state, CONFAB_CALL_STATE_CANCELLED);
  ASSERT_NAMES (ConfabCallKind, confab_call_kind, CONFAB_CALL_KIND_STANDING);
  ASSERT_NAMES (ConfabRole, confab_role, CONFAB_ROLE_HOST);
  ASSERT_NAMES (ConfabUserRole, confab_user_role, CONFAB_USER_ROLE_OWNER);
  ASSERT_NAMES (ConfabSignalKind, confab_signal_kind, CONFAB_SIGNAL_REVEAL);
}

static void
test_call (void)
{
  g_autoptr (GDateTime) made = at (0);
  g_autoptr (GDateTime) later = at (1);
  g_autoptr (ConfabCall) call = confab_call_new ("c", "7h3k-9mzq-c0de", "u", made, later);
  g_autoptr (ConfabCall) titled = confab_call_with_title (call, "Stand-up");
  g_autoptr (ConfabCall) many = confab_call_with_max_participants (titled, 50);
  g_autoptr (ConfabCall) standing = confab_call_with_kind (many, CONFAB_CALL_KIND_STANDING);
  g_autoptr (ConfabCall) live = confab_call_with_started (standing, later);
  g_autoptr (ConfabCall) over =
      confab_call_with_ended (live, CONFAB_CALL_STATE_ENDED, later, "ended-by-host");
  g_autoptr (ConfabCall) expired = confab_call_with_state (call, CONFAB_CALL_STATE_EXPIRED);

  /* What it was made from is as it was. */
  g_assert_null (confab_call_get_title (call));
  g_assert_null (confab_call_get_started_at (many));
  g_assert_null (confab_call_get_ended_at (live));
  g_assert_cmpint (confab_call_get_state (call), ==, CONFAB_CALL_STATE_OPEN);
  g_assert_cmpint (confab_call_get_state (live), ==, CONFAB_CALL_STATE_LIVE);
  g_assert_cmpint (confab_call_get_state (expired), ==, CONFAB_CALL_STATE_EXPIRED);

  g_assert_cmpstr (confab_call_get_id (over), ==, "c");
  g_assert_cmpstr (confab_call_get_code (over), ==, "7h3k-9mzq-c0de");
  g_assert_cmpstr (confab_call_get_creator_id (over), ==, "u");
  g_assert_cmpstr (confab_call_get_title (over), ==, "Stand-up");
  g_assert_cmpint (confab_call_get_kind (over), ==, CONFAB_CALL_KIND_STANDING);
  g_assert_cmpuint (confab_call_get_max_participants (over), ==, 50);
  g_assert_cmpint (confab_call_get_state (over), ==, CONFAB_CALL_STATE_ENDED);
  g_assert_cmpstr (confab_call_get_end_reason (over), ==, "ended-by-host");
  g_assert_true (g_date_time_equal (confab_call_get_created_at (over), made));
  g_assert_true (g_date_time_equal (confab_call_get_expires_at (over), later));
  g_assert_true (g_date_time_equal (confab_call_get_started_at (over), later));
  g_assert_true (g_date_time_equal (confab_call_get_ended_at (over), later));
}

static void
test_participant (void)
{
  g_autoptr (GDateTime) joined = at (0);
  g_autoptr (GDateTime) raised = at (1);
  g_autoptr (GDateTime) later = at (2);
  ConfabParticipantFlags up = { .has_hand_raised = TRUE, .is_muted = TRUE };
  ConfabParticipantFlags down = { .is_deafened = TRUE };
  ConfabParticipantFlags flags;
  g_autoptr (ConfabParticipant) first =
      confab_participant_new ("p", NULL, "Ada", CONFAB_ROLE_HOST, joined);
  g_autoptr (ConfabParticipant) hand = confab_participant_with_flags (first, &up, raised);
  g_autoptr (ConfabParticipant) still = confab_participant_with_flags (hand, &up, later);
  g_autoptr (ConfabParticipant) lowered = confab_participant_with_flags (still, &down, later);
  g_autoptr (ConfabParticipant) gone = confab_participant_with_left (lowered, later, "lost");

  g_assert_null (confab_participant_get_user_id (first));
  g_assert_null (confab_participant_get_hand_raised_at (first));
  /* Since it went up, not since the last message about it. */
  g_assert_true (g_date_time_equal (confab_participant_get_hand_raised_at (still), raised));
  g_assert_null (confab_participant_get_hand_raised_at (lowered));
  confab_participant_get_flags (still, &flags);
  g_assert_true (flags.is_muted && flags.has_hand_raised && !flags.is_deafened);
  confab_participant_get_flags (gone, &flags);
  g_assert_true (flags.is_deafened && !flags.is_muted && !flags.has_hand_raised);
  g_assert_cmpstr (confab_participant_get_leave_reason (gone), ==, "lost");
  g_assert_true (g_date_time_equal (confab_participant_get_left_at (gone), later));
  g_assert_null (confab_participant_get_left_at (lowered));
  g_assert_cmpint (confab_participant_get_role (gone), ==, CONFAB_ROLE_HOST);
}

static void
test_invite (void)
{
  g_autoptr (GDateTime) now = at (0);
  g_autoptr (GDateTime) later = at (1);
  g_autoptr (ConfabInvite) any =
      confab_invite_new ("i", "c", "u", CONFAB_ROLE_LISTENER, -1, NULL, NULL);
  g_autoptr (ConfabInvite) used =
      confab_invite_new ("i", "c", "u", CONFAB_ROLE_LISTENER, 0, NULL, NULL);
  g_autoptr (ConfabInvite) timed =
      confab_invite_new ("i", "c", "u", CONFAB_ROLE_LISTENER, 1, later, NULL);
  g_autoptr (ConfabInvite) revoked =
      confab_invite_new ("i", "c", "u", CONFAB_ROLE_LISTENER, -1, later, now);

  g_assert_true (confab_invite_is_usable (any, now));
  g_assert_false (confab_invite_is_usable (used, now));
  g_assert_true (confab_invite_is_usable (timed, now));
  g_assert_false (confab_invite_is_usable (timed, later));
  g_assert_false (confab_invite_is_usable (revoked, now));
  g_assert_cmpint (confab_invite_get_uses_left (any), ==, -1);
}

static void
test_signal (void)
{
  g_autoptr (ConfabSignal) offer = confab_signal_new_description (CONFAB_SIGNAL_OFFER, 2, "v=0");
  g_autoptr (ConfabSignal) candidate = confab_signal_new_candidate (1, "candidate:1", 3, "audio0");
  g_autoptr (ConfabSignal) rebuild = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, 1);
  g_autoptr (ConfabSignal) safe = confab_signal_with_safety (offer, "promise");
  g_autoptr (ConfabSignal) reveal = confab_signal_new_reveal (2, "kept");

  g_assert_cmpstr (confab_signal_get_sdp (offer), ==, "v=0");
  g_assert_cmpuint (confab_signal_get_generation (offer), ==, 2);
  g_assert_null (confab_signal_get_candidate (offer));
  g_assert_cmpstr (confab_signal_get_candidate (candidate), ==, "candidate:1");
  g_assert_cmpuint (confab_signal_get_sdp_mline_index (candidate), ==, 3);
  g_assert_cmpstr (confab_signal_get_sdp_mid (candidate), ==, "audio0");
  g_assert_cmpint (confab_signal_get_kind (rebuild), ==, CONFAB_SIGNAL_REBUILD);
  g_assert_null (confab_signal_get_sdp (rebuild));
  g_assert_null (confab_signal_get_safety (offer));
  g_assert_cmpstr (confab_signal_get_safety (safe), ==, "promise");
  g_assert_cmpstr (confab_signal_get_sdp (safe), ==, "v=0");
  g_assert_cmpuint (confab_signal_get_generation (safe), ==, 2);
  g_assert_cmpstr (confab_signal_get_safety (reveal), ==, "kept");
}

static gpointer
copy_and_drop (gpointer value)
{
  for (guint i = 0; i < 10000; i++) {
    g_autoptr (ConfabUser) copy = g_boxed_copy (CONFAB_TYPE_USER, value);

    g_assert_cmpstr (confab_user_get_display_name (copy), ==, "Ada");
  }
  return NULL;
}

/* Values cross threads. */
static void
test_threads (void)
{
  const char *const urls[] = { "stun:h", NULL };
  g_autoptr (GDateTime) now = at (0);
  g_autoptr (ConfabUser) user = confab_user_new ("u", "Ada", CONFAB_USER_ROLE_MEMBER, now);
  g_autoptr (ConfabIceServer) server = confab_ice_server_new (urls, "n", "c", 60);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("copies", copy_and_drop, user);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (confab_user_get_role (user), ==, CONFAB_USER_ROLE_MEMBER);
  g_assert_cmpstr (confab_ice_server_get_urls (server)[0], ==, "stun:h");
  g_assert_cmpstr (confab_ice_server_get_username (server), ==, "n");
  g_assert_cmpstr (confab_ice_server_get_credential (server), ==, "c");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/call-states", test_call_states);
  g_test_add_func ("/model/link-states", test_link_states);
  g_test_add_func ("/model/names", test_names);
  g_test_add_func ("/model/call", test_call);
  g_test_add_func ("/model/participant", test_participant);
  g_test_add_func ("/model/invite", test_invite);
  g_test_add_func ("/model/signal", test_signal);
  g_test_add_func ("/model/threads", test_threads);

  return g_test_run ();
}
