/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-ui-home-page.h"
#include "ui-fixture.h"

static ConfabCall *
make_call (const char *code, const char *title, gboolean is_live)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 1, 10, 0, 0);
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, 24);
  g_autoptr (ConfabCall) call = confab_call_new (code, code, "someone", now, later);
  g_autoptr (ConfabCall) titled = confab_call_with_title (call, title);

  return is_live ? confab_call_with_started (titled, now) : g_steal_pointer (&titled);
}

static GPtrArray *
make_calls (void)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_call_unref);

  g_ptr_array_add (calls, make_call ("abcd-efgh-jkmn", "Stand-up of <the> & team", TRUE));
  g_ptr_array_add (calls, make_call ("pqrs-tvwx-yz01", NULL, FALSE));
  return calls;
}

static UiFixture *
open_page (int width, GtkWidget **widget)
{
  *widget = confab_ui_home_page_new ();
  confab_ui_home_page_set_name (CONFAB_UI_HOME_PAGE (*widget), "Ada Lovelace");
  return ui_fixture_new (*widget, width, 680);
}

static gboolean
is_row (GtkWidget *widget, gpointer title)
{
  return ADW_IS_PREFERENCES_ROW (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static GtkEditable *
find_entry (GtkWidget *page, const char *title)
{
  return GTK_EDITABLE (ui_find (page, is_row, (gpointer) title));
}

static void
test_start (void)
{
  GtkWidget *widget, *button;
  UiFixture *ui = open_page (880, &widget);

  button = ui_find_button (widget, "home.start");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "start()");
  ui_fixture_free (ui);
}

static gboolean
is_join_button (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_BUTTON (widget) &&
         g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), "_Join") == 0;
}

static void
test_join (void)
{
  GtkWidget *widget, *button;
  UiFixture *ui = open_page (880, &widget);
  ConfabUiHomePage *page = CONFAB_UI_HOME_PAGE (widget);
  GtkEditable *entry = find_entry (widget, "_Link or code");

  button = ui_find (widget, is_join_button, NULL);
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (entry, "   ");
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (entry, "abcd-efgh-jkmn");
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "join('abcd-efgh-jkmn')");

  confab_ui_home_page_set_join_problem (page, "There is no call with this link or code.");
  ui_fixture_settle (ui);
  g_assert_nonnull (ui_find_label (widget, "There is no call with this link or code."));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
  gtk_editable_set_text (entry, "abcd-efgh");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
  confab_ui_home_page_clear_join_text (page);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  ui_fixture_free (ui);
}

static void
test_busy (void)
{
  GtkWidget *widget, *button;
  UiFixture *ui = open_page (880, &widget);
  ConfabUiHomePage *page = CONFAB_UI_HOME_PAGE (widget);

  button = ui_find (widget, is_join_button, NULL);
  gtk_editable_set_text (find_entry (widget, "_Link or code"), "abcd-efgh-jkmn");
  confab_ui_home_page_set_busy (page, TRUE);
  g_assert_false (gtk_widget_get_sensitive (button));
  confab_ui_home_page_set_busy (page, FALSE);
  g_assert_true (gtk_widget_get_sensitive (button));
  ui_fixture_free (ui);
}

static void
test_name (void)
{
  GtkWidget *widget;
  UiFixture *ui = open_page (880, &widget);
  GtkEditable *entry = find_entry (widget, "_Name, as others see it");

  gtk_editable_set_text (entry, " Ada Byron ");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "rename('Ada Byron')");
  gtk_editable_set_text (entry, "  ");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "rename('Ada Byron')");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
  ui_fixture_free (ui);
}

static void
test_calls (void)
{
  GtkWidget *widget, *row;
  g_autoptr (GPtrArray) calls = make_calls ();
  g_autoptr (GPtrArray) same = make_calls ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  UiFixture *ui = open_page (880, &widget);
  ConfabUiHomePage *page = CONFAB_UI_HOME_PAGE (widget);

  confab_ui_home_page_set_calls (page, none);
  g_assert_nonnull (
      ui_find_label (widget, "No call is open. Start one and send its link to the others."));
  confab_ui_home_page_set_calls (page, calls);
  ui_fixture_settle (ui);
  g_assert_nonnull (ui_find_label (widget, "Stand-up of <the> & team"));

  row = ui_find (widget, is_row, (gpointer) "pqrs-tvwx-yz01");
  confab_ui_home_page_set_calls (page, same);
  g_assert_true (row == ui_find (widget, is_row, (gpointer) "pqrs-tvwx-yz01"));
  g_signal_emit_by_name (row, "activate");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "join('pqrs-tvwx-yz01')");

  confab_ui_home_page_set_calls (page, none);
  g_assert_null (ui_find (widget, is_row, (gpointer) "pqrs-tvwx-yz01"));
  ui_fixture_free (ui);
}

static void
test_server_problem (void)
{
  GtkWidget *widget;
  UiFixture *ui = open_page (880, &widget);
  ConfabUiHomePage *page = CONFAB_UI_HOME_PAGE (widget);

  confab_ui_home_page_set_server_problem (page, "The server did not answer in time.");
  ui_fixture_settle (ui);
  g_assert_nonnull (ui_find_label (widget, "The server did not answer in time."));
  g_signal_emit_by_name (ui_find_button (widget, "home.refresh"), "clicked");
  g_assert_cmpstr (ui_fixture_get_last (ui), ==, "refresh()");
  ui_fixture_free (ui);
}

static void
test_narrow (void)
{
  GtkWidget *widget;
  g_autoptr (GPtrArray) calls = make_calls ();
  UiFixture *ui = open_page (360, &widget);
  int minimum;

  confab_ui_home_page_set_calls (CONFAB_UI_HOME_PAGE (widget), calls);
  confab_ui_home_page_set_server_problem (CONFAB_UI_HOME_PAGE (widget),
                                          "The server cannot be reached.");
  ui_fixture_settle (ui);
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  ui_fixture_free (ui);
}

static void
test_accessible (void)
{
  GtkWidget *widget;
  g_autoptr (GPtrArray) calls = make_calls ();
  g_autofree char *nameless = NULL;
  UiFixture *ui = open_page (880, &widget);

  confab_ui_home_page_set_calls (CONFAB_UI_HOME_PAGE (widget), calls);
  nameless = ui_find_nameless (ui->window);
  g_assert_cmpstr (nameless, ==, NULL);
  ui_fixture_free (ui);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);

  g_test_add_func ("/ui/home-page/start", test_start);
  g_test_add_func ("/ui/home-page/join", test_join);
  g_test_add_func ("/ui/home-page/busy", test_busy);
  g_test_add_func ("/ui/home-page/name", test_name);
  g_test_add_func ("/ui/home-page/calls", test_calls);
  g_test_add_func ("/ui/home-page/server-problem", test_server_problem);
  g_test_add_func ("/ui/home-page/narrow", test_narrow);
  g_test_add_func ("/ui/home-page/accessible", test_accessible);
  return g_test_run ();
}
