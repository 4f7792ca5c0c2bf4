/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-ui-call-page.h"
#include "confab-ui-qr-paintable.h"
#include "confab-ui-tile-layout.h"
#include "ui-fixture.h"

#define LINK "https://calls.example.org/j/abcd-efgh-jkmn"

static const char *const microphones[] = { "Built-in Audio",
                                           "USB Headset with a Very Long Name Indeed", NULL };
static const char *const speakers[] = { "Built-in Speakers", NULL };
static const char *const nothing[] = { NULL };

static UiFixture *
open_page (guint n_people, int width, int height, GtkWidget **page, GListStore **roster)
{
  g_autoptr (GListModel) inputs = ui_make_devices (microphones);
  g_autoptr (GListModel) outputs = ui_make_devices (speakers);

  *page = confab_ui_call_page_new ();
  *roster = ui_make_roster (n_people);
  confab_ui_call_page_set_roster (CONFAB_UI_CALL_PAGE (*page), G_LIST_MODEL (*roster));
  confab_ui_call_page_set_devices (CONFAB_UI_CALL_PAGE (*page), inputs, outputs);
  confab_ui_call_page_set_link (CONFAB_UI_CALL_PAGE (*page), LINK);
  confab_ui_call_page_set_elapsed (CONFAB_UI_CALL_PAGE (*page), 754);
  confab_ui_call_page_set_phase (CONFAB_UI_CALL_PAGE (*page), CONFAB_UI_CALL_PHASE_LIVE);
  return ui_fixture_new (*page, width, height);
}

static ConfabLiveParticipant *
get_person (GListStore *roster, guint position)
{
  g_autoptr (ConfabLiveParticipant) person =
      g_list_model_get_item (G_LIST_MODEL (roster), position);

  return person; /* (unowned) the roster keeps it */
}

static void
test_roster (void)
{
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  g_autoptr (ConfabLiveParticipant) late =
      ui_make_person ("Konrad Zuse", CONFAB_ROLE_SPEAKER, FALSE);
  UiFixture *ui = open_page (1, 880, 640, &page, &roster);

  g_assert_nonnull (ui_find_label (page, "Ada Lovelace"));
  g_assert_nonnull (ui_find_label (page, "You, host"));
  g_assert_nonnull (ui_find_label (page, "12:34 · 1 person"));
  g_assert_nonnull (ui_find_label (page, "Nobody else is here yet."));

  g_list_store_append (roster, late);
  ui_fixture_settle (ui);
  g_assert_nonnull (ui_find_label (page, "Konrad Zuse"));
  g_assert_nonnull (ui_find_label (page, "12:34 · 2 people"));
  g_assert_null (ui_find_label (page, "Nobody else is here yet."));

  g_list_store_remove (roster, 1);
  ui_fixture_settle (ui);
  g_assert_null (ui_find_label (page, "Konrad Zuse"));
  ui_fixture_free (ui);
}

static gboolean
is_volume_button (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_MENU_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_widget_get_tooltip_text (widget),
                    "Volume and Connection of Grace Hopper") == 0;
}

static void
test_quality (void)
{
  ConfabAudioPeerStats stats = { .rtt_ms = 3.4,
                                 .jitter_ms = 2,
                                 .lost_ratio = 0.012,
                                 .received_kbps = 31.7,
                                 .sent_kbps = 24,
                                 .mouth_to_ear_ms = 51,
                                 .delay = { 5, 16, 2, 10, 18 },
                                 .mos = 4.4,
                                 .route = CONFAB_AUDIO_ROUTE_RELAY };
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (2, 880, 640, &page, &roster);
  const char *grace = confab_live_participant_get_id (get_person (roster, 1));

  confab_ui_call_page_set_stats (CONFAB_UI_CALL_PAGE (page), grace, &stats);
  confab_ui_call_page_set_stats (CONFAB_UI_CALL_PAGE (page), "nobody", &stats);
  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_find (page, is_volume_button, NULL)));
  ui_wait_until (ui_find_label (page, "Good connection") != NULL);
  g_assert_nonnull (ui_find_label (page, "51 ms"));
  g_assert_nonnull (ui_find_label (page, "1.2 %"));
  g_assert_nonnull (ui_find_label (page, "Opus, ↓ 32 ↑ 24 kbit/s"));
  g_assert_nonnull (ui_find_label (page, "Through a relay"));
  g_assert_nonnull (ui_find_label (page, "4.4 of 4.5"));
  g_assert_null (ui_find_label (page, "Poor connection"));

  stats.mos = 2.5;
  stats.rtt_ms = -1;
  confab_ui_call_page_set_stats (CONFAB_UI_CALL_PAGE (page), grace, &stats);
  g_assert_nonnull (ui_find_label (page, "Poor connection"));
  g_assert_null (ui_find_label (page, "3 ms"));

  confab_ui_call_page_set_stats (CONFAB_UI_CALL_PAGE (page), grace, NULL);
  ui_fixture_free (ui);
}

static void
test_states (void)
{
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (2, 880, 640, &page, &roster);
  ConfabLiveParticipant *grace = get_person (roster, 1);

  g_assert_null (ui_find_label (page, "Speaking"));
  confab_live_participant_set_level (grace, -20, TRUE);
  g_assert_nonnull (ui_find_label (page, "Speaking"));
  confab_live_participant_set_level (grace, -90, FALSE);
  g_assert_null (ui_find_label (page, "Speaking"));

  ui_set_flags (grace, (ConfabParticipantFlags){ .is_muted = TRUE });
  g_assert_nonnull (ui_find_label (page, "Muted"));
  ui_set_flags (grace, (ConfabParticipantFlags){ .is_listen_only = TRUE });
  g_assert_nonnull (ui_find_label (page, "Listening only"));
  ui_set_flags (grace, (ConfabParticipantFlags){ .is_deafened = TRUE });
  g_assert_nonnull (ui_find_label (page, "Sound off"));
  confab_live_participant_set_connection (grace, "connecting");
  g_assert_nonnull (ui_find_label (page, "Connecting…"));
  confab_live_participant_set_connection (grace, "failed");
  g_assert_nonnull (ui_find_label (page, "No connection"));
  ui_fixture_free (ui);
}

static void
test_controls (void)
{
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (2, 880, 640, &page, &roster);

  g_signal_emit_by_name (ui_find_button (page, "call.mute"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "mute(true)");
  g_assert_nonnull (ui_find_label (page, "Unmute"));
  g_signal_emit_by_name (ui_find_button (page, "call.mute"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "mute(false)");
  g_assert_nonnull (ui_find_label (page, "Mute"));
  g_signal_emit_by_name (ui_find_button (page, "call.deafen"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "deafen(true)");
  g_signal_emit_by_name (ui_find_button (page, "call.leave"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "leave()");
  ui_fixture_free (ui);
}

static gboolean
is_scale (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_SCALE (widget);
}

/* The second tile's: one has no volume button of one's own. */
static void
test_volume (void)
{
  GtkWidget *page, *scale;
  g_autoptr (GListStore) roster = NULL;
  g_autofree char *expected = NULL;
  UiFixture *ui = open_page (2, 880, 640, &page, &roster);
  GtkWidget *tile = ui_find_label (page, "Grace Hopper");

  while (!g_str_equal (G_OBJECT_TYPE_NAME (tile), "ConfabUiParticipantTile"))
    tile = gtk_widget_get_parent (tile);
  scale = ui_find (tile, is_scale, NULL);
  gtk_range_set_value (GTK_RANGE (scale), 50);
  expected = g_strdup_printf ("set-volume(('%s', 0.5))",
                              confab_live_participant_get_id (get_person (roster, 1)));
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, expected);
  ui_fixture_free (ui);
}

static gboolean
is_device_button (GtkWidget *widget, gpointer name)
{
  return GTK_IS_CHECK_BUTTON (widget) &&
         g_strcmp0 (gtk_widget_get_tooltip_text (widget), name) == 0;
}

static void
test_devices (void)
{
  GtkWidget *page, *button;
  g_autoptr (GListStore) roster = NULL;
  g_autoptr (GListModel) none = ui_make_devices (nothing);
  UiFixture *ui = open_page (2, 880, 640, &page, &roster);

  button = ui_find (page, is_device_button, (gpointer) microphones[1]);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button), TRUE);
  g_assert_cmpstr (ui_fixture_get_last (ui), ==,
                   "set-microphone('USB Headset with a Very Long Name Indeed')");
  button = ui_find (page, is_device_button, (gpointer) "As the system is set");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button), TRUE);
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "set-microphone('')");

  confab_ui_call_page_set_devices (CONFAB_UI_CALL_PAGE (page), none, none);
  g_assert_null (ui_find (page, is_device_button, (gpointer) speakers[0]));
  ui_fixture_free (ui);
}

static void
test_notices (void)
{
  GtkWidget *widget;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (3, 360, 640, &widget, &roster);
  ConfabUiCallPage *page = CONFAB_UI_CALL_PAGE (widget);

  for (ConfabUiNotice notice = 0; notice < CONFAB_UI_N_NOTICES; notice++) {
    g_assert_null (confab_ui_call_page_get_notice (page, notice));
    confab_ui_call_page_set_notice (page, notice, "Something is <not> as it should be.");
    g_assert_nonnull (confab_ui_call_page_get_notice (page, notice));
    ui_fixture_settle (ui);
    g_assert_nonnull (ui_find_label (widget, "Something is <not> as it should be."));
    confab_ui_call_page_set_notice (page, notice, NULL);
    g_assert_null (confab_ui_call_page_get_notice (page, notice));
  }
  ui_fixture_free (ui);
}

/* What was wrong with one call is not said of the next one. */
static void
test_notices_end (void)
{
  const ConfabUiCallPhase others[] = { CONFAB_UI_CALL_PHASE_OVER, CONFAB_UI_CALL_PHASE_CONNECTING };
  GtkWidget *widget;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (3, 360, 640, &widget, &roster);
  ConfabUiCallPage *page = CONFAB_UI_CALL_PAGE (widget);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    confab_ui_call_page_set_phase (page, CONFAB_UI_CALL_PHASE_LIVE);
    for (ConfabUiNotice notice = 0; notice < CONFAB_UI_N_NOTICES; notice++)
      confab_ui_call_page_set_notice (page, notice, "Somebody may be listening.");
    confab_ui_call_page_set_phase (page, CONFAB_UI_CALL_PHASE_LIVE);
    for (ConfabUiNotice notice = 0; notice < CONFAB_UI_N_NOTICES; notice++)
      g_assert_nonnull (confab_ui_call_page_get_notice (page, notice));
    confab_ui_call_page_set_phase (page, others[i]);
    for (ConfabUiNotice notice = 0; notice < CONFAB_UI_N_NOTICES; notice++)
      g_assert_null (confab_ui_call_page_get_notice (page, notice));
  }
  ui_fixture_free (ui);
}

static void
test_over (void)
{
  GtkWidget *widget;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (3, 360, 640, &widget, &roster);
  ConfabUiCallPage *page = CONFAB_UI_CALL_PAGE (widget);

  confab_ui_call_page_set_notice (page, CONFAB_UI_NOTICE_LINK, "Reconnecting");
  confab_ui_call_page_show_over (page, "The Call Is Over", "Because of <b> & Co.", FALSE);
  ui_fixture_settle (ui);
  g_assert_null (confab_ui_call_page_get_notice (page, CONFAB_UI_NOTICE_LINK));
  g_assert_nonnull (ui_find_label (widget, "Because of <b> & Co."));
  g_assert_null (ui_find_button (widget, "call.rejoin"));
  g_assert_null (ui_find_button (widget, "call.mute"));
  g_signal_emit_by_name (ui_find_button (widget, "call.dismiss"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "dismiss()");

  confab_ui_call_page_show_over (page, "Lost", "Try again.", TRUE);
  ui_fixture_settle (ui);
  g_signal_emit_by_name (ui_find_button (widget, "call.rejoin"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "rejoin()");
  ui_fixture_free (ui);
}

static void
test_narrow (void)
{
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (12, 360, 640, &page, &roster);
  int minimum;

  for (ConfabUiNotice notice = 0; notice < CONFAB_UI_N_NOTICES; notice++)
    confab_ui_call_page_set_notice (CONFAB_UI_CALL_PAGE (page), notice,
                                    "A sentence that is rather long, since it explains a problem.");
  ui_fixture_settle (ui);
  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  ui_fixture_free (ui);
}

static void
test_accessible (void)
{
  GtkWidget *page;
  g_autoptr (GListStore) roster = NULL;
  UiFixture *ui = open_page (3, 880, 640, &page, &roster);
  g_autofree char *nameless = ui_find_nameless (ui->window);

  g_assert_cmpstr (nameless, ==, NULL);
  ui_fixture_free (ui);
}

static void
test_columns (void)
{
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (1, 880, 500, 150, 150), ==, 1);
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (2, 880, 500, 150, 150), ==, 2);
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (2, 336, 500, 150, 150), ==, 1);
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (4, 880, 500, 150, 150), ==, 2);
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (6, 880, 500, 150, 150), ==, 3);
  /* too many to fit: as many as go side by side, and the rest is scrolled */
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (40, 336, 500, 150, 150), ==, 2);
  g_assert_cmpuint (confab_ui_tile_layout_choose_columns (3, 10, 10, 150, 150), ==, 1);
}

static void
test_qr_too_long (void)
{
  g_autofree char *text = g_strnfill (4000, 'x');
  g_autoptr (GdkPaintable) short_code = confab_ui_qr_paintable_new (LINK);
  g_autoptr (GdkPaintable) no_code = confab_ui_qr_paintable_new (text);

  g_assert_cmpint (gdk_paintable_get_intrinsic_width (short_code), >, 100);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (no_code), ==, 0);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);

  g_test_add_func ("/ui/call-page/roster", test_roster);
  g_test_add_func ("/ui/call-page/quality", test_quality);
  g_test_add_func ("/ui/call-page/states", test_states);
  g_test_add_func ("/ui/call-page/controls", test_controls);
  g_test_add_func ("/ui/call-page/volume", test_volume);
  g_test_add_func ("/ui/call-page/devices", test_devices);
  g_test_add_func ("/ui/call-page/notices", test_notices);
  g_test_add_func ("/ui/call-page/notices-end", test_notices_end);
  g_test_add_func ("/ui/call-page/over", test_over);
  g_test_add_func ("/ui/call-page/narrow", test_narrow);
  g_test_add_func ("/ui/call-page/accessible", test_accessible);
  g_test_add_func ("/ui/tile-layout/columns", test_columns);
  g_test_add_func ("/ui/qr-paintable/too-long", test_qr_too_long);
  return g_test_run ();
}
