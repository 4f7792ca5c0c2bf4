/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-outlet"

#include "config.h"

#include <gst/app/app.h>

#include "confab-audio-format.h"
#include "confab-audio-outlet.h"

#define BACKLOG_FRAMES  10 /* not a time: DTX makes gaps in time that are no backlog */
#define NEWCOMER_FRAMES 10 /* with sound or not: the first of them opens the other side's mix */

/* Counted atomically: the fanout holds it, too. */
struct _ConfabAudioOutlet {
  ConfabAudioGate *gate; /* (owned) */
  GstElement *source;    /* (owned) appsrc */
  guint n_greeted;       /* guarded by the fan-out's lock: of NEWCOMER_FRAMES */
  gint n_frames;         /* (atomic) */
  gint n_bytes;          /* (atomic) of Opus, wraps */
};

static GstElement *
make_source (void)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("audio/x-opus", "rate", G_TYPE_INT, CONFAB_AUDIO_RATE, "channels",
                           G_TYPE_INT, 1, "channel-mapping-family", G_TYPE_INT, 0, "stream-count",
                           G_TYPE_INT, 1, "coupled-count", G_TYPE_INT, 0, NULL);

  /* Leaky: a connection that does not drain never holds the capture up. */
  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0,
                "max-buffers", (guint64) BACKLOG_FRAMES, "max-time", (guint64) 0, "leaky-type",
                GST_APP_LEAKY_TYPE_DOWNSTREAM, "caps", caps, NULL);
  return source;
}

static GstElement *
make_payloader (guint payload_type)
{
  GstElement *payloader = gst_element_factory_make ("rtpopuspay", NULL);

  /* dtx: an empty frame stays here, and marks the next one as the beginning of a talk spurt. */
  g_object_set (payloader, "pt", payload_type, "dtx", TRUE, "auto-header-extension", FALSE, NULL);
  return payloader;
}

static GstElement *
make_caps_filter (void)
{
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "application/x-rtp, media=(string)audio, encoding-name=(string)OPUS, clock-rate=(int)48000");

  g_object_set (filter, "caps", caps, NULL);
  return filter;
}

/**
 * confab_audio_outlet_new:
 * @gate: (transfer none): what a frame has to pass
 *
 * Returns: (transfer full): an outlet that leads nowhere before confab_audio_outlet_attach ()
 */
ConfabAudioOutlet *
confab_audio_outlet_new (ConfabAudioGate *gate)
{
  ConfabAudioOutlet *self = g_atomic_rc_box_new0 (ConfabAudioOutlet);

  self->gate = confab_audio_gate_ref (gate);
  self->source = gst_object_ref_sink (make_source ());
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioOutlet *self = data;

  gst_object_unref (self->source);
  confab_audio_gate_unref (self->gate);
}

ConfabAudioOutlet *
confab_audio_outlet_ref (ConfabAudioOutlet *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_outlet_unref (ConfabAudioOutlet *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_outlet_attach:
 * @self: the outlet
 * @webrtc: (transfer none): a webrtcbin in its pipeline, in which the outlet's elements go as well
 * @header: (transfer none): what goes along with each packet
 * @payload_type: of the packets
 *
 * Leads to a connection. For once: a payloader that has sent its caps cannot change its payload
 * type any more.
 */
void
confab_audio_outlet_attach (ConfabAudioOutlet *self,
                            GstElement *webrtc,
                            ConfabAudioHeader *header,
                            guint payload_type)
{
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (webrtc));
  GstElement *payloader = make_payloader (payload_type);
  GstElement *filter = make_caps_filter ();

  confab_audio_header_attach (header, payloader);
  gst_bin_add_many (GST_BIN (pipeline), self->source, payloader, filter, NULL);
  gst_element_link_many (self->source, payloader, filter, webrtc, NULL);
}

/**
 * confab_audio_outlet_is_awaiting:
 * @self: the outlet
 *
 * Returns: whether the connection is new and wants frames even of silence. Without them who speaks
 *   with somebody silent would wait for the next comfort frame, 400 ms, until they are connected.
 */
gboolean
confab_audio_outlet_is_awaiting (ConfabAudioOutlet *self)
{
  return self->n_greeted < NEWCOMER_FRAMES && confab_audio_gate_is_open (self->gate);
}

/**
 * confab_audio_outlet_push:
 * @self: the outlet
 * @frame: (transfer none): one Opus frame
 *
 * Sends a frame, once the other side has shown the certificate that it announced; until then frames
 * are dropped here. The data is shared between all outlets, not copied.
 */
void
confab_audio_outlet_push (ConfabAudioOutlet *self, GstBuffer *frame)
{
  GstBuffer *copy = NULL;

  if (!confab_audio_gate_is_open (self->gate))
    return;
  copy = gst_buffer_copy (frame);
  if (gst_app_src_push_buffer (GST_APP_SRC (self->source), copy) == GST_FLOW_OK) {
    g_atomic_int_inc (&self->n_frames);
    g_atomic_int_add (&self->n_bytes, (gint) gst_buffer_get_size (frame));
  }
  self->n_greeted = MIN (self->n_greeted + 1, NEWCOMER_FRAMES);
}

guint
confab_audio_outlet_get_n_frames (ConfabAudioOutlet *self)
{
  return (guint) g_atomic_int_get (&self->n_frames);
}

/* Of Opus; wraps. */
guint32
confab_audio_outlet_get_n_bytes (ConfabAudioOutlet *self)
{
  return (guint32) g_atomic_int_get (&self->n_bytes);
}
