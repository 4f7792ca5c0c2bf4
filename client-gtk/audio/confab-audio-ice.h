/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void confab_audio_ice_configure (GstElement *webrtc, GPtrArray *ice_servers);

G_END_DECLS
