/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_MIN_BITRATE       12000
#define CONFAB_AUDIO_MAX_BITRATE       64000
#define CONFAB_AUDIO_MAX_ENCODED_BYTES 1275 /* one Opus frame (RFC 6716, section 3.4) */

/* One Opus frame; all of it is valid within the callback alone. */
typedef struct {
  const guint8 *data;
  gsize size;      /* 1 or 2: nothing is sent until the next frame (DTX) */
  guint n_samples; /* its duration at 48 kHz */
  guint64 time_ns; /* of its first sample, on the clock of what was fed */
} ConfabAudioEncoderFrame;

typedef void (*ConfabAudioEncoderFunc) (const ConfabAudioEncoderFrame *frame, gpointer user_data);

/* Opus as calls use it. Fed by one thread; the setters may be called by any, and count from the
 * next frame on. */
typedef struct _ConfabAudioEncoder ConfabAudioEncoder;

guint confab_audio_encoder_get_look_ahead (gboolean is_low_delay);
ConfabAudioEncoder *confab_audio_encoder_new (ConfabAudioEncoderFunc func, gpointer user_data);
void confab_audio_encoder_free (ConfabAudioEncoder *self);

/* Any thread. */
void confab_audio_encoder_set_frame_ms (ConfabAudioEncoder *self, guint frame_ms);
guint confab_audio_encoder_get_frame_ms (ConfabAudioEncoder *self);
void confab_audio_encoder_set_bitrate (ConfabAudioEncoder *self, guint bits_per_s);
guint confab_audio_encoder_get_bitrate (ConfabAudioEncoder *self);
void confab_audio_encoder_set_loss_percent (ConfabAudioEncoder *self, guint percent);
guint confab_audio_encoder_get_loss_percent (ConfabAudioEncoder *self);
void confab_audio_encoder_set_dtx (ConfabAudioEncoder *self, gboolean has_dtx);
void confab_audio_encoder_set_complexity (ConfabAudioEncoder *self, guint complexity);
void confab_audio_encoder_set_low_delay (ConfabAudioEncoder *self, gboolean is_low_delay);
gboolean confab_audio_encoder_get_low_delay (ConfabAudioEncoder *self);

/* The feeding thread. */
void confab_audio_encoder_feed (ConfabAudioEncoder *self,
                                const gint16 *samples,
                                guint n_samples,
                                guint64 time_ns);
void confab_audio_encoder_reset (ConfabAudioEncoder *self);

G_END_DECLS
