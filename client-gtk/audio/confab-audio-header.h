/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/rtp/rtp.h>

#include "confab-audio-extmap.h"

G_BEGIN_DECLS

/* What goes along in the headers of RTP packets, both ways. Counted atomically. */
typedef struct _ConfabAudioHeader ConfabAudioHeader;

ConfabAudioHeader *confab_audio_header_new (void);
ConfabAudioHeader *confab_audio_header_ref (ConfabAudioHeader *self);
void confab_audio_header_unref (ConfabAudioHeader *self);

void confab_audio_header_agree (ConfabAudioHeader *self, const ConfabAudioExtmap *extmap);
void confab_audio_header_attach (ConfabAudioHeader *self, GstElement *payloader);
void confab_audio_header_set_capture_ms (ConfabAudioHeader *self, double capture_ms);

/* Network threads. */
void confab_audio_header_take (ConfabAudioHeader *self, GstRTPBuffer *rtp, gint64 now_us);

/* Any thread. */
gboolean confab_audio_header_get_level (ConfabAudioHeader *self,
                                        double *level_dbov,
                                        gboolean *is_speaking);
double confab_audio_header_get_capture_ms (ConfabAudioHeader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioHeader, confab_audio_header_unref)

G_END_DECLS
