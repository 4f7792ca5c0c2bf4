/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-gate.h"

G_BEGIN_DECLS

void confab_audio_shortcut_attach (GstElement *webrtc, ConfabAudioGate *gate);

G_END_DECLS
