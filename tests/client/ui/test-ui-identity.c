/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-ui-guest-account.h"
#include "confab-ui-identity.h"
#include "confab-ui-member-account.h"
#include "confab-ui-servers.h"

#define SERVER "http://127.0.0.1:9"

typedef struct {
  ConfabUiSettings *settings; /* (owned) */
  ConfabUiAccount *own;       /* (owned) */
  ConfabUiIdentity *identity; /* (owned) */
  guint n_over;
  guint n_renamed;
} Fixture;

static void
count (guint *n)
{
  ++*n;
}

/* data: whether there is no daemon on this computer */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->settings = confab_ui_settings_new (NULL);
  confab_ui_servers_stay (fixture->settings, SERVER);
  fixture->own = confab_ui_guest_account_new ("http://127.0.0.1:1", NULL);
  fixture->identity =
      confab_ui_identity_new (data == NULL ? fixture->own : NULL, fixture->settings);
  g_signal_connect_swapped (fixture->identity, "over", G_CALLBACK (count), &fixture->n_over);
  g_signal_connect_swapped (fixture->identity, "renamed", G_CALLBACK (count), &fixture->n_renamed);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->identity));
  g_assert_finalize_object (g_steal_pointer (&fixture->own));
  g_assert_finalize_object (g_steal_pointer (&fixture->settings));
}

/* Of a session that is not signed in, as one is that the server has just ended. */
static ConfabUiAccount *
make_member (void)
{
  g_autoptr (ConfabClient) client = confab_client_new (SERVER, NULL);
  g_autoptr (ConfabSession) session = confab_session_new (client, NULL);

  return confab_ui_member_account_new (session);
}

static void
end (ConfabUiAccount *account, ConfabError code)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, (int) code, "No more.");

  g_signal_emit_by_name (confab_ui_member_account_get_session (CONFAB_UI_MEMBER_ACCOUNT (account)),
                         "ended", error);
}

static void
assert_opens_with (Fixture *fixture, const char *server)
{
  g_autofree char *current = confab_ui_servers_dup_current (fixture->settings);

  g_assert_cmpstr (current, ==, server);
}

static void
test_back_to_this_computer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiAccount) member = make_member ();

  g_assert_null (confab_ui_identity_get_account (fixture->identity));
  g_assert_false (confab_ui_identity_is_over (fixture->identity));
  confab_ui_identity_set_account (fixture->identity, member);
  g_assert_true (confab_ui_identity_get_account (fixture->identity) == member);
  g_assert_true (confab_ui_identity_leave_server (fixture->identity));
  g_assert_true (confab_ui_identity_get_account (fixture->identity) == fixture->own);
  assert_opens_with (fixture, NULL);
}

static void
test_back_to_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiAccount) member = make_member ();

  confab_ui_identity_set_account (fixture->identity, member);
  g_assert_false (confab_ui_identity_leave_server (fixture->identity));
  g_assert_null (confab_ui_identity_get_account (fixture->identity));
  assert_opens_with (fixture, SERVER);
}

static void
test_says_why_it_is_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiAccount) member = make_member ();

  confab_ui_identity_set_account (fixture->identity, member);
  end (member, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fixture->n_over, ==, 1);
  g_assert_true (confab_ui_identity_is_over (fixture->identity));
  g_assert_nonnull (
      g_strrstr (confab_ui_identity_explain_end (fixture->identity), "has signed you out"));
  end (member, CONFAB_ERROR_TOKEN_REUSED);
  g_assert_null (
      g_strrstr (confab_ui_identity_explain_end (fixture->identity), "has signed you out"));
}

/* The end of the session of before is no end of the one that followed. */
static void
test_old_session_is_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUiAccount) old = make_member ();
  g_autoptr (ConfabUiAccount) member = make_member ();
  ConfabSession *session = confab_ui_member_account_get_session (CONFAB_UI_MEMBER_ACCOUNT (member));

  confab_ui_identity_set_account (fixture->identity, old);
  end (old, CONFAB_ERROR_TOKEN_REUSED);
  confab_ui_identity_set_account (fixture->identity, member);
  g_assert_nonnull (
      g_strrstr (confab_ui_identity_explain_end (fixture->identity), "has signed you out"));
  end (old, CONFAB_ERROR_TOKEN_REUSED);
  g_assert_cmpuint (fixture->n_over, ==, 1);
  g_object_notify (G_OBJECT (session), "user");
  g_assert_cmpuint (fixture->n_renamed, ==, 1);
}

#define ADD(path, data, function) \
  g_test_add ("/ui/identity/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("back-to-this-computer", NULL, test_back_to_this_computer);
  ADD ("back-to-nobody", "alone", test_back_to_nobody);
  ADD ("says-why-it-is-over", NULL, test_says_why_it_is_over);
  ADD ("old-session-is-forgotten", NULL, test_old_session_is_forgotten);
  return g_test_run ();
}
