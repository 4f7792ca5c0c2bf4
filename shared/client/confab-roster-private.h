/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-message.h"

G_BEGIN_DECLS

/* What the message “joined” says. */
typedef struct {
  ConfabCall *call;        /* (owned) */
  const char *link;        /* (unowned) belongs to the message */
  const char *self_id;     /* (unowned) belongs to the message */
  GDateTime *started_at;   /* (owned) */
  GPtrArray *participants; /* (element-type ConfabParticipant) (owned) */
  GPtrArray *ice_servers;  /* (element-type ConfabIceServer) (owned) */
} ConfabRoster;

gboolean confab_roster_read (ConfabRoster *roster, ConfabMessage *message, GError **error);
GPtrArray *confab_roster_make_live (ConfabRoster *roster);
void confab_roster_clear (ConfabRoster *roster);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabRoster, confab_roster_clear)

G_END_DECLS
