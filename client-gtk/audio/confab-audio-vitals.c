/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-vitals"

#include "config.h"

#include "confab-audio-encoder.h"
#include "confab-audio-feedback.h"
#include "confab-audio-quality.h"
#include "confab-audio-survey.h"
#include "confab-audio-vitals.h"

struct _ConfabAudioVitals {
  ConfabAudioInlet *inlet;       /* (unowned) the peer has all three, and us */
  ConfabAudioOutlet *outlet;     /* (unowned) */
  ConfabAudioHeader *header;     /* (unowned) */
  ConfabAudioFeedback *feedback; /* (owned) */
  ConfabAudioSurvey *survey;     /* (owned) */
  ConfabAudioQuality quality;
};

/* CELT alone is our own encoder without look-ahead; a browser, which does not say how long its
 * microphone takes, makes music by it with the look-ahead of SILK. */
static gboolean
is_made_for_low_delay (ConfabAudioVitals *self)
{
  return confab_audio_inlet_is_celt_alone (self->inlet) &&
         confab_audio_header_get_capture_ms (self->header) >= 0;
}

/**
 * confab_audio_vitals_refresh:
 * @self: the vitals
 * @webrtc: (transfer none): a connected webrtcbin
 * @capture_ms: from our microphone to us; negative: not known
 * @output_ms: from us to our ear; negative: not known
 *
 * To be called once a second: what follows from two moments is found here, and webrtcbin is asked
 * for what only it knows. Whoever does not say how long their microphone takes, as a browser, is
 * taken for a machine like this one.
 */
void
confab_audio_vitals_refresh (ConfabAudioVitals *self,
                             GstElement *webrtc,
                             double capture_ms,
                             double output_ms)
{
  ConfabAudioQualityInput input = {
    .received_bytes = confab_audio_inlet_get_n_bytes (self->inlet),
    .sent_bytes = confab_audio_outlet_get_n_bytes (self->outlet),
    .frame_samples = confab_audio_inlet_get_frame_samples (self->inlet),
    .look_ahead_samples = confab_audio_encoder_get_look_ahead (is_made_for_low_delay (self)),
    .rtt_ms = confab_audio_survey_get_rtt_ms (self->survey),
    .capture_ms = confab_audio_header_get_capture_ms (self->header),
    .output_ms = output_ms,
  };

  if (input.capture_ms < 0)
    input.capture_ms = capture_ms;
  confab_audio_inlet_get_stats (self->inlet, &input.received);
  confab_audio_quality_update (&self->quality, &input, g_get_monotonic_time ());
  confab_audio_survey_ask (self->survey, webrtc);
}

/**
 * confab_audio_vitals_take_report:
 * @self: the vitals
 * @webrtc: (transfer none): a connected webrtcbin
 * @report: (out caller-allocates): how the other side gets what we send
 *
 * Returns: whether a report came since this was asked last
 */
gboolean
confab_audio_vitals_take_report (ConfabAudioVitals *self,
                                 GstElement *webrtc,
                                 ConfabAudioReport *report)
{
  confab_audio_feedback_attach (self->feedback, webrtc);
  report->rtt_ms = confab_audio_survey_get_rtt_ms (self->survey);
  return confab_audio_feedback_take (self->feedback, report);
}

/**
 * confab_audio_vitals_get_stats:
 * @self: the vitals
 * @stats: (out caller-allocates): as of now; rates, delay and opinion as of the last refresh
 */
void
confab_audio_vitals_get_stats (ConfabAudioVitals *self, ConfabAudioPeerStats *stats)
{
  ConfabAudioJitterBufferStats received;

  confab_audio_inlet_get_stats (self->inlet, &received);
  *stats = (ConfabAudioPeerStats){
    .rtt_ms = confab_audio_survey_get_rtt_ms (self->survey),
    .jitter_ms = received.packets_received > 0 ? received.jitter_us / 1e3 : -1,
    .jitter_buffer_ms = received.packets_received > 0 ? received.delay_us / 1e3 : -1,
    .lost_ratio = self->quality.lost_ratio,
    .concealed_ratio = self->quality.concealed_ratio,
    .received_kbps = self->quality.received_kbps,
    .sent_kbps = self->quality.sent_kbps,
    .mouth_to_ear_ms = confab_audio_delay_get_sum_ms (&self->quality.delay),
    .delay = self->quality.delay,
    .mos = self->quality.mos,
    .codec = "opus",
    .route = confab_audio_survey_get_route (self->survey),
    .packets_received = (gint64) received.packets_received,
    .packets_sent = confab_audio_outlet_get_n_frames (self->outlet),
    .concealed_ticks =
        (gint64) (received.packets_lost - received.packets_recovered + received.waits),
  };
}

/**
 * confab_audio_vitals_get_level:
 * @self: the vitals of an open connection
 * @is_speaking: (out) (optional): whether that is speech
 *
 * Returns: how loud the other side says to be (RFC 6464), else how loud we hear it, -127..0 dBov
 */
double
confab_audio_vitals_get_level (ConfabAudioVitals *self, gboolean *is_speaking)
{
  gboolean told_speaking = FALSE;
  double told_dbov = 0;

  if (!confab_audio_header_get_level (self->header, &told_dbov, &told_speaking))
    return confab_audio_slot_get_level (confab_audio_inlet_get_slot (self->inlet), is_speaking);
  if (is_speaking != NULL)
    *is_speaking = told_speaking;
  return told_dbov;
}

/**
 * confab_audio_vitals_new:
 * @inlet: (transfer none): what comes; outlives the vitals, as the others do
 * @outlet: (transfer none): what goes
 * @header: (transfer none): what the packets say
 *
 * Returns: (transfer full): nothing is known yet
 */
ConfabAudioVitals *
confab_audio_vitals_new (ConfabAudioInlet *inlet,
                         ConfabAudioOutlet *outlet,
                         ConfabAudioHeader *header)
{
  ConfabAudioVitals *self = g_new0 (ConfabAudioVitals, 1);

  self->inlet = inlet;
  self->outlet = outlet;
  self->header = header;
  self->feedback = confab_audio_feedback_new ();
  self->survey = confab_audio_survey_new ();
  confab_audio_quality_init (&self->quality);
  return self;
}

void
confab_audio_vitals_free (ConfabAudioVitals *self)
{
  confab_audio_feedback_unref (self->feedback);
  confab_audio_survey_unref (self->survey);
  g_free (self);
}
