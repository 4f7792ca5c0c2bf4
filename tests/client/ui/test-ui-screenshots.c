/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-call-page.h"
#include "confab-ui-home-page.h"
#include "confab-ui-notice-bar.h"
#include "confab-ui-sign-in-page.h"
#include "ui-fixture.h"

/* Pictures of both pages, as people have their desktops. They are looked at by people; the test
 * proves that each can be drawn without a warning. */

#define LINK "http://127.0.0.1:43122/j/abcd-efgh-jkmn"

typedef struct {
  const char *suffix;
  int width;
  int height;
  gboolean is_dark;
  gboolean is_rtl;
} Look;

static const Look looks[] = {
  { "wide-light", 880, 680, FALSE, FALSE },   { "wide-dark", 880, 680, TRUE, FALSE },
  { "narrow-light", 360, 680, FALSE, FALSE }, { "narrow-dark", 360, 680, TRUE, FALSE },
  { "wide-rtl", 880, 680, FALSE, TRUE },
};

static const char *const devices[] = { "Built-in Audio", "USB Headset", NULL };

static void
apply (const Look *look)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      look->is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_set_default_direction (look->is_rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
}

static void
shoot (UiFixture *ui, const char *what, const Look *look)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", what, look->suffix);
  int minimum;

  ui_fixture_shoot (ui, name);
  gtk_widget_measure (ui->window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

static ConfabCall *
make_call (const char *code, const char *title, gboolean is_live)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 1, 10, 0, 0);
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, 24);
  g_autoptr (ConfabCall) call = confab_call_new (code, code, "someone", now, later);
  g_autoptr (ConfabCall) titled = confab_call_with_title (call, title);

  return is_live ? confab_call_with_started (titled, now) : g_steal_pointer (&titled);
}

static void
test_home (gconstpointer data)
{
  const Look *look = data;
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_call_unref);
  GtkWidget *widget;
  ConfabUiHomePage *page;
  UiFixture *ui;

  apply (look);
  widget = confab_ui_home_page_new ();
  page = CONFAB_UI_HOME_PAGE (widget);
  confab_ui_home_page_set_name (page, "Ada Lovelace");
  ui = ui_fixture_new (widget, look->width, look->height);
  shoot (ui, "home-empty", look);

  g_ptr_array_add (calls, make_call ("abcd-efgh-jkmn", "Stand-up", TRUE));
  g_ptr_array_add (calls, make_call ("pqrs-tvwx-yz01", NULL, FALSE));
  confab_ui_home_page_set_calls (page, calls);
  confab_ui_home_page_set_server (page, "calls.example.org");
  confab_ui_home_page_set_join_problem (page, _ ("There is no call with this link or code."));
  confab_ui_home_page_set_server_problem (page, _ ("The server did not answer in time."));
  shoot (ui, "home", look);
  ui_fixture_free (ui);
}

/* Somebody in each of the states. */
static void
enliven (GListStore *roster)
{
  g_autoptr (ConfabLiveParticipant) speaking = g_list_model_get_item (G_LIST_MODEL (roster), 1);
  g_autoptr (ConfabLiveParticipant) muted = g_list_model_get_item (G_LIST_MODEL (roster), 2);
  g_autoptr (ConfabLiveParticipant) listening = g_list_model_get_item (G_LIST_MODEL (roster), 3);
  g_autoptr (ConfabLiveParticipant) connecting = g_list_model_get_item (G_LIST_MODEL (roster), 4);
  g_autoptr (ConfabLiveParticipant) failed = g_list_model_get_item (G_LIST_MODEL (roster), 7);

  confab_live_participant_set_level (speaking, -20, TRUE);
  ui_set_flags (muted, (ConfabParticipantFlags){ .is_muted = TRUE });
  ui_set_flags (listening, (ConfabParticipantFlags){ .is_listen_only = TRUE });
  confab_live_participant_set_connection (connecting, "connecting");
  confab_live_participant_set_connection (failed, "failed");
}

static UiFixture *
open_call (const Look *look, GListStore *roster, ConfabUiCallPage **page)
{
  g_autoptr (GListModel) model = ui_make_devices (devices);
  GtkWidget *widget;

  apply (look);
  widget = confab_ui_call_page_new ();
  *page = CONFAB_UI_CALL_PAGE (widget);
  confab_ui_call_page_set_title (*page, "Stand-up");
  confab_ui_call_page_set_roster (*page, G_LIST_MODEL (roster));
  confab_ui_call_page_set_devices (*page, model, model);
  confab_ui_call_page_set_link (*page, LINK);
  confab_ui_call_page_set_elapsed (*page, 754);
  confab_ui_call_page_set_phase (*page, CONFAB_UI_CALL_PHASE_LIVE);
  return ui_fixture_new (widget, look->width, look->height);
}

static void
show_quality (ConfabUiCallPage *page, GListStore *roster, double mos)
{
  g_autoptr (ConfabLiveParticipant) grace = g_list_model_get_item (G_LIST_MODEL (roster), 1);
  const ConfabAudioPeerStats stats = { .rtt_ms = 3.4,
                                       .jitter_ms = 2,
                                       .lost_ratio = 0.012,
                                       .received_kbps = 31.7,
                                       .sent_kbps = 32,
                                       .mouth_to_ear_ms = 51,
                                       .delay = { 5, 16, 2, 10, 18 },
                                       .mos = mos,
                                       .route = CONFAB_AUDIO_ROUTE_DIRECT };

  confab_ui_call_page_set_stats (page, confab_live_participant_get_id (grace), &stats);
}

static void
test_call (gconstpointer data)
{
  const Look *look = data;
  g_autoptr (GListStore) roster = ui_make_roster (8);
  g_autofree char *trust = g_strdup_printf (
      _ ("Warning: the connection to %s does not lead to them. Somebody may be listening in "
         "between, so no sound is sent to it or played from it."),
      "Grace Hopper");
  ConfabUiCallPage *page;
  UiFixture *ui = open_call (look, roster, &page);

  enliven (roster);
  show_quality (page, roster, 2.5);
  shoot (ui, "call", look);
  confab_ui_call_page_set_notice (
      page, CONFAB_UI_NOTICE_LINK,
      _ ("The connection to the server was lost. Reconnecting… You may go on talking."));
  confab_ui_call_page_set_notice (
      page, CONFAB_UI_NOTICE_AUDIO,
      _ ("No microphone works: you are listening only. Choose another one under Devices."));
  confab_ui_call_page_set_notice (page, CONFAB_UI_NOTICE_TRUST, trust);
  g_list_store_splice (roster, 3, 5, NULL, 0);
  g_action_group_change_action_state (G_ACTION_GROUP (ui->call), "mute",
                                      g_variant_new_boolean (TRUE));
  shoot (ui, "call-notices", look);
  ui_fixture_free (ui);
}

typedef struct {
  guint position; /* among the menu buttons of the page, in its order */
  const char *what;
} Popover;

static gboolean
is_wanted_menu_button (GtkWidget *widget, gpointer position)
{
  guint *left = position;

  return GTK_IS_MENU_BUTTON (widget) && gtk_widget_get_mapped (widget) && (*left)-- == 0;
}

static void
shoot_popover (UiFixture *ui, const Popover *popover, const Look *look)
{
  guint position = popover->position;
  GtkWidget *button = ui_find (ui->window, is_wanted_menu_button, &position);
  g_autofree char *name = g_strdup_printf ("%s-%s", popover->what, look->suffix);

  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  ui_fixture_shoot_popover (ui, name);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
}

static const Popover popovers[] = {
  { 0, "menu" },
  { 1, "volume" },
  { 2, "devices" },
  { 3, "invite" },
};

/* What a telephone sees in the picture of the invitation. */
static void
assert_scannable (const Look *look)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      g_strdup_printf ("%s/invite-%s.png", g_getenv ("CONFAB_SCREENSHOTS"), look->suffix);
  g_autofree char *text = NULL;
  g_autoptr (GSubprocess) reader =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                        "zbarimg", "--quiet", "--raw", path, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (reader, NULL, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_strstrip (text), ==, LINK);
}

static void
test_popovers (gconstpointer data)
{
  const Look *look = data;
  g_autoptr (GListStore) roster = ui_make_roster (2);
  ConfabUiCallPage *page;
  UiFixture *ui = open_call (look, roster, &page);

  show_quality (page, roster, 4.4);
  for (guint i = 0; i < G_N_ELEMENTS (popovers); i++)
    shoot_popover (ui, &popovers[i], look);
  assert_scannable (look);
  ui_fixture_free (ui);
}

static void
test_call_phases (gconstpointer data)
{
  const Look *look = data;
  g_autoptr (GListStore) roster = ui_make_roster (1);
  ConfabUiCallPage *page;
  UiFixture *ui = open_call (look, roster, &page);

  shoot (ui, "call-alone", look);
  confab_ui_call_page_set_phase (page, CONFAB_UI_CALL_PHASE_CONNECTING);
  shoot (ui, "call-connecting", look);
  confab_ui_call_page_show_over (page, _ ("The Call Is Over"),
                                 _ ("The host ended the call for everyone."), TRUE);
  shoot (ui, "call-over", look);
  ui_fixture_free (ui);
}

static void
test_sign_in (gconstpointer data)
{
  const Look *look = data;
  const char *const servers[] = { "https://calls.example.org", "https://other.example.org", NULL };
  g_autoptr (ConfabServerInfo) offer =
      confab_server_info_new (CONFAB_REGISTRATION_INVITE, CONFAB_GUEST_ACCESS_JOIN, TRUE);
  GtkWidget *widget = confab_ui_sign_in_page_new ();
  ConfabUiSignInPage *page = CONFAB_UI_SIGN_IN_PAGE (widget);
  UiFixture *ui = ui_fixture_new (widget, look->width, look->height);

  apply (look);
  confab_ui_sign_in_page_set_server (page, servers[0]);
  confab_ui_sign_in_page_set_servers (page, servers);
  confab_ui_sign_in_page_set_login (page, "ada");
  confab_ui_sign_in_page_set_offer (page, offer, NULL);
  shoot (ui, "sign-in", look);
  confab_ui_sign_in_page_set_problem (page, _ ("The name or the password is wrong."));
  confab_ui_sign_in_page_set_note (page,
                                   _ ("The server has signed you out. Please sign in again."));
  shoot (ui, "sign-in-problem", look);
  confab_ui_sign_in_page_set_busy (page, TRUE);
  shoot (ui, "sign-in-busy", look);
  ui_fixture_free (ui);
}

static int
measure (GtkWidget *widget, GtkOrientation orientation, int for_size)
{
  int minimum;

  gtk_widget_measure (widget, orientation, for_size, &minimum, NULL, NULL, NULL);
  return minimum;
}

static gboolean
is_notice_bar (GtkWidget *widget, gpointer user_data)
{
  return CONFAB_UI_IS_NOTICE_BAR (widget) && gtk_widget_get_mapped (widget);
}

/* Who sets letters half as large again has a telephone's width all the same. */
static void
test_large (void)
{
  const Look look = { "narrow-large", 360, 680, FALSE, FALSE };
  GtkSettings *settings = gtk_settings_get_default ();
  g_autoptr (GListStore) roster = ui_make_roster (2);
  GtkWidget *home = confab_ui_home_page_new ();
  ConfabUiCallPage *page;
  UiFixture *ui;
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024 * 3 / 2, NULL);
  apply (&look);
  ui = ui_fixture_new (home, look.width, look.height);
  confab_ui_home_page_set_server_problem (CONFAB_UI_HOME_PAGE (home),
                                          _ ("The server did not answer in time."));
  shoot (ui, "home", &look);
  g_assert_cmpint (measure (ui_find (home, is_notice_bar, NULL), GTK_ORIENTATION_VERTICAL, 360), <,
                   200);
  ui_fixture_free (ui);

  ui = open_call (&look, roster, &page);
  shoot (ui, "call", &look);
  confab_ui_call_page_set_phase (page, CONFAB_UI_CALL_PHASE_CONNECTING);
  shoot (ui, "call-connecting", &look);
  ui_fixture_free (ui);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++) {
    g_autofree char *home = g_strdup_printf ("/ui/screenshots/home/%s", looks[i].suffix);
    g_autofree char *call = g_strdup_printf ("/ui/screenshots/call/%s", looks[i].suffix);
    g_autofree char *over = g_strdup_printf ("/ui/screenshots/popovers/%s", looks[i].suffix);
    g_autofree char *phases = g_strdup_printf ("/ui/screenshots/phases/%s", looks[i].suffix);

    g_autofree char *sign_in = g_strdup_printf ("/ui/screenshots/sign-in/%s", looks[i].suffix);

    g_test_add_data_func (sign_in, &looks[i], test_sign_in);
    g_test_add_data_func (home, &looks[i], test_home);
    g_test_add_data_func (call, &looks[i], test_call);
    g_test_add_data_func (over, &looks[i], test_popovers);
    g_test_add_data_func (phases, &looks[i], test_call_phases);
  }
  g_test_add_func ("/ui/screenshots/large", test_large);
  return g_test_run ();
}
