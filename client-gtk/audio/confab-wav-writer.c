/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-wav-writer"

#include "confab-wav-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"

#define HEADER_BYTES    44
#define QUEUE_SAMPLES   (10 * CONFAB_AUDIO_RATE) /* what a disk may stall without a loss */
#define BATCH_SAMPLES   (CONFAB_AUDIO_RATE / 10)
#define HEADER_SAMPLES  CONFAB_AUDIO_RATE /* after each second of sound the header is true again */
#define MAX_SOUND_BYTES (G_MAXUINT32 - HEADER_BYTES) /* 12 hours */

struct _ConfabWavWriter {
  char *path; /* (owned) */
  int fd;
  ConfabWavWriterFailedFunc failed; /* (nullable) */
  gpointer user_data;
  GThread *thread; /* (owned) */

  GMutex lock; /* guards what follows; never held during disk access */
  GCond wake;
  gint16 *queue; /* (owned) a ring */
  gsize first;
  gsize n_queued;
  gsize n_dropped; /* came while the queue was full: written as silence, so that time stays true */
  gboolean is_finishing;
  GError *error; /* (owned) (nullable) */

  /* the writer thread's own */
  gboolean is_begun; /* what was in the file before is gone */
  guint64 sound_bytes;
  gsize since_header;
};

static void
put_u16 (guint8 *bytes, guint value)
{
  bytes[0] = (guint8) value;
  bytes[1] = (guint8) (value >> 8);
}

static void
put_u32 (guint8 *bytes, guint32 value)
{
  put_u16 (bytes, value & 0xffff);
  put_u16 (bytes + 2, value >> 16);
}

static gboolean
fail (ConfabWavWriter *self, const char *doing, const char *why, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "“%s” cannot be %s: %s", self->path,
               doing, why);
  return FALSE;
}

static gboolean
write_all (ConfabWavWriter *self, const void *data, gsize size, guint64 offset, GError **error)
{
  const guint8 *bytes = data;

  while (size > 0) {
    ssize_t n = pwrite (self->fd, bytes, size, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return fail (self, "written", g_strerror (n < 0 ? errno : EIO), error);
    bytes += n;
    size -= (gsize) n;
    offset += (guint64) n;
  }
  return TRUE;
}

static gboolean
write_header (ConfabWavWriter *self, GError **error)
{
  guint8 header[HEADER_BYTES] = "RIFF....WAVEfmt ";

  put_u32 (header + 4, (guint32) (self->sound_bytes + HEADER_BYTES - 8));
  put_u32 (header + 16, 16);
  put_u16 (header + 20, 1);
  put_u16 (header + 22, 1);
  put_u32 (header + 24, CONFAB_AUDIO_RATE);
  put_u32 (header + 28, CONFAB_AUDIO_RATE * 2);
  put_u16 (header + 32, 2);
  put_u16 (header + 34, 16);
  memcpy (header + 36, "data", 4);
  put_u32 (header + 40, (guint32) self->sound_bytes);
  self->since_header = 0;
  return write_all (self, header, sizeof header, 0, error);
}

/* An older recording stays until there is a new one. */
static gboolean
begin (ConfabWavWriter *self, GError **error)
{
  if (self->is_begun)
    return TRUE;
  self->is_begun = TRUE;
  if (ftruncate (self->fd, 0) != 0)
    return fail (self, "written", g_strerror (errno), error);
  return write_header (self, error);
}

static gboolean
write_samples (ConfabWavWriter *self, gint16 *samples, gsize n, GError **error)
{
  if (self->sound_bytes + n * sizeof *samples > MAX_SOUND_BYTES)
    return fail (self, "continued", "a WAV file cannot be larger than 4 GiB", error);
  for (gsize i = 0; i < n; i++)
    samples[i] = GINT16_TO_LE (samples[i]);
  if (!write_all (self, samples, n * sizeof *samples, HEADER_BYTES + self->sound_bytes, error))
    return FALSE;
  self->sound_bytes += n * sizeof *samples;
  self->since_header += n;
  return self->since_header < HEADER_SAMPLES || write_header (self, error);
}

/* Waits for a batch (for less only at the end); the queue first, then what silence stands for. 0:
 * the end. */
static gsize
take_batch (ConfabWavWriter *self, gint16 *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize n;

  while (!self->is_finishing && self->n_queued < BATCH_SAMPLES && self->n_dropped == 0)
    g_cond_wait (&self->wake, &self->lock);
  n = MIN (self->n_queued, BATCH_SAMPLES);
  for (gsize i = 0; i < n; i++)
    batch[i] = self->queue[(self->first + i) % QUEUE_SAMPLES];
  self->first = (self->first + n) % QUEUE_SAMPLES;
  self->n_queued -= n;
  if (n > 0)
    return n;
  n = MIN (self->n_dropped, BATCH_SAMPLES);
  memset (batch, 0, n * sizeof *batch);
  self->n_dropped -= n;
  return n;
}

static gpointer
run (gpointer data)
{
  ConfabWavWriter *self = data;
  gint16 batch[BATCH_SAMPLES];
  g_autoptr (GError) error = NULL;
  gboolean is_well = TRUE;
  gsize n;

  while (is_well && (n = take_batch (self, batch)) > 0)
    is_well = begin (self, &error) && write_samples (self, batch, n, &error);
  if (is_well && (!self->is_begun || write_header (self, &error)))
    return NULL;
  g_mutex_lock (&self->lock);
  self->error = g_error_copy (error);
  g_mutex_unlock (&self->lock);
  if (self->failed != NULL)
    self->failed (error, self->user_data);
  return NULL;
}

static void
writer_free (ConfabWavWriter *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_clear_error (&self->error);
  g_free (self->queue);
  g_free (self->path);
  g_free (self);
}

/**
 * confab_wav_writer_new:
 * @path: the file; one that is there is replaced
 * @failed: (nullable): called at most once, by the writer's thread, when the disk is full or the
 * like
 * @error: return location for a #GError
 *
 * Creates the file with a header of its own right away, so that a mistake in the path shows before
 * the call does. While it grows the header is brought up to date every second: after a crash all
 * but the last second is there.
 *
 * Fails with %CONFAB_ERROR_BAD_FILE. Any thread.
 *
 * Returns: (transfer full): the writer; end it with confab_wav_writer_finish ()
 */
ConfabWavWriter *
confab_wav_writer_new (const char *path,
                       ConfabWavWriterFailedFunc failed,
                       gpointer user_data,
                       GError **error)
{
  ConfabWavWriter *self = g_new0 (ConfabWavWriter, 1);

  self->path = g_strdup (path);
  self->failed = failed;
  self->user_data = user_data;
  self->queue = g_new (gint16, QUEUE_SAMPLES);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->fd = open (path, O_CREAT | O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0666);
  if (self->fd < 0)
    fail (self, "written", g_strerror (errno), error);
  if (self->fd < 0 || (lseek (self->fd, 0, SEEK_END) == 0 && !begin (self, error))) {
    writer_free (self);
    return NULL;
  }
  self->thread = g_thread_new ("confab-wav", run, self);
  return self;
}

/**
 * confab_wav_writer_push:
 * @samples: (array length=n_samples): 48 kHz mono
 *
 * Hands samples over to the writer's thread. When that is ten seconds behind they become silence.
 * Never waits for the disk; one thread, the mixer's.
 */
void
confab_wav_writer_push (ConfabWavWriter *self, const gint16 *samples, gsize n_samples)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize n = self->n_dropped == 0 ? MIN (n_samples, QUEUE_SAMPLES - self->n_queued) : 0;

  if (self->error != NULL)
    return;
  for (gsize i = 0; i < n; i++)
    self->queue[(self->first + self->n_queued + i) % QUEUE_SAMPLES] = samples[i];
  self->n_queued += n;
  self->n_dropped += n_samples - n;
  if (self->n_queued >= BATCH_SAMPLES || self->n_dropped > 0)
    g_cond_signal (&self->wake);
}

/**
 * confab_wav_writer_finish:
 * @self: (transfer full): the writer
 * @error: return location for a #GError
 *
 * Writes what is queued and the final header, and ends the thread: waits for the disk.
 *
 * Returns: whether all of it was written; if not, @error is what the failed function got
 */
gboolean
confab_wav_writer_finish (ConfabWavWriter *self, GError **error)
{
  gboolean is_well;

  g_mutex_lock (&self->lock);
  self->is_finishing = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  is_well = self->error == NULL;
  if (!is_well)
    g_propagate_error (error, g_steal_pointer (&self->error));
  writer_free (self);
  return is_well;
}
