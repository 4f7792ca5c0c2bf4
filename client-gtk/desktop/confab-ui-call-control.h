/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"

G_BEGIN_DECLS

/* Who may hold the key of push-to-talk. */
typedef enum {
  CONFAB_UI_TALKER_WINDOW,  /* a key of the keyboard, in our window */
  CONFAB_UI_TALKER_DESKTOP, /* one that the desktop watches for us */
  CONFAB_UI_TALKER_BUS,     /* a program on the session bus */
} ConfabUiTalker;

#define CONFAB_UI_TYPE_CALL_CONTROL (confab_ui_call_control_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiCallControl, confab_ui_call_control, CONFAB_UI, CALL_CONTROL, GObject)

/* Properties, read-only: in-call, muted, talking. */
ConfabUiCallControl *confab_ui_call_control_new (void);
void confab_ui_call_control_set_conference (ConfabUiCallControl *self,
                                            ConfabConference *conference);
gboolean confab_ui_call_control_get_in_call (ConfabUiCallControl *self);
ConfabAudioEngine *confab_ui_call_control_get_engine (ConfabUiCallControl *self);
gboolean confab_ui_call_control_set_muted (ConfabUiCallControl *self, gboolean is_muted);
gboolean confab_ui_call_control_get_muted (ConfabUiCallControl *self);
gboolean confab_ui_call_control_press (ConfabUiCallControl *self, ConfabUiTalker talker);
gboolean confab_ui_call_control_release (ConfabUiCallControl *self, ConfabUiTalker talker);
gboolean confab_ui_call_control_get_talking (ConfabUiCallControl *self);

G_END_DECLS
