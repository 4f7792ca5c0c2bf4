/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-relays.h"

G_BEGIN_DECLS

void confab_audio_ice_configure (GstElement *webrtc, ConfabAudioRelays *relays);

G_END_DECLS
