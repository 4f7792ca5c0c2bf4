/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-feedback"

#include "config.h"

#include <gst/rtp/rtp.h>

#include "confab-audio-feedback.h"
#include "confab-audio-format.h"

/* Five seconds are the rule of RFC 3550 for sessions of any size; with feedback (RFC 4585, section
 * 3.5.3) two ends may report as often as 5 % of the bandwidth lets them. */
#define INTERVAL_NS (500 * GST_MSECOND)

/* Counted atomically: the session's signal holds it. */
struct _ConfabAudioFeedback {
  gboolean is_attached; /* engine's context */

  GMutex lock; /* guards all below */
  gboolean is_new;
  guint8 fraction_lost; /* 1/256 */
  guint32 jitter;       /* in units of the RTP clock */
};

static void
clear (gpointer data)
{
  ConfabAudioFeedback *self = data;

  g_mutex_clear (&self->lock);
}

ConfabAudioFeedback *
confab_audio_feedback_new (void)
{
  ConfabAudioFeedback *self = g_atomic_rc_box_new0 (ConfabAudioFeedback);

  g_mutex_init (&self->lock);
  return self;
}

void
confab_audio_feedback_unref (ConfabAudioFeedback *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* ---- the network's thread ---- */

/* Two reports between two questions are rare; the worse one counts. */
static void
take_block (ConfabAudioFeedback *self, GstRTCPPacket *packet, guint i)
{
  guint32 ssrc = 0, highest = 0, jitter = 0, lsr = 0, dlsr = 0;
  guint8 fraction_lost = 0;
  gint32 n_lost = 0;

  gst_rtcp_packet_get_rb (packet, i, &ssrc, &fraction_lost, &n_lost, &highest, &jitter, &lsr,
                          &dlsr);
  g_mutex_lock (&self->lock);
  self->fraction_lost = self->is_new ? MAX (self->fraction_lost, fraction_lost) : fraction_lost;
  self->jitter = self->is_new ? MAX (self->jitter, jitter) : jitter;
  self->is_new = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
on_rtcp (GObject *session, GstBuffer *buffer, gpointer user_data)
{
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gboolean has_packet = FALSE;

  if (!gst_rtcp_buffer_validate_reduced (buffer) ||
      !gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp))
    return;
  for (has_packet = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); has_packet;
       has_packet = gst_rtcp_packet_move_to_next (&packet)) {
    GstRTCPType type = gst_rtcp_packet_get_type (&packet);

    if ((type == GST_RTCP_TYPE_SR || type == GST_RTCP_TYPE_RR) &&
        gst_rtcp_packet_get_rb_count (&packet) > 0)
      take_block (user_data, &packet, 0); /* we send one stream, so there is one report on it */
  }
  gst_rtcp_buffer_unmap (&rtcp);
}

/* ---- the engine's context ---- */

static void
unref_in_closure (gpointer data, GClosure *closure)
{
  confab_audio_feedback_unref (data);
}

/**
 * confab_audio_feedback_attach:
 * @self: the feedback
 * @webrtc: (transfer none): a webrtcbin; its session comes with the negotiation
 *
 * Listens to the receiver and has our own reports sent as often as its should come. To be called
 * again until there is a session; does nothing afterwards.
 */
void
confab_audio_feedback_attach (ConfabAudioFeedback *self, GstElement *webrtc)
{
  g_autoptr (GstElement) rtpbin = NULL;
  g_autoptr (GObject) session = NULL;

  if (self->is_attached)
    return;
  rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");
  g_signal_emit_by_name (rtpbin, "get-internal-session", 0, &session);
  if (session == NULL)
    return;
  g_object_set (session, "rtcp-min-interval", (guint64) INTERVAL_NS, NULL);
  g_signal_connect_data (session, "on-receiving-rtcp", G_CALLBACK (on_rtcp),
                         g_atomic_rc_box_acquire (self), unref_in_closure, 0);
  self->is_attached = TRUE;
}

/**
 * confab_audio_feedback_take:
 * @self: the feedback
 * @report: (out caller-allocates): what came since this was asked last; its rtt_ms is not touched
 *
 * Returns: whether anything came
 */
gboolean
confab_audio_feedback_take (ConfabAudioFeedback *self, ConfabAudioReport *report)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!self->is_new)
    return FALSE;
  self->is_new = FALSE;
  report->loss_ratio = self->fraction_lost / 256.0;
  report->jitter_ms = (double) self->jitter / CONFAB_AUDIO_SAMPLES_PER_MS;
  return TRUE;
}
