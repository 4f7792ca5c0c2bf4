/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-ice-renewal-private.h"
#include "confab-live-call.h"
#include "confab-message.h"
#include "confab-signaling-private.h"

G_BEGIN_DECLS

struct _ConfabLiveCall {
  GObject parent_instance;

  ConfabSession *session;     /* (owned) */
  ConfabSignaling *signaling; /* (owned) */
  ConfabClock *clock;         /* (owned) */
  ConfabLinkState state;
  ConfabCall *call;              /* (owned) */
  char *link;                    /* (owned) (nullable) */
  char *self_id;                 /* (owned) (nullable) before the first joined */
  GDateTime *started_at;         /* (owned) (nullable) by the server's clock */
  GPtrArray *participants;       /* (element-type ConfabLiveParticipant) (owned) */
  GPtrArray *ice_servers;        /* (element-type ConfabIceServer) (owned) */
  ConfabIceRenewal *ice_renewal; /* (owned) */
  GSource *join_timer;           /* (owned) (nullable) between join and joined */
  guint join_deadline_ms;
  gboolean is_muted;
  gboolean is_deafened;
  gboolean is_listen_only;
};

typedef enum {
  PROP_CALL = 1,
  PROP_STATE,
  PROP_SELF_ID,
  PROP_STARTED_AT,
  PROP_LINK,
  PROP_MUTED,
  PROP_DEAFENED,
  PROP_LISTEN_ONLY,
  PROP_ICE_SERVERS,
} ConfabLiveCallProperty;

void confab_live_call_notify (ConfabLiveCall *self, ConfabLiveCallProperty property);
gboolean confab_live_call_find_position (ConfabLiveCall *self,
                                         const char *participant_id,
                                         guint *position);

/* confab-live-call-link.c */
void confab_live_call_open_link (ConfabLiveCall *self, const char *device_name);
gboolean confab_live_call_apply_event (ConfabLiveCall *self, ConfabLinkEvent event);
gboolean confab_live_call_finish_stay (ConfabLiveCall *self);
void confab_live_call_fail (ConfabLiveCall *self, const GError *error);

/* confab-live-call-self.c */
void confab_live_call_send_flag (ConfabLiveCall *self, const char *name, gboolean value);
void confab_live_call_update_self (ConfabLiveCall *self);

/* confab-live-call-messages.c */
void confab_live_call_take_message (ConfabLiveCall *self, ConfabMessage *message);

/* For tests. */
ConfabSignaling *confab_live_call_get_signaling (ConfabLiveCall *self);
void confab_live_call_set_clock (ConfabLiveCall *self, ConfabClock *clock);
void confab_live_call_set_join_deadline_ms (ConfabLiveCall *self, guint deadline_ms);

G_END_DECLS
