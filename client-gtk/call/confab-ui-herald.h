/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"
#include "confab-ui-call-page.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_HERALD (confab_ui_herald_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiHerald, confab_ui_herald, CONFAB_UI, HERALD, GObject)

ConfabUiHerald *confab_ui_herald_new (ConfabUiCallPage *page,
                                      ConfabConference *conference,
                                      ConfabUiSettings *settings);

G_END_DECLS
