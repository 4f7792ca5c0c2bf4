/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"
#include "confab-ui-call-page.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_CALL_WARNINGS (confab_ui_call_warnings_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiCallWarnings, confab_ui_call_warnings, CONFAB_UI, CALL_WARNINGS, GObject)

ConfabUiCallWarnings *confab_ui_call_warnings_new (ConfabUiCallPage *page,
                                                   ConfabConference *conference);

G_END_DECLS
