/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-device-list.h"

G_BEGIN_DECLS

ConfabAudioDevice *confab_audio_device_new (const char *id, const char *name, gboolean is_input);

G_END_DECLS
