/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The yardstick: libspeexdsp's jitter buffer with libopus behind it, used as Mumble uses it. */
typedef struct _SpeexReceiver SpeexReceiver;

SpeexReceiver *speex_receiver_new (guint frame_samples);
void speex_receiver_free (SpeexReceiver *self);
void speex_receiver_put (
    SpeexReceiver *self, guint16 seq, guint32 timestamp, const guint8 *payload, gsize size);
/* the next 10 ms */
void speex_receiver_pull (SpeexReceiver *self, gint16 *out);

G_END_DECLS
