/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-negotiation"

#include "config.h"

#include <gst/webrtc/webrtc.h>

#include "confab-audio-candidate.h"
#include "confab-audio-certificate.h"
#include "confab-audio-negotiation.h"
#include "confab-error.h"

#define OPUS_CAPS                                                       \
  "application/x-rtp, media=(string)audio, encoding-name=(string)OPUS," \
  " clock-rate=(int)48000, encoding-params=(string)2"
#define OUR_PARAMETERS ", useinbandfec=(string)1, minptime=(string)10, usedtx=(string)1"

/* Counted atomically: webrtcbin's threads hold it through the closures of signals and promises. */
struct _ConfabAudioNegotiation {
  GstElement *webrtc;              /* (owned) */
  ConfabAudioGate *gate;           /* (owned) of the connection; closed: nothing goes on any more */
  ConfabAudioMessenger *messenger; /* (owned) */
  guint generation;
  ConfabAudioExtmap extmap; /* set before it begins, and read by webrtcbin's threads */
  gboolean is_offerer;      /* likewise */

  gint has_relay; /* (atomic) */
  gint is_judged; /* (atomic) it was looked at, once */
  GMutex lock;
  char *fingerprint; /* (owned) (nullable) promised by the other side; guarded by lock */
  char *mid;         /* (owned) (nullable) of our medium; guarded by lock */

  /* Engine's context only. */
  gboolean has_remote;
  guint n_candidates;
};

/* ---- promises: the change functions run on webrtcbin's thread ---- */

static void
unref_negotiation (gpointer data)
{
  confab_audio_negotiation_unref (data);
}

static GstPromise *
new_promise (ConfabAudioNegotiation *self, GstPromiseChangeFunc func)
{
  return gst_promise_new_with_change_func (func, confab_audio_negotiation_ref (self),
                                           unref_negotiation);
}

/* FALSE when webrtcbin went away, or said no; that error is then on its way to the engine. A good
 * reply may be NULL. */
static gboolean
check_reply (ConfabAudioNegotiation *self, GstPromise *promise, const char *what)
{
  const GstStructure *reply = NULL;
  g_autoptr (GError) error = NULL;

  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED)
    return FALSE;
  reply = gst_promise_get_reply (promise);
  if (reply == NULL || !gst_structure_has_field (reply, "error"))
    return TRUE;
  gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL);
  confab_audio_messenger_fail (self->messenger, CONFAB_ERROR_MEDIA_FAILED, "No %s: %s", what,
                               error != NULL ? error->message : "no reason given");
  return FALSE;
}

static void
remember_mid (ConfabAudioNegotiation *self, const GstSDPMessage *message)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, 0);

  g_mutex_lock (&self->lock);
  g_free (self->mid);
  self->mid = g_strdup (gst_sdp_media_get_attribute_val (media, "mid"));
  g_mutex_unlock (&self->lock);
}

static void
announce (ConfabAudioNegotiation *self, const GstStructure *reply, const char *field)
{
  GstWebRTCSessionDescription *description = NULL;
  g_autofree char *text = NULL;

  if (reply != NULL)
    gst_structure_get (reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (description == NULL || gst_sdp_message_medias_len (description->sdp) != 1) {
    confab_audio_messenger_fail (self->messenger, CONFAB_ERROR_MEDIA_FAILED,
                                 "The %s describes no sound", field);
  } else {
    confab_audio_extmap_write (&self->extmap, description->sdp);
    text = gst_sdp_message_as_text (description->sdp);
    remember_mid (self, description->sdp);
    confab_audio_messenger_send (
        self->messenger,
        confab_signal_new_description (
            self->is_offerer ? CONFAB_SIGNAL_OFFER : CONFAB_SIGNAL_ANSWER, self->generation, text));
    /* Gathering begins with this: no candidate overtakes the description. */
    g_signal_emit_by_name (self->webrtc, "set-local-description", description, NULL);
  }
  g_clear_pointer (&description, gst_webrtc_session_description_free);
}

static void
on_described (GstPromise *promise, gpointer user_data)
{
  ConfabAudioNegotiation *self = user_data;
  const char *field = self->is_offerer ? "offer" : "answer";

  if (check_reply (self, promise, field) && !confab_audio_gate_is_closed (self->gate))
    announce (self, gst_promise_get_reply (promise), field);
  gst_promise_unref (promise);
}

static void
on_remote_set (GstPromise *promise, gpointer user_data)
{
  ConfabAudioNegotiation *self = user_data;

  if (check_reply (self, promise, "agreement") && !self->is_offerer &&
      !confab_audio_gate_is_closed (self->gate))
    g_signal_emit_by_name (self->webrtc, "create-answer", NULL, new_promise (self, on_described));
  gst_promise_unref (promise);
}

/* ---- the certificate ---- */

static gboolean
is_promised_certificate (ConfabAudioNegotiation *self, const char *shown)
{
  gboolean is_promised = FALSE;

  g_mutex_lock (&self->lock);
  is_promised = shown != NULL && g_strcmp0 (shown, self->fingerprint) == 0;
  g_mutex_unlock (&self->lock);
  return is_promised;
}

/* webrtcbin 1.22 accepts any certificate, whatever a=fingerprint says. Until this has run no frame
 * goes into the connection and none comes out of it. */
static void
judge_certificate (ConfabAudioNegotiation *self)
{
  g_autofree char *shown = NULL;
  g_autofree char *ours = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->is_judged, FALSE, TRUE))
    return;
  shown = confab_audio_certificate_dup_shown (self->webrtc, "remote-certificate");
  if (is_promised_certificate (self, shown)) {
    confab_audio_gate_open (self->gate);
    ours = confab_audio_certificate_dup_shown (self->webrtc, "certificate");
    confab_audio_messenger_verify (self->messenger, ours, shown);
    g_debug ("generation %u: the certificate is the announced one", self->generation);
  } else {
    confab_audio_messenger_fail (
        self->messenger, CONFAB_ERROR_CERTIFICATE_MISMATCH,
        "Somebody is in between: the connection shows another certificate than the one "
        "that was announced");
  }
}

/* ---- signals of webrtcbin, on its threads ---- */

static void
on_connection_state (GstElement *webrtc, GParamSpec *pspec, gpointer user_data)
{
  ConfabAudioNegotiation *self = user_data;
  GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;

  if (confab_audio_gate_is_closed (self->gate))
    return;
  g_object_get (webrtc, "connection-state", &state, NULL);
  g_debug ("generation %u: connection state %d", self->generation, (gint) state);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
    judge_certificate (self);
  else if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    confab_audio_messenger_fail (self->messenger, CONFAB_ERROR_MEDIA_FAILED,
                                 "No way through the network to the other side");
}

static void
on_ice_candidate (GstElement *webrtc, guint mline_index, const char *candidate, gpointer user_data)
{
  ConfabAudioNegotiation *self = user_data;
  g_autofree char *mid = NULL;
  g_autofree char *told = NULL;

  if (candidate == NULL || *candidate == '\0')
    return;
  if (confab_audio_candidate_is_relay (candidate))
    g_atomic_int_set (&self->has_relay, TRUE);
  g_mutex_lock (&self->lock);
  mid = g_strdup (self->mid);
  g_mutex_unlock (&self->lock);
  told = confab_audio_candidate_dup_told (candidate);
  confab_audio_messenger_send (
      self->messenger, confab_signal_new_candidate (self->generation, told, mline_index, mid));
}

static void
on_gathering_state (GstElement *webrtc, GParamSpec *pspec, gpointer user_data)
{
  ConfabAudioNegotiation *self = user_data;
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;

  g_object_get (webrtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    confab_audio_messenger_send (
        self->messenger,
        confab_signal_new_plain (CONFAB_SIGNAL_END_OF_CANDIDATES, self->generation));
}

static void
unref_in_closure (gpointer data, GClosure *closure)
{
  confab_audio_negotiation_unref (data);
}

static void
connect_signals (ConfabAudioNegotiation *self)
{
  static const struct {
    const char *name;
    GCallback callback;
  } signals[] = {
    { "on-ice-candidate", G_CALLBACK (on_ice_candidate) },
    { "notify::connection-state", G_CALLBACK (on_connection_state) },
    { "notify::ice-gathering-state", G_CALLBACK (on_gathering_state) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_data (self->webrtc, signals[i].name, signals[i].callback,
                           confab_audio_negotiation_ref (self), unref_in_closure, 0);
}

/**
 * confab_audio_negotiation_new:
 * @webrtc: (transfer none): a webrtcbin with its one sink pad, in READY
 * @gate: (transfer none): opened when the other side's certificate was found right
 * @messenger: (transfer none): told what happens
 * @generation: of the signals to send
 *
 * Returns: (transfer full): the negotiation, to be closed
 */
ConfabAudioNegotiation *
confab_audio_negotiation_new (GstElement *webrtc,
                              ConfabAudioGate *gate,
                              ConfabAudioMessenger *messenger,
                              guint generation)
{
  ConfabAudioNegotiation *self = g_atomic_rc_box_new0 (ConfabAudioNegotiation);

  self->webrtc = gst_object_ref (webrtc);
  self->gate = confab_audio_gate_ref (gate);
  self->messenger = confab_audio_messenger_ref (messenger);
  self->generation = generation;
  g_mutex_init (&self->lock);
  connect_signals (self);
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioNegotiation *self = data;

  gst_object_unref (self->webrtc);
  confab_audio_gate_unref (self->gate);
  confab_audio_messenger_unref (self->messenger);
  g_free (self->fingerprint);
  g_free (self->mid);
  g_mutex_clear (&self->lock);
}

ConfabAudioNegotiation *
confab_audio_negotiation_ref (ConfabAudioNegotiation *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_negotiation_unref (ConfabAudioNegotiation *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_negotiation_prefer_opus:
 * @self: a negotiation that has not begun
 * @payload_type: what the payloader writes
 * @we_offer: whether to offer our parameters (FEC, DTX); an answer takes those of the offer over
 *
 * Says what the transceiver carries. Without this an offer made before the payloader's caps have
 * arrived has no medium at all and still counts as good (webrtcbin 1.22).
 */
void
confab_audio_negotiation_prefer_opus (ConfabAudioNegotiation *self,
                                      guint payload_type,
                                      gboolean we_offer)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  g_autoptr (GstCaps) caps = gst_caps_from_string (we_offer ? OPUS_CAPS OUR_PARAMETERS : OPUS_CAPS);

  gst_caps_set_simple (caps, "payload", G_TYPE_INT, (gint) payload_type, NULL);
  g_signal_emit_by_name (self->webrtc, "get-transceiver", 0, &transceiver);
  g_return_if_fail (transceiver != NULL);
  g_object_set (transceiver, "codec-preferences", caps, NULL);
}

/**
 * confab_audio_negotiation_set_extmap:
 * @self: a negotiation that has not begun
 * @extmap: what our description says of the headers of packets
 */
void
confab_audio_negotiation_set_extmap (ConfabAudioNegotiation *self, const ConfabAudioExtmap *extmap)
{
  self->extmap = *extmap;
}

void
confab_audio_negotiation_offer (ConfabAudioNegotiation *self)
{
  self->is_offerer = TRUE;
  g_signal_emit_by_name (self->webrtc, "create-offer", NULL, new_promise (self, on_described));
}

/**
 * confab_audio_negotiation_take_description:
 * @self: the negotiation
 * @sdp: (transfer none): from the other side
 * @is_offer: whether to answer it
 *
 * Goes on with the other side's description; a second one is ignored.
 */
void
confab_audio_negotiation_take_description (ConfabAudioNegotiation *self,
                                           ConfabAudioSdp *sdp,
                                           gboolean is_offer)
{
  GstWebRTCSessionDescription *description = NULL;
  GstSDPMessage *message = NULL;

  if (self->has_remote)
    return;
  self->has_remote = TRUE;
  g_mutex_lock (&self->lock);
  self->fingerprint = g_strdup (confab_audio_sdp_get_fingerprint (sdp));
  g_mutex_unlock (&self->lock);

  gst_sdp_message_copy (confab_audio_sdp_get_message (sdp), &message);
  description = gst_webrtc_session_description_new (
      is_offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  g_signal_emit_by_name (self->webrtc, "set-remote-description", description,
                         new_promise (self, on_remote_set));
  gst_webrtc_session_description_free (description);
}

/**
 * confab_audio_negotiation_take_candidate:
 * @self: the negotiation
 * @candidate: from the other side
 * @sdp_mline_index: of its description; we have only 0
 *
 * Hands a candidate to ICE; webrtcbin keeps it until the description is there. Unusable ones and
 * more than %CONFAB_AUDIO_MAX_CANDIDATES are dropped.
 */
void
confab_audio_negotiation_take_candidate (ConfabAudioNegotiation *self,
                                         const char *candidate,
                                         guint sdp_mline_index)
{
  if (sdp_mline_index != 0 || !confab_audio_candidate_is_usable (candidate) ||
      self->n_candidates >= CONFAB_AUDIO_MAX_CANDIDATES)
    return;
  self->n_candidates++;
  g_signal_emit_by_name (self->webrtc, "add-ice-candidate", sdp_mline_index, candidate);
}

/* Whether a relay has given us a place. */
gboolean
confab_audio_negotiation_has_relay (ConfabAudioNegotiation *self)
{
  return g_atomic_int_get (&self->has_relay);
}

/**
 * confab_audio_negotiation_close:
 * @self: the negotiation
 *
 * After the gate was closed: no event comes any more. The webrtcbin itself is the caller's to end.
 */
void
confab_audio_negotiation_close (ConfabAudioNegotiation *self)
{
  g_signal_handlers_disconnect_by_data (self->webrtc, self);
}
