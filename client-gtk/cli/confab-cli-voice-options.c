/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include "confab-cli-voice-options.h"

GOptionGroup *
confab_cli_voice_options_get_group (ConfabCliVoiceOptions *self)
{
  const GOptionEntry entries[] = {
    { "no-automatic-gain", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &self->has_automatic_gain,
      "Leave everybody as loud as they are", NULL },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new (
      "sound", "What is done to sound:", "Show what is done to sound", NULL, NULL);

  g_option_group_add_entries (group, entries);
  return group;
}

void
confab_cli_voice_options_apply (const ConfabCliVoiceOptions *self, ConfabAudioEngine *engine)
{
  confab_audio_engine_set_automatic_gain (engine, self->has_automatic_gain);
}
