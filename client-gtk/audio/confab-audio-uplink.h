/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-encoder.h"
#include "confab-audio-talk.h"

G_BEGIN_DECLS

/* What happens to the sound of a microphone on its way to the others, in ticks of 10 ms: who
 * may be heard, level, the one Opus encoder. Plain C, fed by the capture's thread; the rest from
 * any thread. */
typedef struct _ConfabAudioUplink ConfabAudioUplink;

/* Changes one tick in place, before it is muted. The capture's thread. */
typedef void (*ConfabAudioUplinkProcessFunc) (gint16 *samples, guint n_samples, gpointer user_data);

ConfabAudioUplink *confab_audio_uplink_new (ConfabAudioTalk *talk,
                                            ConfabAudioEncoderFunc func,
                                            gpointer user_data);
void confab_audio_uplink_free (ConfabAudioUplink *self);

void confab_audio_uplink_feed (ConfabAudioUplink *self,
                               const gint16 *samples,
                               guint n_samples,
                               guint64 time_ns);
void confab_audio_uplink_reset (ConfabAudioUplink *self);
void confab_audio_uplink_set_process (ConfabAudioUplink *self,
                                      ConfabAudioUplinkProcessFunc func,
                                      gpointer user_data);

ConfabAudioEncoder *confab_audio_uplink_get_encoder (ConfabAudioUplink *self);
double confab_audio_uplink_get_level (ConfabAudioUplink *self, gboolean *is_speaking);

G_END_DECLS
