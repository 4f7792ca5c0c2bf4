/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/sdp/sdp.h>

G_BEGIN_DECLS

#define CONFAB_AUDIO_SDP_MAX_BYTES (16 * 1024) /* ours and Chromium's are below 2 KiB */

/* A description of the other side that passed every check. */
typedef struct _ConfabAudioSdp ConfabAudioSdp;

ConfabAudioSdp *confab_audio_sdp_new (const char *text, GError **error);
void confab_audio_sdp_free (ConfabAudioSdp *self);
const GstSDPMessage *confab_audio_sdp_get_message (ConfabAudioSdp *self);
const char *confab_audio_sdp_get_fingerprint (ConfabAudioSdp *self);
guint confab_audio_sdp_get_payload_type (ConfabAudioSdp *self);
guint confab_audio_sdp_get_least_frame_ms (ConfabAudioSdp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioSdp, confab_audio_sdp_free)

G_END_DECLS
