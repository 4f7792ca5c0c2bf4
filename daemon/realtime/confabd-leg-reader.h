/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confab-participant.h"

G_BEGIN_DECLS

#define CONFABD_LEG_PROTOCOL_VERSION 1
#define CONFABD_LEG_MAX_INTEGER      (G_GINT64_CONSTANT (1) << 53) /* exact in every JSON reader */

gboolean confabd_leg_read_hello (ConfabMessage *message, const char **ticket, GError **error);
gboolean confabd_leg_read_join (ConfabMessage *message,
                                const char **call_id,
                                ConfabParticipantFlags *flags,
                                GError **error);
gboolean confabd_leg_read_state (ConfabMessage *message,
                                 ConfabParticipantFlags *flags,
                                 GError **error);
GPtrArray *confabd_leg_write_participants (GPtrArray *roster);
GPtrArray *confabd_leg_write_ice_servers (GPtrArray *servers);

G_END_DECLS
