/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-ui-call-warnings.h"
#include "confab-ui-microphone.h"
#include "ui-fixture.h"

/* The parts of a stay on the call page, with an engine and a call that do nothing. */
typedef struct {
  ConfabUiCallPage *page;       /* (unowned) of the window */
  UiFixture *ui;                /* (owned) */
  ConfabLiveCall *call;         /* (owned) */
  ConfabConference *conference; /* (owned) */
  ConfabUiSettings *settings;   /* (owned) */
  ConfabUiCallControl *control; /* (owned) */
  GSimpleActionGroup *actions;  /* (owned) */
} Fixture;

static ConfabLiveCall *
make_call (void)
{
  g_autoptr (ConfabClient) client = confab_client_new ("http://127.0.0.1:9", NULL);
  g_autoptr (ConfabSession) session = confab_session_new (client, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabCall) call = confab_call_new ("c1", "abcdefghjkmn", "u1", now, now);

  return confab_live_call_new (session, call, "http://127.0.0.1:9/j/abcd-efgh-jkmn", "test");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabAudioEngine) engine = confab_audio_engine_new ();
  GtkWidget *page = confab_ui_call_page_new ();

  fixture->page = CONFAB_UI_CALL_PAGE (page);
  confab_ui_call_page_set_phase (fixture->page, CONFAB_UI_CALL_PHASE_LIVE);
  fixture->ui = ui_fixture_new (page, 880, 640);
  fixture->call = make_call ();
  fixture->conference = confab_conference_new (fixture->call, engine);
  fixture->settings = confab_ui_settings_new (NULL);
  fixture->control = confab_ui_call_control_new ();
  fixture->actions = g_simple_action_group_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_settings_reset (confab_ui_settings_get_store (fixture->settings), CONFAB_UI_KEY_TALK_MODE);
  g_object_unref (fixture->actions);
  g_object_unref (fixture->control);
  g_object_unref (fixture->settings);
  g_assert_finalize_object (fixture->conference);
  g_assert_finalize_object (fixture->call);
  ui_fixture_free (fixture->ui);
}

static ConfabUiMicrophone *
make_microphone (Fixture *fixture)
{
  return confab_ui_microphone_new (fixture->page, fixture->conference, fixture->settings,
                                   fixture->control, G_ACTION_MAP (fixture->actions));
}

static gboolean
is_on (Fixture *fixture, const char *action)
{
  g_autoptr (GVariant) state =
      g_action_group_get_action_state (G_ACTION_GROUP (fixture->actions), action);

  return g_variant_get_boolean (state);
}

static void
toggle (Fixture *fixture, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->actions), action, NULL);
}

static void
assert_muted (Fixture *fixture, gboolean is_muted)
{
  g_assert_true (is_on (fixture, "mute") == is_muted);
  g_assert_true (confab_live_call_get_muted (fixture->call) == is_muted);
}

/* Whoever had muted themselves before stays so when they want to hear again. */
static void
test_deafened_is_muted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiMicrophone) microphone = make_microphone (fixture);
  gboolean is_deafened = FALSE;

  assert_muted (fixture, FALSE);
  toggle (fixture, "deafen");
  assert_muted (fixture, TRUE);
  g_object_get (fixture->call, "deafened", &is_deafened, NULL);
  g_assert_true (is_deafened && is_on (fixture, "deafen"));
  toggle (fixture, "deafen");
  assert_muted (fixture, FALSE);
  toggle (fixture, "mute");
  toggle (fixture, "deafen");
  toggle (fixture, "deafen");
  assert_muted (fixture, TRUE);
}

static void
test_muted_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiMicrophone) microphone = make_microphone (fixture);

  confab_live_call_set_muted (fixture->call, TRUE);
  g_assert_true (is_on (fixture, "mute"));
  g_signal_emit_by_name (confab_conference_get_engine (fixture->conference), "talking-while-muted");
  g_assert_nonnull (confab_ui_call_page_get_notice (fixture->page, CONFAB_UI_NOTICE_MUTED));
  confab_live_call_set_muted (fixture->call, FALSE);
  g_assert_null (confab_ui_call_page_get_notice (fixture->page, CONFAB_UI_NOTICE_MUTED));
}

static void
test_key_to_talk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiMicrophone) microphone = make_microphone (fixture);
  GSettings *store = confab_ui_settings_get_store (fixture->settings);
  GtkWidget *page = GTK_WIDGET (fixture->page);

  g_assert_null (ui_find_label (page, "Hold Space to talk"));
  g_settings_set_string (store, CONFAB_UI_KEY_PUSH_TO_TALK_KEY, "space");
  g_settings_set_string (store, CONFAB_UI_KEY_TALK_MODE, "push-to-talk");
  g_assert_nonnull (ui_find_label (page, "Hold Space to talk"));
  confab_live_call_set_muted (fixture->call, TRUE);
  ui_fixture_settle (fixture->ui);
  g_assert_null (ui_find_label (page, "Hold Space to talk"));
}

static void
warn (Fixture *fixture, const char *signal, int code)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, code, "Something.");

  g_signal_emit_by_name (fixture->conference, signal, error);
}

static const char *
get_notice (Fixture *fixture, ConfabUiNotice notice)
{
  return confab_ui_call_page_get_notice (fixture->page, notice);
}

static void
test_warns_of_the_sound (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiCallWarnings) warnings =
      confab_ui_call_warnings_new (fixture->page, fixture->conference);

  warn (fixture, "audio-problem", CONFAB_ERROR_NO_DEVICE);
  g_assert_nonnull (get_notice (fixture, CONFAB_UI_NOTICE_AUDIO));
  g_signal_emit_by_name (fixture->conference, "audio-recovered");
  g_assert_null (get_notice (fixture, CONFAB_UI_NOTICE_AUDIO));
  warn (fixture, "relay-problem", CONFAB_ERROR_RELAY_REFUSED);
  g_signal_emit_by_name (fixture->conference, "audio-recovered");
  g_assert_nonnull (get_notice (fixture, CONFAB_UI_NOTICE_RELAY));
  g_signal_emit_by_name (confab_conference_get_engine (fixture->conference), "echo", TRUE);
  g_assert_nonnull (get_notice (fixture, CONFAB_UI_NOTICE_ECHO));
  g_signal_emit_by_name (confab_conference_get_engine (fixture->conference), "echo", FALSE);
  g_assert_null (get_notice (fixture, CONFAB_UI_NOTICE_ECHO));
}

static void
test_recording_failed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiCallWarnings) warnings =
      confab_ui_call_warnings_new (fixture->page, fixture->conference);

  warn (fixture, "audio-problem", CONFAB_ERROR_BAD_FILE);
  g_assert_null (get_notice (fixture, CONFAB_UI_NOTICE_AUDIO));
  ui_fixture_settle (fixture->ui);
  g_assert_nonnull (
      ui_find_label (GTK_WIDGET (fixture->page),
                     "The recording has ended: its files cannot be written. The call goes on."));
}

static void
test_warns_of_strangers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiCallWarnings) warnings =
      confab_ui_call_warnings_new (fixture->page, fixture->conference);
  g_autoptr (ConfabLiveParticipant) person =
      ui_make_person ("Konrad Zuse", CONFAB_ROLE_SPEAKER, FALSE);
  g_autoptr (GError) error =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH, "Not the one.");

  g_signal_emit_by_name (fixture->conference, "safety-code", person, FALSE);
  g_assert_null (get_notice (fixture, CONFAB_UI_NOTICE_TRUST));
  g_signal_emit_by_name (fixture->conference, "safety-code", person, TRUE);
  g_assert_nonnull (g_strrstr (get_notice (fixture, CONFAB_UI_NOTICE_TRUST), "has changed"));
  g_signal_emit_by_name (fixture->conference, "peer-failed", person, error);
  g_assert_nonnull (g_strrstr (get_notice (fixture, CONFAB_UI_NOTICE_TRUST), "Konrad Zuse"));
  g_assert_null (g_strrstr (get_notice (fixture, CONFAB_UI_NOTICE_TRUST), "has changed"));
}

#define ADD(path, function) \
  g_test_add ("/ui/stay/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("deafened-is-muted", test_deafened_is_muted);
  ADD ("muted-elsewhere", test_muted_elsewhere);
  ADD ("key-to-talk", test_key_to_talk);
  ADD ("warns-of-the-sound", test_warns_of_the_sound);
  ADD ("recording-failed", test_recording_failed);
  ADD ("warns-of-strangers", test_warns_of_strangers);
  return g_test_run ();
}
