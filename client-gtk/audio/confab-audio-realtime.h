/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How a thread may come to real-time priority, in the order in which it is tried. */
typedef enum {
  CONFAB_AUDIO_REALTIME_WAY_END,
  CONFAB_AUDIO_REALTIME_WAY_DIRECT, /* this process may: RLIMIT_RTPRIO, CAP_SYS_NICE */
  CONFAB_AUDIO_REALTIME_WAY_PORTAL,
  CONFAB_AUDIO_REALTIME_WAY_KIT,
} ConfabAudioRealtimeWay;

#define CONFAB_AUDIO_REALTIME_MAX_WAYS 4 /* with the end */

/* Real-time priority for the threads that carry sound: they wait for nothing that the desktop has
 * to decide, and keep up when everything else is busy. */
typedef struct _ConfabAudioRealtime ConfabAudioRealtime;

/* Once at most, in the context: the first thread that no way helped. */
typedef void (*ConfabAudioRealtimeRefusedFunc) (const GError *error, gpointer user_data);

const ConfabAudioRealtimeWay *confab_audio_realtime_get_usual_ways (void);
ConfabAudioRealtime *confab_audio_realtime_new (const ConfabAudioRealtimeWay *ways,
                                                GMainContext *context,
                                                ConfabAudioRealtimeRefusedFunc refused,
                                                gpointer user_data);
ConfabAudioRealtime *confab_audio_realtime_ref (ConfabAudioRealtime *self);
void confab_audio_realtime_unref (ConfabAudioRealtime *self);
void confab_audio_realtime_close (ConfabAudioRealtime *self);

/* The thread that it is about. */
void confab_audio_realtime_enter (ConfabAudioRealtime *self);
void confab_audio_realtime_leave (ConfabAudioRealtime *self);

/* The streaming threads that a pipeline will have. */
void confab_audio_realtime_watch (ConfabAudioRealtime *self, GstElement *pipeline);

G_END_DECLS
