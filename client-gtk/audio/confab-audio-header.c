/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-header"

#include "config.h"

#include <gst/audio/audio.h>
#include <math.h>

#include "confab-audio-header.h"
#include "confab-audio-told-level.h"

#define UNITS_PER_MS 2
#define MAX_UNITS    254
#define NOT_KNOWN    255

/* Level and age together take no more room than the level alone: the block is filled up to words of
 * four bytes (RFC 8285, section 4.2). */
struct _ConfabAudioHeader {
  gint level_id;      /* (atomic) as agreed; 0: not at all */
  gint capture_id;    /* (atomic) */
  gint our_capture;   /* (atomic) units; NOT_KNOWN */
  gint their_capture; /* (atomic) units; NOT_KNOWN */
  ConfabAudioToldLevel told;
};

ConfabAudioHeader *
confab_audio_header_ref (ConfabAudioHeader *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release (self);
}

void
confab_audio_header_unref (ConfabAudioHeader *self)
{
  unref (self);
}

/**
 * confab_audio_header_new:
 *
 * Returns: (transfer full): headers of a connection, with nothing agreed
 */
ConfabAudioHeader *
confab_audio_header_new (void)
{
  ConfabAudioHeader *self = g_atomic_rc_box_new0 (ConfabAudioHeader);

  self->our_capture = self->their_capture = NOT_KNOWN;
  confab_audio_told_level_init (&self->told);
  return self;
}

/**
 * confab_audio_header_agree:
 * @self: the headers
 * @extmap: what the other side's description says
 */
void
confab_audio_header_agree (ConfabAudioHeader *self, const ConfabAudioExtmap *extmap)
{
  g_atomic_int_set (&self->level_id, (gint) extmap->level);
  g_atomic_int_set (&self->capture_id, (gint) extmap->capture);
}

/* ---- what we send: the payloader's thread ---- */

static void
write_level (ConfabAudioHeader *self, GstRTPBuffer *rtp, GstAudioLevelMeta *meta)
{
  gint id = g_atomic_int_get (&self->level_id);
  guint8 byte = 0;

  if (id == 0 || meta == NULL)
    return;
  byte = (guint8) (MIN (meta->level, 127) | (meta->voice_activity ? 0x80 : 0));
  gst_rtp_buffer_add_extension_onebyte_header (rtp, (guint8) id, &byte, sizeof byte);
}

static void
write_capture (ConfabAudioHeader *self, GstRTPBuffer *rtp)
{
  gint id = g_atomic_int_get (&self->capture_id);
  guint8 byte = (guint8) g_atomic_int_get (&self->our_capture);

  if (id != 0)
    gst_rtp_buffer_add_extension_onebyte_header (rtp, (guint8) id, &byte, sizeof byte);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  ConfabAudioHeader *self = user_data;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  info->data = buffer;
  if (!gst_rtp_buffer_map (buffer, GST_MAP_READWRITE, &rtp))
    return GST_PAD_PROBE_OK;
  write_level (self, &rtp, gst_buffer_get_audio_level_meta (buffer));
  write_capture (self, &rtp);
  gst_rtp_buffer_unmap (&rtp);
  return GST_PAD_PROBE_OK;
}

/**
 * confab_audio_header_attach:
 * @self: the headers
 * @payloader: (transfer none): whose packets get them; the level of a frame is in its
 *   #GstAudioLevelMeta
 */
void
confab_audio_header_attach (ConfabAudioHeader *self, GstElement *payloader)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (payloader, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, confab_audio_header_ref (self),
                     unref);
}

/**
 * confab_audio_header_set_capture_ms:
 * @self: the headers
 * @capture_ms: how long sound takes from our microphone to our encoder, up to 127 ms; negative: not
 *   known
 */
void
confab_audio_header_set_capture_ms (ConfabAudioHeader *self, double capture_ms)
{
  gint units = NOT_KNOWN;

  if (capture_ms >= 0)
    units = (gint) MIN (lround (capture_ms * UNITS_PER_MS), MAX_UNITS);
  g_atomic_int_set (&self->our_capture, units);
}

/* ---- what comes ---- */

static gboolean
find_byte (GstRTPBuffer *rtp, gint id, guint8 *byte)
{
  gpointer data = NULL;
  guint size = 0;

  if (id == 0 || !gst_rtp_buffer_get_extension_onebyte_header (rtp, (guint8) id, 0, &data, &size) ||
      size == 0)
    return FALSE;
  *byte = *(const guint8 *) data;
  return TRUE;
}

/**
 * confab_audio_header_take:
 * @self: the headers
 * @rtp: a packet, mapped
 * @now_us: monotonic time
 *
 * Takes note of what a packet says. A stranger may write anything: what is not there or not agreed
 * is ignored, and every byte has a meaning within bounds.
 */
void
confab_audio_header_take (ConfabAudioHeader *self, GstRTPBuffer *rtp, gint64 now_us)
{
  guint8 byte = 0;

  if (find_byte (rtp, g_atomic_int_get (&self->level_id), &byte))
    confab_audio_told_level_tell (&self->told, byte, now_us);
  if (find_byte (rtp, g_atomic_int_get (&self->capture_id), &byte))
    g_atomic_int_set (&self->their_capture, byte);
}

/**
 * confab_audio_header_get_level:
 * @self: the headers
 * @level_dbov: (out): how loud the other side says to be, -127 to 0
 * @is_speaking: (out): whether that is speech
 *
 * Returns: whether the other side says it; else nothing is set
 */
gboolean
confab_audio_header_get_level (ConfabAudioHeader *self, double *level_dbov, gboolean *is_speaking)
{
  return confab_audio_told_level_get (&self->told, g_get_monotonic_time (), level_dbov,
                                      is_speaking);
}

/**
 * confab_audio_header_get_capture_ms:
 * @self: the headers
 *
 * Returns: how long sound takes from the other side's microphone to its encoder, 0 to 127; negative
 *   when it does not say
 */
double
confab_audio_header_get_capture_ms (ConfabAudioHeader *self)
{
  gint units = g_atomic_int_get (&self->their_capture);

  return units == NOT_KNOWN ? -1 : (double) units / UNITS_PER_MS;
}
