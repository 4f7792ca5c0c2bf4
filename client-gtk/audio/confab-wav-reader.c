/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-wav-reader"

#include "confab-wav-reader.h"

#include <errno.h>
#include <math.h>
#include <speex/speex_resampler.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "confab-error.h"

#define MAX_FILE_BYTES   (256 * 1024 * 1024)
#define MAX_SECONDS      (30 * 60) /* 173 MB as samples */
#define MIN_RATE         8000
#define MAX_RATE         192000
#define MAX_CHANNELS     8
#define BLOCK_FRAMES     4096
#define RESAMPLE_QUALITY 8           /* of 10; 96 dB down, what is lost is above hearing */
#define OPEN_ENDED       G_MAXUINT32 /* written by a program that could not go back to fill it in */

#define FORMAT_PCM        1
#define FORMAT_FLOAT      3
#define FORMAT_EXTENSIBLE 0xfffe

typedef struct {
  const char *name; /* (unowned) for the messages */
  FILE *file;       /* (owned) */
  guint format;
  guint channels;
  guint rate;
  guint bits;
  guint64 left_bytes; /* of the sound */
  gboolean is_open_ended;
  SpeexResamplerState *resampler; /* (owned) (nullable) */
  GByteArray *samples;            /* (owned) */
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->file, fclose);
  g_clear_pointer (&self->resampler, speex_resampler_destroy);
  g_clear_pointer (&self->samples, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static guint
get_u16 (const guint8 *bytes)
{
  return bytes[0] | (guint) bytes[1] << 8;
}

static guint32
get_u32 (const guint8 *bytes)
{
  return get_u16 (bytes) | (guint32) get_u16 (bytes + 2) << 16;
}

static gboolean
fail (const Reader *self, GError **error, const char *what)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "“%s” %s", self->name, what);
  return FALSE;
}

static gboolean
open_file (Reader *self, GError **error)
{
  struct stat info;

  self->file = fopen (self->name, "rbe");
  if (self->file == NULL || fstat (fileno (self->file), &info) != 0) {
    int code = errno;
    ConfabError kind = code == ENOENT   ? CONFAB_ERROR_NOT_FOUND
                       : code == EACCES ? CONFAB_ERROR_NOT_ALLOWED
                                        : CONFAB_ERROR_BAD_FILE;

    g_set_error (error, CONFAB_ERROR, kind, "“%s” cannot be read: %s", self->name,
                 g_strerror (code));
    return FALSE;
  }
  if (!S_ISREG (info.st_mode))
    return fail (self, error, "is not a file");
  if (info.st_size > MAX_FILE_BYTES) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE, "“%s” is larger than %d MiB",
                 self->name, MAX_FILE_BYTES / 1024 / 1024);
    return FALSE;
  }
  self->left_bytes = (guint64) info.st_size; /* until the header says how much of it is sound */
  return TRUE;
}

static gboolean
read_bytes (Reader *self, guint8 *bytes, gsize size)
{
  if (size > self->left_bytes || fread (bytes, 1, size, self->file) != size)
    return FALSE;
  self->left_bytes -= size;
  return TRUE;
}

static gboolean
skip_bytes (Reader *self, guint64 size)
{
  if (size > self->left_bytes || fseek (self->file, (long) size, SEEK_CUR) != 0)
    return FALSE;
  self->left_bytes -= size;
  return TRUE;
}

static gboolean
is_format_known (const Reader *self)
{
  if (self->format == FORMAT_FLOAT)
    return self->bits == 32 || self->bits == 64;
  return self->format == FORMAT_PCM &&
         (self->bits == 8 || self->bits == 16 || self->bits == 24 || self->bits == 32);
}

static gboolean
read_format (Reader *self, guint32 size, GError **error)
{
  guint8 bytes[40] = { 0 };
  gsize known = MIN (size, sizeof bytes);

  if (size < 16 || !read_bytes (self, bytes, known) || !skip_bytes (self, (guint64) size - known))
    return fail (self, error, "ends in its header");
  self->format = get_u16 (bytes);
  self->channels = get_u16 (bytes + 2);
  self->rate = get_u32 (bytes + 4);
  self->bits = get_u16 (bytes + 14);
  if (self->format == FORMAT_EXTENSIBLE && size >= 40)
    self->format = get_u16 (bytes + 24); /* the first part of its GUID */
  if (!is_format_known (self))
    return fail (self, error, "is a WAV of a kind that is not read here (PCM and float are)");
  if (self->channels < 1 || self->channels > MAX_CHANNELS)
    return fail (self, error, "has a number of channels that is not read here");
  if (self->rate < MIN_RATE || self->rate > MAX_RATE)
    return fail (self, error, "has a sample rate outside of 8 to 192 kHz");
  return TRUE;
}

static gboolean
begin_sound (Reader *self, guint32 size, GError **error)
{
  guint frame_bytes = self->channels * self->bits / 8;

  self->is_open_ended = size == OPEN_ENDED || size == 0;
  if (!self->is_open_ended && size > self->left_bytes)
    return fail (self, error, "ends before its sound does");
  if (!self->is_open_ended)
    self->left_bytes = size;
  if (self->left_bytes < frame_bytes)
    return fail (self, error, "has no sound in it");
  if (self->left_bytes / frame_bytes > (guint64) self->rate * MAX_SECONDS) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE, "“%s” is longer than %d minutes",
                 self->name, MAX_SECONDS / 60);
    return FALSE;
  }
  return TRUE;
}

/* Source: Microsoft and IBM, “Multimedia Programming Interface and Data Specifications 1.0”, RIFF
 * WAVE. */
static gboolean
read_header (Reader *self, GError **error)
{
  guint8 head[12];

  if (!read_bytes (self, head, sizeof head) || memcmp (head, "RIFF", 4) != 0 ||
      memcmp (head + 8, "WAVE", 4) != 0)
    return fail (self, error, "is not a WAV file");
  while (read_bytes (self, head, 8)) {
    guint32 size = get_u32 (head + 4);

    if (memcmp (head, "data", 4) == 0)
      return self->channels > 0 ? begin_sound (self, size, error)
                                : fail (self, error, "does not say what its sound is like");
    if (memcmp (head, "fmt ", 4) == 0) {
      if (!read_format (self, size, error))
        return FALSE;
    } else if (!skip_bytes (self, size)) {
      break;
    }
    if (size % 2 != 0 && !skip_bytes (self, 1))
      break;
  }
  return fail (self, error, "ends in its header");
}

/* One sample as -1..1. */
static float
decode_sample (const Reader *self, const guint8 *bytes)
{
  guint32 word;
  float value;
  double wide;

  if (self->format == FORMAT_FLOAT && self->bits == 64) {
    guint64 both = get_u32 (bytes) | (guint64) get_u32 (bytes + 4) << 32;

    memcpy (&wide, &both, sizeof wide);
    return isfinite (wide) ? (float) wide : 0;
  }
  switch (self->bits) {
  case 8:
    return ((float) bytes[0] - 128) / 128;
  case 16:
    return (float) (gint16) get_u16 (bytes) / 32768;
  case 24:
    word = (guint32) get_u16 (bytes) << 8 | (guint32) bytes[2] << 24;
    return (float) (gint32) word / 2147483648.0f;
  default:
    word = get_u32 (bytes);
    if (self->format == FORMAT_PCM)
      return (float) (gint32) word / 2147483648.0f;
    memcpy (&value, &word, sizeof value);
    return isfinite (value) ? value : 0;
  }
}

static void
decode_frames (const Reader *self, const guint8 *bytes, float *mono, guint n_frames)
{
  guint step = self->bits / 8;

  for (guint i = 0; i < n_frames; i++) {
    float sum = 0;

    for (guint k = 0; k < self->channels; k++, bytes += step)
      sum += decode_sample (self, bytes);
    mono[i] = sum / (float) self->channels;
  }
}

static void
append_samples (Reader *self, const float *mono, guint n)
{
  gint16 samples[BLOCK_FRAMES];

  for (guint i = 0; i < n; i++)
    samples[i] = (gint16) lrintf (CLAMP (mono[i] * 32768.0f, -32768.0f, 32767.0f));
  g_byte_array_append (self->samples, (const guint8 *) samples, n * (guint) sizeof *samples);
}

static void
resample (Reader *self, const float *mono, guint n)
{
  float resampled[BLOCK_FRAMES];
  guint used = 0;

  if (self->resampler == NULL) {
    append_samples (self, mono, n);
    return;
  }
  while (used < n) {
    spx_uint32_t n_in = n - used;
    spx_uint32_t n_out = BLOCK_FRAMES;

    speex_resampler_process_float (self->resampler, 0, mono + used, &n_in, resampled, &n_out);
    used += n_in;
    append_samples (self, resampled, n_out);
  }
}

/* The last samples are still in the filter: as much silence behind them drives them out. */
static void
flush (Reader *self)
{
  const float silence[64] = { 0 };
  guint left =
      self->resampler != NULL ? (guint) speex_resampler_get_input_latency (self->resampler) : 0;

  for (; left > 0; left -= MIN (left, G_N_ELEMENTS (silence)))
    resample (self, silence, MIN (left, G_N_ELEMENTS (silence)));
}

static gboolean
read_sound (Reader *self, GError **error)
{
  guint frame_bytes = self->channels * self->bits / 8;
  g_autofree guint8 *bytes = g_malloc ((gsize) BLOCK_FRAMES * frame_bytes);
  float mono[BLOCK_FRAMES];

  while (self->left_bytes >= frame_bytes) {
    guint n = (guint) MIN (self->left_bytes / frame_bytes, BLOCK_FRAMES);

    if (!read_bytes (self, bytes, (gsize) n * frame_bytes))
      return fail (self, error, "ends before its sound does");
    decode_frames (self, bytes, mono, n);
    resample (self, mono, n);
  }
  flush (self);
  return TRUE;
}

/**
 * confab_wav_reader_load:
 * @path: a WAV file: PCM of 8, 16, 24 or 32 bit or float of 32 or 64, up to 8 channels, 8 to 192
 * kHz, at most 256 MiB and 30 minutes
 * @error: return location for a #GError
 *
 * Reads all of it, mixes its channels into one and resamples it.
 *
 * Fails with %CONFAB_ERROR_NOT_FOUND, %CONFAB_ERROR_NOT_ALLOWED, %CONFAB_ERROR_TOO_LARGE, or
 * %CONFAB_ERROR_BAD_FILE for what is no WAV, ends early, has no sound in it or is of another kind.
 * Any thread; reads the disk.
 *
 * Returns: (transfer full): gint16 samples at 48 kHz, never empty
 */
GBytes *
confab_wav_reader_load (const char *path, GError **error)
{
  g_auto (Reader) self = { .name = path };

  if (!open_file (&self, error) || !read_header (&self, error))
    return NULL;
  self.samples = g_byte_array_new ();
  if (self.rate != CONFAB_AUDIO_RATE) {
    self.resampler = speex_resampler_init (1, self.rate, CONFAB_AUDIO_RATE, RESAMPLE_QUALITY, NULL);
    speex_resampler_skip_zeros (self.resampler);
  }
  if (!read_sound (&self, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&self.samples));
}
