/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-adaptation.h"

G_BEGIN_DECLS

/* What one receiver says of our packets, in its RTCP. */
typedef struct _ConfabAudioFeedback ConfabAudioFeedback;

ConfabAudioFeedback *confab_audio_feedback_new (void);
void confab_audio_feedback_unref (ConfabAudioFeedback *self);
/* The engine's context. */
void confab_audio_feedback_attach (ConfabAudioFeedback *self, GstElement *webrtc);
gboolean confab_audio_feedback_take (ConfabAudioFeedback *self, ConfabAudioReport *report);

G_END_DECLS
