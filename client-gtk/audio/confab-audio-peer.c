/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-peer"

#include "config.h"

#include <gst/app/app.h>
#include <gst/webrtc/webrtc.h>

#include "confab-audio-closer.h"
#include "confab-audio-context.h"
#include "confab-audio-fanout.h"
#include "confab-audio-feedback.h"
#include "confab-audio-ice.h"
#include "confab-audio-inlet.h"
#include "confab-audio-negotiation.h"
#include "confab-audio-peer.h"
#include "confab-audio-toolkit.h"
#include "confab-error.h"

#define OUR_PAYLOAD_TYPE 96  /* first of the dynamic ones (RFC 3551, section 6) */
#define MAX_SSRCS        4   /* each costs a jitter buffer and a thread; a good peer has one */
#define BACKLOG_FRAMES   10  /* not a time: DTX makes gaps in time that are no backlog */
#define NEWCOMER_FRAMES  10  /* with sound or not: the first of them opens the other side's mix */
#define BURIAL_MS        400 /* a webrtcbin closed amid negotiation leaks its agent: 1 in 250 */

/* Counted atomically: streaming threads hold it through closures and probes. */
struct _ConfabAudioPeer {
  const ConfabAudioParts *parts; /* (unowned) outlives every open peer; engine's context only */
  GMainContext *context;         /* (owned) */
  guint generation;
  guint payload_type;
  ConfabAudioPeerEvents events;
  gpointer user_data; /* (unowned) the member; not used after close */

  GstElement *pipeline;                /* (owned) until shut down */
  GstElement *source;                  /* (owned) appsrc */
  GstElement *webrtc;                  /* (owned) */
  GSource *bus_watch;                  /* (owned) */
  ConfabAudioNegotiation *negotiation; /* (owned) until shut down */
  ConfabAudioGate *gate;               /* (owned) */
  ConfabAudioInlet *inlet;             /* (owned) */
  ConfabAudioFeedback *feedback;       /* (owned) */
  ConfabAudioSafety *safety;           /* (owned) engine's context */

  gint n_sent;           /* (atomic) frames */
  guint n_greeted;       /* capture's thread: of NEWCOMER_FRAMES */
  gint rtt_us;           /* (atomic) -1: not known yet */
  gint is_stats_pending; /* (atomic) */
};

static void
unref_peer (gpointer data)
{
  confab_audio_peer_unref (data);
}

/* ---- what happens ---- */

static void
on_heard (gpointer user_data)
{
  ConfabAudioPeer *self = user_data;

  self->events.heard (self, self->user_data);
}

static void
on_send (ConfabSignal *signal, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;
  g_autoptr (ConfabSignal) whole = NULL;

  if (confab_signal_get_sdp (signal) != NULL)
    whole = confab_signal_with_safety (signal, confab_audio_safety_get_opening (self->safety));
  self->events.send (self, whole != NULL ? whole : signal, self->user_data);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;

  self->events.failed (self, error, self->user_data);
}

static void
on_verified (const char *ours, const char *theirs, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;

  confab_audio_safety_set_certificates (self->safety, ours, theirs);
  self->events.safety (self, self->user_data);
}

static const ConfabAudioNegotiationEvents negotiation_events = { on_send, on_failed, on_verified };

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR || confab_audio_gate_is_closed (self->gate))
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &cause, NULL);
  error = g_error_new (CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED, "The connection broke: %s",
                       cause->message);
  self->events.failed (self, error, self->user_data);
  return G_SOURCE_CONTINUE;
}

/* ---- building ---- */

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
  g_object_set (payloader, "pt", payload_type, "dtx", TRUE, NULL);
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

static GstElement *
make_webrtc (void)
{
  GstElement *webrtc = gst_element_factory_make ("webrtcbin", NULL);
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  g_object_set (webrtc, "latency", 0, NULL);
  g_object_set (rtpbin, "max-streams", MAX_SSRCS, NULL);
  return webrtc;
}

static void
build_pipeline (ConfabAudioPeer *self)
{
  g_autofree char *name = g_strdup_printf ("peer-%u", self->generation);
  GstElement *payloader = make_payloader (self->payload_type);
  GstElement *filter = make_caps_filter ();

  self->source = gst_object_ref (make_source ());
  self->webrtc = gst_object_ref (make_webrtc ());
  self->pipeline = confab_audio_toolkit_new_pipeline (name, self->parts);
  gst_bin_add_many (GST_BIN (self->pipeline), self->source, payloader, filter, self->webrtc, NULL);
  gst_element_link_many (self->source, payloader, filter, self->webrtc, NULL);
}

static void
watch_bus (ConfabAudioPeer *self)
{
  g_autoptr (GstBus) bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));

  self->bus_watch = gst_bus_create_watch (bus);
  g_source_set_callback (self->bus_watch, G_SOURCE_FUNC (on_bus_message), self, NULL);
  g_source_attach (self->bus_watch, self->context);
}

static void
open_inlet (ConfabAudioPeer *self, const ConfabAudioPeerSetup *setup)
{
  ConfabAudioInletSetup inlet = {
    .context = self->context,
    .mixer = self->parts->mixer,
    .gate = self->gate,
    .payload_type = self->payload_type,
    .volume = setup->volume,
    .replaced = setup->replaced,
    .heard = on_heard,
    .user_data = self,
  };

  self->inlet = confab_audio_inlet_new (&inlet);
  confab_audio_inlet_attach (self->inlet, self->webrtc);
}

static void
start (ConfabAudioPeer *self, const ConfabAudioPeerSetup *setup)
{
  watch_bus (self);
  gst_element_set_state (self->pipeline, GST_STATE_READY);
  confab_audio_ice_configure (self->webrtc, self->parts->ice_servers);
  self->negotiation = confab_audio_negotiation_new (self->context, self->webrtc, self->gate,
                                                    self->generation, &negotiation_events, self);
  confab_audio_negotiation_prefer_opus (self->negotiation, self->payload_type,
                                        setup->offer == NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  if (setup->offer != NULL)
    confab_audio_negotiation_take_description (self->negotiation, setup->offer, TRUE);
  else
    confab_audio_negotiation_offer (self->negotiation);
}

/* Who offers without a commitment takes no part: then there is no code, but the certificates are
 * known all the same. */
static ConfabAudioSafety *
new_safety (const ConfabAudioPeerSetup *setup)
{
  if (setup->offer == NULL)
    return confab_audio_safety_new (NULL);
  return confab_audio_safety_new (setup->commitment != NULL ? setup->commitment : "");
}

/**
 * confab_audio_peer_new:
 * @parts: (transfer none): of the engine
 * @setup: (transfer none): what to connect and how
 * @events: what happens
 * @user_data: for @events; lives until confab_audio_peer_close ()
 *
 * Builds a connection and begins to negotiate. The payload type of an offer is taken over before
 * the pipeline is built: a payloader that has sent its caps cannot change it any more.
 *
 * Returns: (transfer full): the peer, to be closed
 */
ConfabAudioPeer *
confab_audio_peer_new (const ConfabAudioParts *parts,
                       const ConfabAudioPeerSetup *setup,
                       const ConfabAudioPeerEvents *events,
                       gpointer user_data)
{
  ConfabAudioPeer *self = g_atomic_rc_box_new0 (ConfabAudioPeer);

  self->parts = parts;
  self->context = g_main_context_ref (parts->context);
  self->generation = setup->generation;
  self->payload_type =
      setup->offer != NULL ? confab_audio_sdp_get_payload_type (setup->offer) : OUR_PAYLOAD_TYPE;
  self->events = *events;
  self->user_data = user_data;
  self->rtt_us = -1;
  self->gate = confab_audio_gate_new ();
  self->safety = new_safety (setup);
  self->feedback = confab_audio_feedback_new ();
  build_pipeline (self);
  open_inlet (self, setup);
  start (self, setup);
  confab_audio_fanout_add (parts->fanout, self);
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioPeer *self = data;

  confab_audio_inlet_unref (self->inlet);
  confab_audio_feedback_unref (self->feedback);
  confab_audio_safety_free (self->safety);
  confab_audio_gate_unref (self->gate);
  g_main_context_unref (self->context);
}

ConfabAudioPeer *
confab_audio_peer_ref (ConfabAudioPeer *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_peer_unref (ConfabAudioPeer *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_peer_take_answer:
 * @self: a peer that has offered
 * @answer: (transfer none): what came
 * @nonce: (nullable): what came with it for the safety code
 *
 * Goes on with the answer, and opens our commitment now that the other side is bound.
 */
void
confab_audio_peer_take_answer (ConfabAudioPeer *self, ConfabAudioSdp *answer, const char *nonce)
{
  g_autoptr (ConfabSignal) reveal = NULL;

  confab_audio_negotiation_take_description (self->negotiation, answer, FALSE);
  if (!confab_audio_safety_take_answer (self->safety, nonce))
    return;
  reveal =
      confab_signal_new_reveal (self->generation, confab_audio_safety_get_nonce (self->safety));
  self->events.send (self, reveal, self->user_data);
  self->events.safety (self, self->user_data);
}

/**
 * confab_audio_peer_take_reveal:
 * @self: a peer that has answered
 * @nonce: (nullable): what the offer was bound to
 *
 * Another nonce than that fails the connection.
 */
void
confab_audio_peer_take_reveal (ConfabAudioPeer *self, const char *nonce)
{
  g_autoptr (GError) error = NULL;

  if (confab_audio_safety_take_reveal (self->safety, nonce, &error))
    self->events.safety (self, self->user_data);
  else
    self->events.failed (self, error, self->user_data);
}

ConfabAudioSafety *
confab_audio_peer_get_safety (ConfabAudioPeer *self)
{
  return self->safety;
}

void
confab_audio_peer_take_candidate (ConfabAudioPeer *self, ConfabSignal *signal)
{
  confab_audio_negotiation_take_candidate (self->negotiation, confab_signal_get_candidate (signal),
                                           confab_signal_get_sdp_mline_index (signal));
}

ConfabAudioSlot *
confab_audio_peer_get_slot (ConfabAudioPeer *self)
{
  return confab_audio_inlet_get_slot (self->inlet);
}

guint
confab_audio_peer_get_generation (ConfabAudioPeer *self)
{
  return self->generation;
}

gint64
confab_audio_peer_get_silence_ms (ConfabAudioPeer *self)
{
  return confab_audio_inlet_get_silence_ms (self->inlet);
}

/**
 * confab_audio_peer_is_awaiting:
 * @self: the peer
 *
 * Returns: whether the peer is new and wants frames even of silence. Without them who speaks with
 *   somebody silent would wait for the next comfort frame, 400 ms, until they are connected.
 */
gboolean
confab_audio_peer_is_awaiting (ConfabAudioPeer *self)
{
  return self->n_greeted < NEWCOMER_FRAMES && confab_audio_gate_is_open (self->gate);
}

/**
 * confab_audio_peer_push:
 * @self: the peer
 * @frame: (transfer none): one Opus frame
 *
 * Sends a frame, once the other side has shown the certificate that it announced; until then frames
 * are dropped here. The data is shared between all peers, not copied.
 */
void
confab_audio_peer_push (ConfabAudioPeer *self, GstBuffer *frame)
{
  GstBuffer *copy = NULL;

  if (!confab_audio_gate_is_open (self->gate))
    return;
  copy = gst_buffer_copy (frame);
  if (gst_app_src_push_buffer (GST_APP_SRC (self->source), copy) == GST_FLOW_OK)
    g_atomic_int_inc (&self->n_sent);
  self->n_greeted = MIN (self->n_greeted + 1, NEWCOMER_FRAMES);
}

/* ---- statistics ---- */

static gboolean
read_rtt (GQuark field, const GValue *value, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;
  const GstStructure *stats = NULL;
  GstWebRTCStatsType type = 0;
  double rtt_s = 0;

  if (!GST_VALUE_HOLDS_STRUCTURE (value))
    return TRUE;
  stats = gst_value_get_structure (value);
  if (gst_structure_get (stats, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, NULL) &&
      type == GST_WEBRTC_STATS_REMOTE_INBOUND_RTP &&
      gst_structure_get_double (stats, "round-trip-time", &rtt_s) && rtt_s > 0)
    g_atomic_int_set (&self->rtt_us, (gint) (MIN (rtt_s, 60) * 1e6));
  return TRUE;
}

static void
on_stats (GstPromise *promise, gpointer user_data)
{
  ConfabAudioPeer *self = user_data;
  const GstStructure *reply = NULL;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    reply = gst_promise_get_reply (promise);
  if (reply != NULL)
    gst_structure_foreach (reply, read_rtt, self);
  g_atomic_int_set (&self->is_stats_pending, FALSE);
  gst_promise_unref (promise);
}

/**
 * confab_audio_peer_refresh_stats:
 * @self: the peer
 *
 * Asks webrtcbin for what only RTCP knows, the round trip; the answer is there some milliseconds
 * later. The rest is counted by the jitter buffer and is always fresh.
 */
void
confab_audio_peer_refresh_stats (ConfabAudioPeer *self)
{
  GstPromise *promise = NULL;

  if (!confab_audio_gate_is_open (self->gate) ||
      !g_atomic_int_compare_and_exchange (&self->is_stats_pending, FALSE, TRUE))
    return;
  promise = gst_promise_new_with_change_func (on_stats, confab_audio_peer_ref (self), unref_peer);
  g_signal_emit_by_name (self->webrtc, "get-stats", NULL, promise);
}

void
confab_audio_peer_get_stats (ConfabAudioPeer *self, ConfabAudioPeerStats *stats)
{
  ConfabAudioJitterBufferStats received;
  gint rtt_us = g_atomic_int_get (&self->rtt_us);

  confab_audio_inlet_get_stats (self->inlet, &received);
  stats->rtt_ms = rtt_us < 0 ? -1 : rtt_us / 1e3;
  stats->jitter_ms = received.packets_received > 0 ? received.jitter_us / 1e3 : -1;
  stats->jitter_buffer_ms = received.packets_received > 0 ? received.delay_us / 1e3 : -1;
  stats->lost_ratio = received.packets_received > 0 ? received.loss_ratio : -1;
  stats->packets_received = (gint64) received.packets_received;
  stats->packets_sent = (guint) g_atomic_int_get (&self->n_sent);
  stats->concealed_ticks =
      (gint64) (received.packets_lost - received.packets_recovered + received.waits);
}

/**
 * confab_audio_peer_take_report:
 * @self: the peer
 * @report: (out caller-allocates): how it gets what we send
 *
 * Returns: whether a report came since this was asked last
 */
gboolean
confab_audio_peer_take_report (ConfabAudioPeer *self, ConfabAudioReport *report)
{
  gint rtt_us = g_atomic_int_get (&self->rtt_us);

  if (!confab_audio_gate_is_open (self->gate))
    return FALSE;
  confab_audio_feedback_attach (self->feedback, self->webrtc);
  report->rtt_ms = rtt_us < 0 ? -1 : rtt_us / 1e3;
  return confab_audio_feedback_take (self->feedback, report);
}

/* ---- the end ---- */

static void
shut_down (gpointer data)
{
  ConfabAudioPeer *self = data;

  gst_element_set_state (self->pipeline, GST_STATE_NULL); /* joins this peer's threads alone */
  g_clear_pointer (&self->negotiation, confab_audio_negotiation_unref);
  gst_clear_object (&self->source);
  gst_clear_object (&self->webrtc);
  gst_clear_object (&self->pipeline);
  confab_audio_peer_unref (self);
}

/**
 * confab_audio_peer_close:
 * @self: the peer
 *
 * The one order in which a connection ends: no more events, out of the encoder's list, webrtcbin's
 * signals, its place in the mix, its pipeline. That comes a moment later when it never connected.
 * May be called twice.
 */
void
confab_audio_peer_close (ConfabAudioPeer *self)
{
  gboolean was_connected = confab_audio_gate_is_open (self->gate);

  if (confab_audio_gate_is_closed (self->gate))
    return;
  confab_audio_gate_close (self->gate);
  confab_audio_context_clear_source (&self->bus_watch);
  confab_audio_fanout_remove (self->parts->fanout, self);
  confab_audio_negotiation_close (self->negotiation);
  confab_audio_inlet_detach (self->inlet, self->webrtc);
  if (was_connected)
    shut_down (confab_audio_peer_ref (self));
  else
    confab_audio_closer_add (self->parts->closer, BURIAL_MS, TRUE, shut_down,
                             confab_audio_peer_ref (self));
}
