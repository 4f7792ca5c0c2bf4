/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confab-participant.h"
#include "confabd-hub.h"

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
ConfabMessage *confabd_leg_write_welcome (ConfabUser *user, GDateTime *now);
ConfabMessage *confabd_leg_write_joined (const ConfabdHubParts *parts,
                                         ConfabCall *call,
                                         ConfabParticipant *self,
                                         GPtrArray *others);
ConfabMessage *confabd_leg_write_failure (guint close_code);

G_END_DECLS
