/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-sign-in-page.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SERVER_INQUIRY (confab_ui_server_inquiry_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiServerInquiry, confab_ui_server_inquiry, CONFAB_UI, SERVER_INQUIRY, GObject)

ConfabUiServerInquiry *confab_ui_server_inquiry_new (ConfabUiSignInPage *page);
void confab_ui_server_inquiry_ask (ConfabUiServerInquiry *self);
void confab_ui_server_inquiry_stop (ConfabUiServerInquiry *self);

G_END_DECLS
