/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-member"

#include "config.h"

#include "confab-audio-member-state.h"

#define CONNECTING CONFAB_AUDIO_MEMBER_CONNECTING
#define CONNECTED  CONFAB_AUDIO_MEMBER_CONNECTED
#define REBUILDING CONFAB_AUDIO_MEMBER_REBUILDING
#define FAILED     CONFAB_AUDIO_MEMBER_FAILED

/* A peer that has failed stays so through the slow attempts that follow, until it is heard. */
/* clang-format off */
static const ConfabAudioMemberState table[CONFAB_AUDIO_N_MEMBER_STATES][CONFAB_AUDIO_N_MEMBER_EVENTS] = {
  /*                HEARD      LOST        GIVE_UP */
  [CONNECTING] = { CONNECTED, REBUILDING, FAILED },
  [CONNECTED]  = { CONNECTED, REBUILDING, FAILED },
  [REBUILDING] = { CONNECTED, REBUILDING, FAILED },
  [FAILED]     = { CONNECTED, FAILED,     FAILED },
};

static const char *const names[] = {
  [CONNECTING] = "connecting",
  [CONNECTED]  = "connected",
  [REBUILDING] = "rebuilding",
  [FAILED]     = "failed",
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (names) == CONFAB_AUDIO_N_MEMBER_STATES);

ConfabAudioMemberState
confab_audio_member_state_next (ConfabAudioMemberState state, ConfabAudioMemberEvent event)
{
  g_assert (state < CONFAB_AUDIO_N_MEMBER_STATES && event < CONFAB_AUDIO_N_MEMBER_EVENTS);
  return table[state][event];
}

const char *
confab_audio_member_state_to_string (ConfabAudioMemberState state)
{
  g_assert (state < CONFAB_AUDIO_N_MEMBER_STATES);
  return names[state];
}
