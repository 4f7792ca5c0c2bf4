/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-recording"

#include "config.h"

#include <opus.h>
#include <string.h>

#include "confab-audio-format.h"
#include "confab-audio-recording.h"
#include "confab-audio-timeline.h"
#include "confab-error.h"
#include "confab-ogg-opus-writer.h"

#define HOLD_MS        300 /* packets that overtake each other are put in order meanwhile */
#define MAX_TRACKS     200 /* of one recording: people who come back begin another one */
#define MAX_HELD       500 /* of one track: ten seconds that all came at once */
#define LEAST_HOLE     240 /* a shorter one is no pause, and filling it would be heard in the voice */
#define PRE_SKIP       312
#define MIX_FRAME      960
#define MIX_BITRATE    64000
#define MAX_MIX_BYTES  1500
#define MAX_PCM        5760 /* 120 ms, the longest packet */
#define MAX_NAME_CHARS 60
#define SAMPLES_AT(us) ((us) *CONFAB_AUDIO_RATE / G_USEC_PER_SEC)

typedef struct {
  ConfabOggOpusWriter *writer; /* (owned) */
  OpusDecoder *decoder;        /* (owned) */
  gint64 position;             /* samples written */
  ConfabAudioTimeline timeline;
  GQueue held; /* (element-type ConfabAudioRecordedPacket) (owned) by position */
} Track;

struct _ConfabAudioRecording {
  char *folder; /* (owned) */
  gint64 begin_us;
  ConfabAudioRecordingNameFunc dup_name;
  gpointer user_data;
  GHashTable *tracks; /* (owned) (element-type utf8 Track) */

  ConfabOggOpusWriter *mix_writer; /* (owned) */
  OpusEncoder *mix_encoder;        /* (owned) */
  gint64 mix_position;             /* samples written */
  GArray *mix;                     /* (owned) (element-type gfloat) from mix_position on */
};

/* Opus frames that say silence, of 20, 10, 5 and 2.5 ms: CELT, full band, one channel (RFC 6716,
 * section 3.1), and nothing in it. */
static const struct {
  guint n_samples;
  guint8 packet[3];
} silences[] = {
  { 960, { 0xf8, 0xff, 0xfe } },
  { 480, { 0xf0, 0xff, 0xfe } },
  { 240, { 0xe8, 0xff, 0xfe } },
  { 120, { 0xe0, 0xff, 0xfe } },
};

ConfabAudioRecordedPacket *
confab_audio_recorded_packet_new (const char *id,
                                  guint32 stream,
                                  guint32 rtp_time,
                                  const guint8 *packet,
                                  gsize size,
                                  gint64 at_us)
{
  gsize id_size = strlen (id) + 1;
  ConfabAudioRecordedPacket *self = g_malloc (sizeof *self + id_size + size);

  self->stream = stream;
  self->rtp_time = rtp_time;
  self->at_us = at_us;
  self->position = 0;
  self->size = size;
  self->id_size = id_size;
  memcpy (self->bytes, id, id_size);
  memcpy (self->bytes + id_size, packet, size);
  return self;
}

static void
free_track (gpointer data)
{
  Track *track = data;

  g_clear_pointer (&track->decoder, opus_decoder_destroy);
  g_queue_clear_full (&track->held, g_free);
  g_free (track);
}

/* ---- files ---- */

/* Names come from others, and go into files and the file system. */
static char *
dup_title (ConfabAudioRecording *self, const char *id)
{
  g_autofree char *name = self->dup_name (id, self->user_data);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  return g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_NAME_CHARS));
}

static char *
make_file_name (const char *title, guint number)
{
  g_autofree char *name = g_strdup (title);

  for (char *at = name; *at != '\0'; at++) {
    if (*at == '/' || *at == '\\' || g_ascii_iscntrl (*at))
      *at = '_';
  }
  return g_strdup_printf ("%02u %s.opus", number, name);
}

static ConfabOggOpusWriter *
open_file (ConfabAudioRecording *self, const char *file_name, const char *title, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, file_name, NULL);

  return confab_ogg_opus_writer_new (path, title, error);
}

static Track *
add_track (ConfabAudioRecording *self, const char *id, GError **error)
{
  g_autofree char *title = dup_title (self, id);
  g_autofree char *file_name = make_file_name (title, g_hash_table_size (self->tracks) + 1);
  ConfabOggOpusWriter *writer = open_file (self, file_name, title, error);
  Track *track = NULL;

  if (writer == NULL)
    return NULL;
  track = g_new0 (Track, 1);
  track->writer = writer;
  track->decoder = opus_decoder_create (CONFAB_AUDIO_RATE, 1, NULL);
  g_queue_init (&track->held);
  g_hash_table_insert (self->tracks, g_strdup (id), track);
  return track;
}

/* ---- the time line ---- */

/* What is no Opus after all stays out, and its place is filled with what follows. */
static gboolean
write_to_track (ConfabAudioRecording *self,
                Track *track,
                const guint8 *packet,
                gsize size,
                guint n_samples,
                GError **error)
{
  float pcm[MAX_PCM];
  int n = opus_decode_float (track->decoder, packet, (opus_int32) size, pcm, MAX_PCM, 0);

  if (n < 0)
    return TRUE;
  if (!confab_ogg_opus_writer_add (track->writer, packet, size, n_samples, error))
    return FALSE;
  for (int i = 0; i < n; i++) {
    gint64 at = track->position + i - PRE_SKIP - self->mix_position;

    if (at < 0)
      continue;
    if ((guint64) at >= self->mix->len)
      g_array_set_size (self->mix, (guint) at + MIX_FRAME);
    g_array_index (self->mix, float, at) += pcm[i];
  }
  track->position += n_samples;
  return TRUE;
}

static gboolean
fill_track (ConfabAudioRecording *self, Track *track, gint64 position, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (silences);) {
    if (position - track->position < (gint64) silences[i].n_samples) {
      i++;
    } else if (!write_to_track (self, track, silences[i].packet, sizeof silences[i].packet,
                                silences[i].n_samples, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* What comes a second time, or after its place was filled, is dropped. */
static gboolean
write_packet (ConfabAudioRecording *self,
              Track *track,
              const ConfabAudioRecordedPacket *packet,
              GError **error)
{
  const guint8 *data = packet->bytes + packet->id_size;
  int n_samples = opus_packet_get_nb_samples (data, (opus_int32) packet->size, CONFAB_AUDIO_RATE);

  if (n_samples <= 0 || packet->position + n_samples / 2 < track->position)
    return TRUE;
  if (packet->position - track->position > LEAST_HOLE &&
      !fill_track (self, track, packet->position, error))
    return FALSE;
  return write_to_track (self, track, data, packet->size, (guint) n_samples, error);
}

static gboolean
advance_track (ConfabAudioRecording *self, Track *track, gint64 until, GError **error)
{
  while (!g_queue_is_empty (&track->held)) {
    g_autofree ConfabAudioRecordedPacket *packet = NULL;
    ConfabAudioRecordedPacket *next = g_queue_peek_head (&track->held);

    if (next->position > until)
      break;
    packet = g_queue_pop_head (&track->held);
    if (!write_packet (self, track, packet, error))
      return FALSE;
  }
  return fill_track (self, track, until, error);
}

static gboolean
write_mix (ConfabAudioRecording *self, gint64 until, GError **error)
{
  guint8 packet[MAX_MIX_BYTES];

  while (self->mix_position + MIX_FRAME <= until) {
    int size = 0;

    if (self->mix->len < MIX_FRAME)
      g_array_set_size (self->mix, MIX_FRAME);
    size = opus_encode_float (self->mix_encoder, (float *) (gpointer) self->mix->data, MIX_FRAME,
                              packet, sizeof packet);
    if (size > 0 &&
        !confab_ogg_opus_writer_add (self->mix_writer, packet, (gsize) size, MIX_FRAME, error))
      return FALSE;
    g_array_remove_range (self->mix, 0, MIX_FRAME);
    self->mix_position += MIX_FRAME;
  }
  return TRUE;
}

static gint
compare_positions (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 one = ((const ConfabAudioRecordedPacket *) a)->position;
  gint64 other = ((const ConfabAudioRecordedPacket *) b)->position;

  return one < other ? -1 : one > other;
}

/**
 * confab_audio_recording_take:
 * @self: a recording
 * @packet: (transfer full): what came
 * @error: return location for a #GError
 *
 * Gives a packet its place: the first of a stream where it came, the others where their time stamps
 * say. Fails with %CONFAB_ERROR_BAD_FILE.
 */
gboolean
confab_audio_recording_take (ConfabAudioRecording *self,
                             ConfabAudioRecordedPacket *packet,
                             GError **error)
{
  const char *id = (const char *) packet->bytes;
  Track *track = g_hash_table_lookup (self->tracks, id);

  if (track == NULL && g_hash_table_size (self->tracks) < MAX_TRACKS) {
    track = add_track (self, id, error);
    if (track == NULL) {
      g_free (packet);
      return FALSE;
    }
  }
  if (track == NULL || track->held.length >= MAX_HELD) {
    g_free (packet);
    return TRUE;
  }
  packet->position =
      confab_audio_timeline_place (&track->timeline, packet->stream, packet->rtp_time,
                                   MAX (0, SAMPLES_AT (packet->at_us - self->begin_us)));
  g_queue_insert_sorted (&track->held, packet, compare_positions, NULL);
  return TRUE;
}

/**
 * confab_audio_recording_advance:
 * @self: a recording
 * @now_us: monotonic
 * @is_last: whether nothing comes any more
 * @error: return location for a #GError
 *
 * Writes what has settled. Where nobody said anything, silence goes in: all tracks stay in step.
 * Fails with %CONFAB_ERROR_BAD_FILE.
 */
gboolean
confab_audio_recording_advance (ConfabAudioRecording *self,
                                gint64 now_us,
                                gboolean is_last,
                                GError **error)
{
  gint64 hold_us = is_last ? 0 : HOLD_MS * G_TIME_SPAN_MILLISECOND;
  gint64 until = MAX (0, SAMPLES_AT (now_us - hold_us - self->begin_us));
  gint64 settled = until;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Track *track = value;

    if (!advance_track (self, track, until, error))
      return FALSE;
    settled = MIN (settled, track->position);
  }
  return write_mix (self, settled - PRE_SKIP, error);
}

/**
 * confab_audio_recording_new:
 * @folder: where to, is there
 * @begin_us: the instant at which all files begin, monotonic
 * @dup_name: how files are called
 * @user_data: for @dup_name
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_FILE.
 *
 * Returns: (transfer full): a recording, to be finished
 */
ConfabAudioRecording *
confab_audio_recording_new (const char *folder,
                            gint64 begin_us,
                            ConfabAudioRecordingNameFunc dup_name,
                            gpointer user_data,
                            GError **error)
{
  ConfabAudioRecording *self = g_new0 (ConfabAudioRecording, 1);

  self->folder = g_strdup (folder);
  self->begin_us = begin_us;
  self->dup_name = dup_name;
  self->user_data = user_data;
  self->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_track);
  self->mix = g_array_new (FALSE, TRUE, sizeof (float));
  self->mix_encoder = opus_encoder_create (CONFAB_AUDIO_RATE, 1, OPUS_APPLICATION_AUDIO, NULL);
  opus_encoder_ctl (self->mix_encoder, OPUS_SET_BITRATE (MIX_BITRATE));
  self->mix_writer = open_file (self, "mix.opus", "Everybody", error);
  if (self->mix_writer != NULL)
    return self;
  confab_audio_recording_finish (self, NULL);
  return NULL;
}

/**
 * confab_audio_recording_finish:
 * @self: (transfer full): a recording
 * @error: (nullable): return location for a #GError
 *
 * Completes the files. Fails with %CONFAB_ERROR_BAD_FILE when one of them is not.
 */
gboolean
confab_audio_recording_finish (ConfabAudioRecording *self, GError **error)
{
  g_autoptr (GError) first = NULL;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    confab_ogg_opus_writer_finish (((Track *) value)->writer, first == NULL ? &first : NULL);
  if (self->mix_writer != NULL)
    confab_ogg_opus_writer_finish (self->mix_writer, first == NULL ? &first : NULL);
  g_hash_table_unref (self->tracks);
  g_array_unref (self->mix);
  opus_encoder_destroy (self->mix_encoder);
  g_free (self->folder);
  g_free (self);
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}
