/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"

G_BEGIN_DECLS

/* What is to be done to sound. */
typedef struct {
  gboolean has_echo_cancellation;
  gboolean has_noise_suppression;
  gboolean has_noise_gate;
  gboolean has_high_pass;
  gboolean has_automatic_gain;
  guint frame_ms; /* 0: by the network */
  ConfabAudioDelayMode device_delay;
} ConfabCliVoiceOptions;

#define CONFAB_CLI_VOICE_OPTIONS_INIT                                                    \
  {                                                                                      \
    .has_echo_cancellation = TRUE, .has_noise_suppression = TRUE, .has_high_pass = TRUE, \
    .has_automatic_gain = TRUE,                                                          \
  }

/* (transfer full): its options fill self, which outlives it */
GOptionGroup *confab_cli_voice_options_get_group (ConfabCliVoiceOptions *self);
void confab_cli_voice_options_apply (const ConfabCliVoiceOptions *self, ConfabAudioEngine *engine);

G_END_DECLS
