/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-account-view"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-account-actions.h"
#include "confab-ui-account-view.h"
#include "confab-ui-bus-account.h"
#include "confab-ui-member-account.h"

/* “calls.example.org”, “127.0.0.1:8080”; NULL for the daemon of this computer */
static const char *
get_host (ConfabUiAccount *account)
{
  const char *server =
      CONFAB_UI_IS_BUS_ACCOUNT (account) ? NULL : confab_ui_account_get_server (account);
  const char *scheme_end = server == NULL ? NULL : strstr (server, "://");

  return scheme_end == NULL ? server : scheme_end + strlen ("://");
}

/**
 * confab_ui_account_view_show:
 * @page: the start page
 * @account: who makes the calls
 * @vault: where sessions are kept
 *
 * Says on the page on which server one is and as whom, and when one will have to sign in again.
 */
void
confab_ui_account_view_show (ConfabUiHomePage *page, ConfabUiAccount *account, ConfabVault *vault)
{
  g_autoptr (GMenuModel) menu = confab_ui_account_actions_make_menu (account);
  gboolean is_member = CONFAB_UI_IS_MEMBER_ACCOUNT (account);
  gboolean is_kept = !is_member || confab_vault_is_lasting (vault);

  confab_ui_home_page_set_server (page, get_host (account));
  confab_ui_home_page_set_account (page, menu, is_member);
  confab_ui_home_page_set_account_notice (
      page, is_kept ? NULL
                    : _ ("The keyring of this computer cannot be used. You will have to sign in "
                         "again next time."));
}
