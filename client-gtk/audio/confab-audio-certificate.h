/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

char *confab_audio_certificate_fingerprint (const char *pem);
char *confab_audio_certificate_dup_shown (GstElement *webrtc, const char *which);

G_END_DECLS
