/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files of one recording on one time line: who has said what when. Waits for the disk; one
 * thread. */
typedef struct _ConfabAudioRecording ConfabAudioRecording;

/* A packet as it came. One block: free it with g_free (). */
typedef struct {
  guint32 stream;
  guint32 rtp_time;
  gint64 at_us;
  gint64 position; /* samples since the beginning; of the recording's own */
  gsize size;
  gsize id_size;  /* with its end */
  guint8 bytes[]; /* the id, then the packet */
} ConfabAudioRecordedPacket;

/* Returns: (transfer full): what the file of @id is called */
typedef char *(*ConfabAudioRecordingNameFunc) (const char *id, gpointer user_data);

ConfabAudioRecordedPacket *confab_audio_recorded_packet_new (const char *id,
                                                             guint32 stream,
                                                             guint32 rtp_time,
                                                             const guint8 *packet,
                                                             gsize size,
                                                             gint64 at_us);

ConfabAudioRecording *confab_audio_recording_new (const char *folder,
                                                  gint64 begin_us,
                                                  ConfabAudioRecordingNameFunc dup_name,
                                                  gpointer user_data,
                                                  GError **error);
gboolean confab_audio_recording_take (ConfabAudioRecording *self,
                                      ConfabAudioRecordedPacket *packet,
                                      GError **error);
gboolean confab_audio_recording_advance (ConfabAudioRecording *self,
                                         gint64 now_us,
                                         gboolean is_last,
                                         GError **error);
gboolean confab_audio_recording_finish (ConfabAudioRecording *self, GError **error);

G_END_DECLS
