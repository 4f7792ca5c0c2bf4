/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-server-info.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SIGN_IN_PAGE (confab_ui_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiSignInPage, confab_ui_sign_in_page, CONFAB_UI, SIGN_IN_PAGE, GtkWidget)

/* What stands in the page: borrowed from its entries, good until they change. */
typedef struct {
  const char *server;
  const char *login;
  const char *password;
  const char *display_name;
  const char *email;
  const char *invite;
  gboolean is_registering;
  gboolean has_no_letters; /* as far as one knows of the server */
  gboolean stays;
} ConfabUiSignInForm;

GtkWidget *confab_ui_sign_in_page_new (void);
void confab_ui_sign_in_page_get_form (ConfabUiSignInPage *self, ConfabUiSignInForm *form);
void confab_ui_sign_in_page_set_can_go_back (ConfabUiSignInPage *self, gboolean can_go_back);
void confab_ui_sign_in_page_set_server (ConfabUiSignInPage *self, const char *server);
void confab_ui_sign_in_page_set_servers (ConfabUiSignInPage *self, const char *const *servers);
void confab_ui_sign_in_page_set_offer (ConfabUiSignInPage *self,
                                       ConfabServerInfo *offer,
                                       const char *problem);
void confab_ui_sign_in_page_set_login (ConfabUiSignInPage *self, const char *login);
void confab_ui_sign_in_page_set_busy (ConfabUiSignInPage *self, gboolean is_busy);
void confab_ui_sign_in_page_set_problem (ConfabUiSignInPage *self, const char *sentence);
void confab_ui_sign_in_page_set_note (ConfabUiSignInPage *self, const char *sentence);
void confab_ui_sign_in_page_clear_password (ConfabUiSignInPage *self);
void confab_ui_sign_in_page_focus (ConfabUiSignInPage *self);

G_END_DECLS
