/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-calls.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_BUS (confabd_bus_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdBus, confabd_bus, CONFABD, BUS, GObject)

/* Holds the application while a method is being answered and while somebody is in a call. */
ConfabdBus *confabd_bus_new (GApplication *application,
                             ConfabdAccounts *accounts,
                             ConfabdCalls *calls);

/* Where clients on this machine reach the daemon, "http://127.0.0.1:41234", and what join links
 * begin with; before that methods fail. */
void confabd_bus_set_address (ConfabdBus *self, const char *address, const char *link_base);
/* In GApplication.dbus_register () and dbus_unregister (). */
gboolean confabd_bus_export (ConfabdBus *self,
                             GDBusConnection *connection,
                             const char *object_path,
                             GError **error);
void confabd_bus_unexport (ConfabdBus *self);

G_END_DECLS
