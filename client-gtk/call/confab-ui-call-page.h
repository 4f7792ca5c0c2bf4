/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-audio-engine.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_UI_CALL_PHASE_CONNECTING,
  CONFAB_UI_CALL_PHASE_LIVE,
  CONFAB_UI_CALL_PHASE_OVER,
} ConfabUiCallPhase;

typedef enum {
  CONFAB_UI_NOTICE_LINK,      /* the connection to the server */
  CONFAB_UI_NOTICE_AUDIO,     /* microphone and speaker */
  CONFAB_UI_NOTICE_RELAY,     /* who needs one may hear nobody */
  CONFAB_UI_NOTICE_ECHO,      /* the others hear themselves */
  CONFAB_UI_NOTICE_MUTED,     /* one talks and nobody hears it */
  CONFAB_UI_NOTICE_TRUST,     /* somebody may be listening in between */
  CONFAB_UI_NOTICE_RECORDING, /* who records the call */
  CONFAB_UI_NOTICE_PRESENCE,  /* who has come or gone */
} ConfabUiNotice;

#define CONFAB_UI_N_NOTICES (CONFAB_UI_NOTICE_PRESENCE + 1)

#define CONFAB_UI_TYPE_CALL_PAGE (confab_ui_call_page_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiCallPage, confab_ui_call_page, CONFAB_UI, CALL_PAGE, GtkWidget)

GtkWidget *confab_ui_call_page_new (void);
void confab_ui_call_page_set_roster (ConfabUiCallPage *self, GListModel *roster);
void confab_ui_call_page_set_stats (ConfabUiCallPage *self,
                                    const char *participant_id,
                                    const ConfabAudioPeerStats *stats);
void confab_ui_call_page_set_devices (ConfabUiCallPage *self,
                                      GListModel *microphones,
                                      GListModel *speakers);
void confab_ui_call_page_set_chosen_devices (ConfabUiCallPage *self,
                                             const char *microphone,
                                             const char *speaker);
void confab_ui_call_page_set_title (ConfabUiCallPage *self, const char *title);
void confab_ui_call_page_set_link (ConfabUiCallPage *self, const char *link);
void confab_ui_call_page_set_elapsed (ConfabUiCallPage *self, guint elapsed_s);
void confab_ui_call_page_set_phase (ConfabUiCallPage *self, ConfabUiCallPhase phase);
ConfabUiCallPhase confab_ui_call_page_get_phase (ConfabUiCallPage *self);
void confab_ui_call_page_set_notice (ConfabUiCallPage *self,
                                     ConfabUiNotice notice,
                                     const char *text);
const char *confab_ui_call_page_get_notice (ConfabUiCallPage *self, ConfabUiNotice notice);
void confab_ui_call_page_set_talk_hint (ConfabUiCallPage *self,
                                        const char *text,
                                        gboolean is_talking);
void confab_ui_call_page_say (ConfabUiCallPage *self, const char *text);
void confab_ui_call_page_show_over (ConfabUiCallPage *self,
                                    const char *title,
                                    const char *sentence,
                                    gboolean can_rejoin);
void confab_ui_call_page_open_invite (ConfabUiCallPage *self);

G_END_DECLS
