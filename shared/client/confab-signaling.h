/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-client.h"
#include "confab-message.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_SIGNALING (confab_signaling_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabSignaling, confab_signaling, CONFAB, SIGNALING, GObject)

/* One WebSocket session that reconnects with back-off: ticket -> connect -> hello -> welcome.
 * Signals: "welcome" (ConfabMessage), "message" (ConfabMessage), "lost" (GError: will try again),
 * "failed" (GError: will not) */
CONFAB_AVAILABLE_IN_ALL
ConfabSignaling *confab_signaling_new (ConfabClient *client, const char *device_name);
CONFAB_AVAILABLE_IN_ALL
void confab_signaling_open (ConfabSignaling *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_signaling_send (ConfabSignaling *self, ConfabMessage *message);
CONFAB_AVAILABLE_IN_ALL
void confab_signaling_close (ConfabSignaling *self);
/* server clock minus ours, from welcome and pong */
CONFAB_AVAILABLE_IN_ALL
gint64 confab_signaling_get_clock_offset_us (ConfabSignaling *self);

G_END_DECLS
