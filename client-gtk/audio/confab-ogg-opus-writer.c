/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ogg-opus-writer"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "confab-audio-format.h"
#include "confab-error.h"
#include "confab-ogg-opus-writer.h"

#define PAGE_SAMPLES  CONFAB_AUDIO_RATE /* a page a second: a crash costs no more */
#define PAGE_SEGMENTS 255
#define SEGMENT_BYTES 255
#define HEADER_BYTES  27
#define MAX_BYTES     60000 /* a packet is within a page */
#define PRE_SKIP      312 /* what libopus looks ahead: decoders drop it, so that time begins at 0 */
#define VENDOR        "Confab"

#define FLAG_FIRST 2
#define FLAG_LAST  4

struct _ConfabOggOpusWriter {
  FILE *file; /* (owned) */
  char *path; /* (owned) */
  guint32 serial;
  guint32 n_pages;
  guint64 granule; /* samples up to the end of the page */
  guint page_samples;
  guint8 segments[PAGE_SEGMENTS];
  guint n_segments;
  GByteArray *body; /* (owned) */
};

static gboolean
fail (ConfabOggOpusWriter *self, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "“%s” cannot be written: %s", self->path,
               g_strerror (errno));
  return FALSE;
}

/* RFC 3533, section 6: polynomial 0x04c11db7, most significant bit first, from 0. */
static guint32
add_to_crc (guint32 crc, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    crc ^= (guint32) data[i] << 24;
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ 0x04c11db7u : crc << 1;
  }
  return crc;
}

static void
put_u32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

static gboolean
write_page (ConfabOggOpusWriter *self, guint8 flags, GError **error)
{
  guint8 header[HEADER_BYTES + PAGE_SEGMENTS] = "OggS";
  guint64 granule = GUINT64_TO_LE (self->granule);
  gsize header_size = HEADER_BYTES + self->n_segments;
  guint32 crc = 0;

  header[5] = flags;
  memcpy (header + 6, &granule, sizeof granule);
  put_u32 (header + 14, self->serial);
  put_u32 (header + 18, self->n_pages++);
  header[26] = (guint8) self->n_segments;
  memcpy (header + HEADER_BYTES, self->segments, self->n_segments);
  crc = add_to_crc (add_to_crc (0, header, header_size), self->body->data, self->body->len);
  put_u32 (header + 22, crc);
  if (fwrite (header, 1, header_size, self->file) != header_size ||
      fwrite (self->body->data, 1, self->body->len, self->file) != self->body->len ||
      fflush (self->file) != 0)
    return fail (self, error);
  self->n_segments = 0;
  self->page_samples = 0;
  g_byte_array_set_size (self->body, 0);
  return TRUE;
}

static guint
count_segments (gsize size)
{
  return (guint) (size / SEGMENT_BYTES) + 1;
}

static void
put_packet (ConfabOggOpusWriter *self, const guint8 *packet, gsize size)
{
  g_byte_array_append (self->body, packet, (guint) size);
  for (; size >= SEGMENT_BYTES; size -= SEGMENT_BYTES)
    self->segments[self->n_segments++] = SEGMENT_BYTES;
  self->segments[self->n_segments++] = (guint8) size;
}

/* RFC 7845, section 5.1: version 1, one channel, pre-skip, rate, no gain, family 0. */
static gboolean
write_head (ConfabOggOpusWriter *self, GError **error)
{
  guint8 head[19] = "OpusHead\1\1";

  head[10] = PRE_SKIP & 0xff;
  head[11] = PRE_SKIP >> 8;
  put_u32 (head + 12, CONFAB_AUDIO_RATE);
  put_packet (self, head, sizeof head);
  return write_page (self, FLAG_FIRST, error);
}

static void
append_text (GByteArray *array, const char *text, gsize length)
{
  guint8 size[4];

  put_u32 (size, (guint32) length);
  g_byte_array_append (array, size, sizeof size);
  g_byte_array_append (array, (const guint8 *) text, (guint) length);
}

static gboolean
write_tags (ConfabOggOpusWriter *self, const char *title, GError **error)
{
  g_autoptr (GByteArray) tags = g_byte_array_new ();
  g_autofree char *comment = g_strdup_printf ("TITLE=%s", title);
  guint8 n_comments[4] = { 1 };

  g_byte_array_append (tags, (const guint8 *) "OpusTags", 8);
  append_text (tags, VENDOR, strlen (VENDOR));
  g_byte_array_append (tags, n_comments, sizeof n_comments);
  append_text (tags, comment, strlen (comment));
  put_packet (self, tags->data, tags->len);
  return write_page (self, 0, error);
}

static void
free_writer (ConfabOggOpusWriter *self)
{
  if (self->file != NULL)
    fclose (self->file);
  g_byte_array_unref (self->body);
  g_free (self->path);
  g_free (self);
}

/**
 * confab_ogg_opus_writer_new:
 * @path: a file that is not there yet
 * @title: what the track is called, UTF-8, at most some hundred bytes
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_FILE, also when there is a file of that name. Source: RFC 7845.
 *
 * Returns: (transfer full): the writer, to be finished
 */
ConfabOggOpusWriter *
confab_ogg_opus_writer_new (const char *path, const char *title, GError **error)
{
  ConfabOggOpusWriter *self = g_new0 (ConfabOggOpusWriter, 1);

  self->path = g_strdup (path);
  self->body = g_byte_array_new ();
  self->serial = g_random_int ();
  self->file = fopen (path, "wbxe");
  if (self->file == NULL)
    fail (self, error);
  else if (write_head (self, error) && write_tags (self, title, error))
    return self;
  free_writer (self);
  return NULL;
}

/**
 * confab_ogg_opus_writer_add:
 * @self: a writer
 * @packet: (array length=size): one Opus packet
 * @size: bytes, at most 60,000
 * @n_samples: how long it lasts at 48 kHz
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_FILE, as when the disk is full; what was written stays playable.
 */
gboolean
confab_ogg_opus_writer_add (
    ConfabOggOpusWriter *self, const guint8 *packet, gsize size, guint n_samples, GError **error)
{
  g_return_val_if_fail (size <= MAX_BYTES, FALSE);
  if (self->n_segments + count_segments (size) > PAGE_SEGMENTS && !write_page (self, 0, error))
    return FALSE;
  put_packet (self, packet, size);
  self->granule += n_samples;
  self->page_samples += n_samples;
  return self->page_samples < PAGE_SAMPLES || write_page (self, 0, error);
}

/**
 * confab_ogg_opus_writer_finish:
 * @self: (transfer full): a writer
 * @error: return location for a #GError
 *
 * Writes what is left and the mark of the end. Fails with %CONFAB_ERROR_BAD_FILE.
 */
gboolean
confab_ogg_opus_writer_finish (ConfabOggOpusWriter *self, GError **error)
{
  gboolean is_well = write_page (self, FLAG_LAST, error);

  if (fclose (g_steal_pointer (&self->file)) != 0 && is_well)
    is_well = fail (self, error);
  free_writer (self);
  return is_well;
}
