/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-outlet.h"
#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* One encoder's frames to every peer. */
ConfabAudioFanout *confab_audio_fanout_new (void);
void confab_audio_fanout_free (ConfabAudioFanout *self);
void confab_audio_fanout_add (ConfabAudioFanout *self, ConfabAudioOutlet *outlet);
void confab_audio_fanout_remove (ConfabAudioFanout *self, ConfabAudioOutlet *outlet);
gboolean confab_audio_fanout_is_awaited (ConfabAudioFanout *self);
void confab_audio_fanout_push (ConfabAudioFanout *self, GstBuffer *frame);

G_END_DECLS
