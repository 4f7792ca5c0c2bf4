/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-recorder"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "confab-audio-packet-ring.h"
#include "confab-audio-recorder.h"
#include "confab-audio-recording.h"
#include "confab-error.h"

#define MAX_QUEUED 8192 /* packets: ten people for 16 s, which a disk may well be away */
#define WAKE_MS    100

struct _ConfabAudioRecorder {
  ConfabAudioRecorderFailedFunc failed;
  gpointer user_data;
  gint is_running; /* (atomic) packets are wanted */
  GThread *thread; /* (owned) (nullable) while it records; the engine's context */

  GMutex lock;
  GCond wake;
  GHashTable *names;  /* (owned) (element-type utf8 utf8) guarded by lock */
  GQueue packets;     /* (element-type ConfabAudioRecordedPacket) guarded by lock */
  gboolean is_ending; /* guarded by lock */

  ConfabAudioRecording *recording; /* (owned) (nullable) the thread's own while it runs */
};

/**
 * confab_audio_recorder_new:
 * @failed: (nullable): called by the recorder's thread when the disk is full or the like
 * @user_data: for @failed
 *
 * Returns: (transfer full): a recorder that does not record
 */
ConfabAudioRecorder *
confab_audio_recorder_new (ConfabAudioRecorderFailedFunc failed, gpointer user_data)
{
  ConfabAudioRecorder *self = g_atomic_rc_box_new0 (ConfabAudioRecorder);

  self->failed = failed;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->packets);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

ConfabAudioRecorder *
confab_audio_recorder_ref (ConfabAudioRecorder *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  ConfabAudioRecorder *self = data;

  g_queue_clear_full (&self->packets, g_free);
  g_hash_table_unref (self->names);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
}

void
confab_audio_recorder_unref (ConfabAudioRecorder *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_recorder_set_name:
 * @self: a recorder
 * @id: of a participant
 * @name: what their file is called; counts until that file is begun
 *
 * Any thread.
 */
void
confab_audio_recorder_set_name (ConfabAudioRecorder *self, const char *id, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_replace (self->names, g_strdup (id), g_strdup (name));
}

/* ---- the thread ---- */

static char *
dup_name (const char *id, gpointer user_data)
{
  ConfabAudioRecorder *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const char *name = g_hash_table_lookup (self->names, id);

  return g_strdup (name != NULL ? name : id);
}

/* Waits a little; FALSE when this was the last. */
static gboolean
take_packets (ConfabAudioRecorder *self, GQueue *packets)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!self->is_ending)
    g_cond_wait_until (&self->wake, &self->lock,
                       g_get_monotonic_time () + WAKE_MS * G_TIME_SPAN_MILLISECOND);
  *packets = self->packets;
  g_queue_init (&self->packets);
  return !self->is_ending;
}

static gboolean
write_packets (ConfabAudioRecorder *self, GQueue *packets, gboolean is_last, GError **error)
{
  ConfabAudioRecordedPacket *packet = NULL;

  if (packets->length >= MAX_QUEUED) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE,
                         "The disk is too slow for the recording");
    return FALSE;
  }
  while ((packet = g_queue_pop_head (packets)) != NULL) {
    if (!confab_audio_recording_take (self->recording, packet, error))
      return FALSE;
  }
  return confab_audio_recording_advance (self->recording, g_get_monotonic_time (), is_last, error);
}

static gpointer
run (gpointer data)
{
  ConfabAudioRecorder *self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_well = TRUE;
  gboolean goes_on = TRUE;

  while (is_well && goes_on) {
    GQueue packets = G_QUEUE_INIT;

    goes_on = take_packets (self, &packets);
    is_well = write_packets (self, &packets, !goes_on, &error);
    g_queue_clear_full (&packets, g_free);
  }
  g_atomic_int_set (&self->is_running, FALSE);
  confab_audio_recording_finish (g_steal_pointer (&self->recording), is_well ? &error : NULL);
  if (error != NULL && self->failed != NULL)
    self->failed (error, self->user_data);
  return NULL;
}

/* ---- from outside ---- */

/**
 * confab_audio_recorder_start:
 * @self: a recorder that does not record
 * @folder: where to; made when it is not there
 * @error: return location for a #GError
 *
 * Begins: this instant is the beginning of all files. Fails with %CONFAB_ERROR_BAD_FILE, also when
 * there is a recording in @folder.
 */
gboolean
confab_audio_recorder_start (ConfabAudioRecorder *self, const char *folder, GError **error)
{
  g_return_val_if_fail (self->thread == NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "“%s” cannot be made: %s", folder,
                 g_strerror (errno));
    return FALSE;
  }
  self->recording =
      confab_audio_recording_new (folder, g_get_monotonic_time (), dup_name, self, error);
  if (self->recording == NULL)
    return FALSE;
  self->is_ending = FALSE;
  g_atomic_int_set (&self->is_running, TRUE);
  self->thread = g_thread_new ("recorder", run, self);
  return TRUE;
}

/**
 * confab_audio_recorder_stop:
 * @self: a recorder
 *
 * Ends the recording; returns when the files are complete. Does nothing when there is none.
 */
void
confab_audio_recorder_stop (ConfabAudioRecorder *self)
{
  if (self->thread == NULL)
    return;
  g_atomic_int_set (&self->is_running, FALSE);
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);
  g_queue_clear_full (&self->packets, g_free);
}

gboolean
confab_audio_recorder_is_running (ConfabAudioRecorder *self)
{
  return g_atomic_int_get (&self->is_running);
}

/**
 * confab_audio_recorder_put:
 * @self: a recorder
 * @id: whose
 * @stream: changes when @rtp_time begins anew
 * @rtp_time: of the packet, 48 kHz, wraps
 * @packet: (array length=size): Opus; copied
 * @size: bytes; more than a datagram has are dropped
 * @now_us: when it came, monotonic
 *
 * Costs nothing as long as nobody records. Never waits for the disk.
 */
void
confab_audio_recorder_put (ConfabAudioRecorder *self,
                           const char *id,
                           guint32 stream,
                           guint32 rtp_time,
                           const guint8 *packet,
                           gsize size,
                           gint64 now_us)
{
  ConfabAudioRecordedPacket *copy = NULL;

  if (!g_atomic_int_get (&self->is_running) || size == 0 || size > CONFAB_AUDIO_PACKET_MAX_BYTES)
    return;
  copy = confab_audio_recorded_packet_new (id, stream, rtp_time, packet, size, now_us);
  g_mutex_lock (&self->lock);
  /* Asked again: whoever has stopped it since then owns the queue. */
  if (g_atomic_int_get (&self->is_running) && self->packets.length < MAX_QUEUED)
    g_queue_push_tail (&self->packets, g_steal_pointer (&copy));
  g_mutex_unlock (&self->lock);
  g_free (copy);
}
