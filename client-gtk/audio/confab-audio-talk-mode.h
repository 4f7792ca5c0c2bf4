/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a microphone that is not muted is heard. */
typedef enum {
  CONFAB_AUDIO_TALK_MODE_OPEN,         /* always */
  CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK, /* while the key is down */
  CONFAB_AUDIO_TALK_MODE_VOICE,        /* while somebody is loud enough */
} ConfabAudioTalkMode;

const char *confab_audio_talk_mode_to_name (ConfabAudioTalkMode mode);
gboolean confab_audio_talk_mode_from_name (const char *name, ConfabAudioTalkMode *mode);

G_END_DECLS
