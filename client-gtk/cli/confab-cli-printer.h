/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"
#include "confab-message.h"

G_BEGIN_DECLS

/* One event of a stay: what --json prints, and the sentence for people (NULL: they are spared it).
 */
typedef struct {
  ConfabMessage *message; /* (owned) */
  char *sentence;         /* (owned) (nullable) */
} ConfabCliEvent;

/* One participant's connection at one moment. */
typedef struct {
  const char *id; /* (unowned) */
  gboolean is_connected;
  double level_dbov;
  ConfabAudioPeerStats stats; /* when connected; negative: not known */
} ConfabCliPeer;

typedef struct _ConfabCliPrinter ConfabCliPrinter;

ConfabCliPrinter *confab_cli_printer_new (gboolean is_json);
void confab_cli_printer_free (ConfabCliPrinter *self);
gboolean confab_cli_printer_print (ConfabCliPrinter *self, ConfabCliEvent event);
void confab_cli_complain (const char *sentence);

ConfabCliEvent confab_cli_event_joined (ConfabLiveCall *call);
ConfabCliEvent confab_cli_event_participant (const char *kind, ConfabLiveParticipant *participant);
ConfabCliEvent confab_cli_event_first_audio (ConfabLiveParticipant *participant,
                                             guint ms_since_join);
ConfabCliEvent confab_cli_event_safety_code (ConfabLiveParticipant *participant,
                                             gboolean has_changed);
ConfabCliEvent confab_cli_event_recording (ConfabLiveParticipant *participant);
ConfabCliEvent confab_cli_event_peer_failed (ConfabLiveParticipant *participant,
                                             const GError *error);
ConfabCliEvent confab_cli_event_error (const char *kind, const GError *error);
ConfabCliEvent confab_cli_event_device (const char *id, const char *name, gboolean is_input);
ConfabCliEvent confab_cli_event_plain (const char *kind, const char *sentence);
ConfabCliEvent confab_cli_event_stats (guint elapsed_s,
                                       double level_dbov,
                                       const ConfabCliPeer *peers,
                                       guint n_peers);
ConfabCliEvent confab_cli_event_left (const char *reason);

G_END_DECLS
