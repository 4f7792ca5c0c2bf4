/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-peer"

#include "config.h"

#include <gst/webrtc/webrtc.h>

#include "confab-audio-closer.h"
#include "confab-audio-context.h"
#include "confab-audio-fanout.h"
#include "confab-audio-header.h"
#include "confab-audio-ice.h"
#include "confab-audio-inlet.h"
#include "confab-audio-negotiation.h"
#include "confab-audio-outlet.h"
#include "confab-audio-peer.h"
#include "confab-audio-shortcut.h"
#include "confab-audio-toolkit.h"
#include "confab-error.h"

#define OUR_PAYLOAD_TYPE 96   /* first of the dynamic ones (RFC 3551, section 6) */
#define RELAY_MS         3000 /* a relay that has not answered by then has a reason to tell */
#define BURIAL_MS        400  /* a webrtcbin closed amid negotiation leaks its agent: 1 in 250 */

/* Counted atomically: streaming threads hold it through closures and probes. */
struct _ConfabAudioPeer {
  const ConfabAudioParts *parts; /* (unowned) outlives every open peer; engine's context only */
  GMainContext *context;         /* (owned) */
  guint generation;
  guint payload_type;
  ConfabAudioPeerEvents events;
  gpointer user_data; /* (unowned) the member; not used after close */

  GstElement *pipeline;                /* (owned) until shut down */
  GstElement *webrtc;                  /* (owned) */
  GSource *bus_watch;                  /* (owned) */
  GSource *relay_timer;                /* (owned) (nullable) */
  ConfabAudioNegotiation *negotiation; /* (owned) until shut down */
  ConfabAudioGate *gate;               /* (owned) */
  ConfabAudioInlet *inlet;             /* (owned) */
  ConfabAudioOutlet *outlet;           /* (owned) */
  ConfabAudioHeader *header;           /* (owned) */
  ConfabAudioVitals *vitals;           /* (owned) engine's context */
  ConfabAudioSafety *safety;           /* (owned) engine's context */
};

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

static const ConfabAudioMessengerEvents messenger_events = { on_send, on_failed, on_verified };

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

/* add-turn-server says TRUE to anything, and libnice not a word about a refusal. */
static gboolean
on_relay_deadline (gpointer user_data)
{
  ConfabAudioPeer *self = user_data;

  confab_audio_context_clear_source (&self->relay_timer);
  if (!confab_audio_negotiation_has_relay (self->negotiation))
    confab_audio_relays_check (self->parts->relays);
  return G_SOURCE_REMOVE;
}

/* ---- building ---- */

static void
build_pipeline (ConfabAudioPeer *self)
{
  g_autofree char *name = g_strdup_printf ("peer-%u", self->generation);

  self->webrtc = confab_audio_toolkit_new_webrtc ();
  self->pipeline = confab_audio_toolkit_new_pipeline (name, self->parts);
  gst_bin_add (GST_BIN (self->pipeline), self->webrtc);
  self->outlet = confab_audio_outlet_new (self->gate);
  confab_audio_outlet_attach (self->outlet, self->webrtc, self->header, self->payload_type);
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
    .recorder = self->parts->recorder,
    .member = setup->member,
    .gate = self->gate,
    .header = self->header,
    .payload_type = self->payload_type,
    .volume = setup->volume,
    .replaced = setup->replaced,
    .heard = on_heard,
    .user_data = self,
  };

  self->inlet = confab_audio_inlet_new (&inlet);
  confab_audio_inlet_attach (self->inlet, self->webrtc);
}

/* Only what the other side understands is sent, from its description on. */
static void
describe_headers (ConfabAudioPeer *self, ConfabAudioSdp *offer)
{
  ConfabAudioExtmap extmap = CONFAB_AUDIO_EXTMAP_OFFER;

  if (offer != NULL) {
    extmap = confab_audio_extmap_read (confab_audio_sdp_get_message (offer));
    confab_audio_header_agree (self->header, &extmap);
  }
  confab_audio_negotiation_set_extmap (self->negotiation, &extmap);
}

static void
start (ConfabAudioPeer *self, const ConfabAudioPeerSetup *setup)
{
  g_autoptr (ConfabAudioMessenger) messenger =
      confab_audio_messenger_new (self->context, self->gate, &messenger_events, self);

  watch_bus (self);
  gst_element_set_state (self->pipeline, GST_STATE_READY);
  confab_audio_ice_configure (self->webrtc, self->parts->relays);
  self->negotiation =
      confab_audio_negotiation_new (self->webrtc, self->gate, messenger, self->generation);
  confab_audio_negotiation_prefer_opus (self->negotiation, self->payload_type,
                                        setup->offer == NULL);
  describe_headers (self, setup->offer);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  self->relay_timer =
      confab_audio_context_add_timeout (self->context, RELAY_MS, on_relay_deadline, self);
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
  self->header = confab_audio_header_new ();
  confab_audio_header_set_capture_ms (self->header, parts->capture_ms);
  self->gate = confab_audio_gate_new ();
  self->safety = new_safety (setup);
  build_pipeline (self);
  confab_audio_shortcut_attach (self->webrtc, self->gate);
  open_inlet (self, setup);
  self->vitals = confab_audio_vitals_new (self->inlet, self->outlet, self->header);
  start (self, setup);
  confab_audio_fanout_add (parts->fanout, self->outlet);
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioPeer *self = data;

  confab_audio_vitals_free (self->vitals);
  confab_audio_inlet_unref (self->inlet);
  confab_audio_outlet_unref (self->outlet);
  confab_audio_header_unref (self->header);
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

  ConfabAudioExtmap extmap = confab_audio_extmap_read (confab_audio_sdp_get_message (answer));

  confab_audio_header_agree (self->header, &extmap);
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

/* (transfer none) (nullable): NULL once it is shut down */
GstElement *
confab_audio_peer_get_pipeline (ConfabAudioPeer *self)
{
  return self->pipeline;
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

/* (transfer none) */
ConfabAudioVitals *
confab_audio_peer_get_vitals (ConfabAudioPeer *self)
{
  return self->vitals;
}

/* ---- once in a while ---- */

/**
 * confab_audio_peer_refresh_stats:
 * @self: the peer
 *
 * To be called once a second, for the statistics and for what the other side is told of ours.
 */
void
confab_audio_peer_refresh_stats (ConfabAudioPeer *self)
{
  confab_audio_header_set_capture_ms (self->header, self->parts->capture_ms);
  if (confab_audio_gate_is_open (self->gate))
    confab_audio_vitals_refresh (self->vitals, self->webrtc, self->parts->capture_ms,
                                 self->parts->output_ms);
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
  return confab_audio_gate_is_open (self->gate) &&
         confab_audio_vitals_take_report (self->vitals, self->webrtc, report);
}

/* ---- the end ---- */

static void
shut_down (gpointer data)
{
  ConfabAudioPeer *self = data;

  gst_element_set_state (self->pipeline, GST_STATE_NULL); /* joins this peer's threads alone */
  g_clear_pointer (&self->negotiation, confab_audio_negotiation_unref);
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
  confab_audio_context_clear_source (&self->relay_timer);
  confab_audio_fanout_remove (self->parts->fanout, self->outlet);
  confab_audio_negotiation_close (self->negotiation);
  confab_audio_inlet_detach (self->inlet, self->webrtc);
  if (was_connected)
    shut_down (confab_audio_peer_ref (self));
  else
    confab_audio_closer_add (self->parts->closer, BURIAL_MS, TRUE, shut_down,
                             confab_audio_peer_ref (self));
}
