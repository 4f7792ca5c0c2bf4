/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* Records a call as Ogg Opus: a file a person with the packets as they came, and one with all of
 * them mixed. All files begin at the same instant. Whoever hands packets in never waits for the
 * disk: a thread of its own writes. */
#define CONFAB_AUDIO_RECORDER_SELF "" /* the id of what we say ourselves */

typedef struct _ConfabAudioRecorder ConfabAudioRecorder;

/* Called at most once a recording, by the recorder's thread: nothing more will be written. */
typedef void (*ConfabAudioRecorderFailedFunc) (const GError *error, gpointer user_data);

ConfabAudioRecorder *confab_audio_recorder_new (ConfabAudioRecorderFailedFunc failed,
                                                gpointer user_data);
ConfabAudioRecorder *confab_audio_recorder_ref (ConfabAudioRecorder *self);
void confab_audio_recorder_unref (ConfabAudioRecorder *self);

gboolean confab_audio_recorder_start (ConfabAudioRecorder *self,
                                      const char *folder,
                                      GError **error);
void confab_audio_recorder_stop (ConfabAudioRecorder *self);
gboolean confab_audio_recorder_is_running (ConfabAudioRecorder *self);
void confab_audio_recorder_set_name (ConfabAudioRecorder *self, const char *id, const char *name);

/* Any thread, one at a time for each id. */
void confab_audio_recorder_put (ConfabAudioRecorder *self,
                                const char *id,
                                guint32 stream,
                                guint32 rtp_time,
                                const guint8 *packet,
                                gsize size,
                                gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioRecorder, confab_audio_recorder_unref)

G_END_DECLS
