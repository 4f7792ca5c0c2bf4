/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-call-control.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_CALL_BUS (confab_ui_call_bus_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiCallBus, confab_ui_call_bus, CONFAB_UI, CALL_BUS, GObject)

ConfabUiCallBus *confab_ui_call_bus_new (ConfabUiCallControl *control,
                                         GDBusConnection *connection,
                                         GError **error);

G_END_DECLS
