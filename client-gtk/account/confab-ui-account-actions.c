/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-account-actions"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-account-actions.h"
#include "confab-ui-bus-account.h"
#include "confab-ui-devices-window.h"
#include "confab-ui-member-account.h"
#include "confab-ui-password-window.h"

/* What one can do with the account that one is signed in with: the group `account`. */

typedef struct {
  GWeakRef window;
  ConfabUiAccount *account; /* (owned) */
} Subject;

static void
subject_free (gpointer data, GClosure *closure)
{
  Subject *subject = data;

  g_weak_ref_clear (&subject->window);
  g_object_unref (subject->account);
  g_free (subject);
}

static ConfabSession *
get_session (Subject *subject)
{
  return confab_ui_member_account_get_session (CONFAB_UI_MEMBER_ACCOUNT (subject->account));
}

static void
on_devices (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Subject *subject = user_data;
  g_autoptr (GtkWindow) window = g_weak_ref_get (&subject->window);

  if (window != NULL)
    gtk_window_present (confab_ui_devices_window_new (get_session (subject), window));
}

static void
on_password (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Subject *subject = user_data;
  g_autoptr (GtkWindow) window = g_weak_ref_get (&subject->window);

  if (window != NULL)
    gtk_window_present (confab_ui_password_window_new (get_session (subject), window));
}

/* Signed out we are in any case; the list of devices on the server may say otherwise for a while.
 */
static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_session_sign_out_finish (CONFAB_SESSION (source), result, &error))
    g_message ("The server was not told that we signed out: %s", error->message);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.leave-server", NULL);
}

static void
on_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Subject *subject = user_data;
  g_autoptr (GtkWindow) window = g_weak_ref_get (&subject->window);

  if (window == NULL)
    return;
  g_simple_action_set_enabled (action, FALSE);
  if (CONFAB_UI_IS_MEMBER_ACCOUNT (subject->account))
    confab_session_sign_out_async (get_session (subject), NULL, on_signed_out,
                                   g_steal_pointer (&window));
  else
    gtk_widget_activate_action (GTK_WIDGET (window), "win.leave-server", NULL);
}

static void
add_action (GSimpleActionGroup *group, const char *name, GCallback callback, Subject *subject)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, NULL);
  Subject *own = g_new0 (Subject, 1);
  g_autoptr (GObject) window = g_weak_ref_get (&subject->window);

  g_weak_ref_init (&own->window, window);
  own->account = g_object_ref (subject->account);
  g_signal_connect_data (action, "activate", callback, own, subject_free, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
}

/**
 * confab_ui_account_actions_new:
 * @window: what dialogs stand before; its action `win.leave-server` is activated after signing out
 * @account: where calls are made
 *
 * Makes `devices`, `password` and `sign-out` for somebody with an account, `sign-out` for a guest,
 * and nothing for the user of this computer.
 *
 * Returns: (transfer full): the actions
 */
GActionGroup *
confab_ui_account_actions_new (GtkWindow *window, ConfabUiAccount *account)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();
  Subject subject = { .account = account };

  g_weak_ref_init (&subject.window, window);
  if (CONFAB_UI_IS_MEMBER_ACCOUNT (account)) {
    add_action (group, "devices", G_CALLBACK (on_devices), &subject);
    add_action (group, "password", G_CALLBACK (on_password), &subject);
  }
  if (!CONFAB_UI_IS_BUS_ACCOUNT (account))
    add_action (group, "sign-out", G_CALLBACK (on_sign_out), &subject);
  g_weak_ref_clear (&subject.window);
  return G_ACTION_GROUP (group);
}

static char *
describe_member (ConfabUiAccount *account)
{
  ConfabSession *session =
      confab_ui_member_account_get_session (CONFAB_UI_MEMBER_ACCOUNT (account));
  ConfabUser *user = confab_session_get_user (session);
  const char *name =
      user != NULL ? confab_user_get_display_name (user) : confab_session_get_login (session);

  return g_strdup_printf (_ ("Signed in as %s"), name != NULL ? name : "");
}

/**
 * confab_ui_account_actions_make_menu:
 * @account: where calls are made
 *
 * Returns: (transfer full) (nullable): a menu of the actions; %NULL for the user of this computer,
 *   who has nothing to sign out of
 */
GMenuModel *
confab_ui_account_actions_make_menu (ConfabUiAccount *account)
{
  g_autoptr (GMenu) items = g_menu_new ();
  g_autofree char *label = NULL;
  GMenu *menu = NULL;

  if (CONFAB_UI_IS_BUS_ACCOUNT (account))
    return NULL;
  if (CONFAB_UI_IS_MEMBER_ACCOUNT (account)) {
    label = describe_member (account);
    g_menu_append (items, _ ("_Devices…"), "account.devices");
    g_menu_append (items, _ ("Change _Password…"), "account.password");
    g_menu_append (items, _ ("_Sign Out"), "account.sign-out");
  } else {
    label = g_strdup (_ ("Guest"));
    g_menu_append (items, _ ("_Leave This Server"), "account.sign-out");
  }
  menu = g_menu_new ();
  g_menu_append_section (menu, label, G_MENU_MODEL (items));
  return G_MENU_MODEL (menu);
}
