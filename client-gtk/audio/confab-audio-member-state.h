/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_AUDIO_MEMBER_CONNECTING,
  CONFAB_AUDIO_MEMBER_CONNECTED,
  CONFAB_AUDIO_MEMBER_REBUILDING,
  CONFAB_AUDIO_MEMBER_FAILED,
} ConfabAudioMemberState;

typedef enum {
  CONFAB_AUDIO_MEMBER_HEARD,   /* sound of a generation reached the mixer, or still does */
  CONFAB_AUDIO_MEMBER_LOST,    /* nothing comes any more, or an attempt came to nothing */
  CONFAB_AUDIO_MEMBER_GIVE_UP, /* that was the last attempt, or a wrong certificate */
} ConfabAudioMemberEvent;

#define CONFAB_AUDIO_N_MEMBER_STATES (CONFAB_AUDIO_MEMBER_FAILED + 1)
#define CONFAB_AUDIO_N_MEMBER_EVENTS (CONFAB_AUDIO_MEMBER_GIVE_UP + 1)

ConfabAudioMemberState confab_audio_member_state_next (ConfabAudioMemberState state,
                                                       ConfabAudioMemberEvent event);
const char *confab_audio_member_state_to_string (ConfabAudioMemberState state);

G_END_DECLS
