/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-survey"

#include "config.h"

#include <gst/webrtc/webrtc.h>

#include "confab-audio-survey.h"

#define MAX_RTT_S 60

struct _ConfabAudioSurvey {
  gint rtt_us;     /* (atomic) -1: not known yet */
  gint route;      /* (atomic) ConfabAudioRoute */
  gint is_pending; /* (atomic) an answer is on its way */
};

typedef struct {
  double rtt_s;           /* 0: not said */
  ConfabAudioRoute route; /* of the pair that ICE uses */
} Reply;

static gpointer
ref (ConfabAudioSurvey *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release (self);
}

/* webrtcbin 1.22 reports the two candidates of the pair in use alone, and takes the local one for
 * the remote one: whether either of them is a relay does not depend on that. */
static void
read_candidate (const GstStructure *stats, Reply *reply)
{
  const char *type = gst_structure_get_string (stats, "candidate-type");

  if (g_strcmp0 (type, "relay") == 0 || g_strcmp0 (type, "relayed") == 0)
    reply->route = CONFAB_AUDIO_ROUTE_RELAY;
  else if (type != NULL && reply->route == CONFAB_AUDIO_ROUTE_UNKNOWN)
    reply->route = CONFAB_AUDIO_ROUTE_DIRECT;
}

static gboolean
read_stats (GQuark field, const GValue *value, gpointer user_data)
{
  Reply *reply = user_data;
  const GstStructure *stats = NULL;
  GstWebRTCStatsType type = 0;
  double rtt_s = 0;

  if (!GST_VALUE_HOLDS_STRUCTURE (value))
    return TRUE;
  stats = gst_value_get_structure (value);
  if (!gst_structure_get (stats, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, NULL))
    return TRUE;
  if (type == GST_WEBRTC_STATS_LOCAL_CANDIDATE || type == GST_WEBRTC_STATS_REMOTE_CANDIDATE)
    read_candidate (stats, reply);
  else if (type == GST_WEBRTC_STATS_REMOTE_INBOUND_RTP &&
           gst_structure_get_double (stats, "round-trip-time", &rtt_s) && rtt_s > 0)
    reply->rtt_s = rtt_s;
  return TRUE;
}

/* webrtcbin's thread. */
static void
on_stats (GstPromise *promise, gpointer user_data)
{
  ConfabAudioSurvey *self = user_data;
  Reply reply = { 0, CONFAB_AUDIO_ROUTE_UNKNOWN };
  const GstStructure *stats = NULL;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    stats = gst_promise_get_reply (promise);
  if (stats != NULL)
    gst_structure_foreach (stats, read_stats, &reply);
  if (reply.rtt_s > 0)
    g_atomic_int_set (&self->rtt_us, (gint) (MIN (reply.rtt_s, MAX_RTT_S) * 1e6));
  if (reply.route != CONFAB_AUDIO_ROUTE_UNKNOWN)
    g_atomic_int_set (&self->route, (gint) reply.route);
  g_atomic_int_set (&self->is_pending, FALSE);
  gst_promise_unref (promise);
}

/**
 * confab_audio_survey_new:
 *
 * Returns: (transfer full): a survey that knows nothing yet
 */
ConfabAudioSurvey *
confab_audio_survey_new (void)
{
  ConfabAudioSurvey *self = g_atomic_rc_box_new0 (ConfabAudioSurvey);

  self->rtt_us = -1;
  self->route = CONFAB_AUDIO_ROUTE_UNKNOWN;
  return self;
}

void
confab_audio_survey_unref (ConfabAudioSurvey *self)
{
  unref (self);
}

/**
 * confab_audio_survey_ask:
 * @self: the survey
 * @webrtc: (transfer none): a connected webrtcbin
 *
 * Asks; the answer is there some milliseconds later. One question at a time.
 */
void
confab_audio_survey_ask (ConfabAudioSurvey *self, GstElement *webrtc)
{
  GstPromise *promise = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->is_pending, FALSE, TRUE))
    return;
  promise = gst_promise_new_with_change_func (on_stats, ref (self), unref);
  g_signal_emit_by_name (webrtc, "get-stats", NULL, promise);
}

/**
 * confab_audio_survey_get_rtt_ms:
 * @self: the survey
 *
 * Returns: the round trip; negative before the first RTCP report
 */
double
confab_audio_survey_get_rtt_ms (ConfabAudioSurvey *self)
{
  gint rtt_us = g_atomic_int_get (&self->rtt_us);

  return rtt_us < 0 ? -1 : rtt_us / 1e3;
}

/**
 * confab_audio_route_to_string:
 * @route: a way
 *
 * Returns: (nullable): "direct" or "relay"; %NULL: not known
 */
const char *
confab_audio_route_to_string (ConfabAudioRoute route)
{
  switch (route) {
  case CONFAB_AUDIO_ROUTE_DIRECT:
    return "direct";
  case CONFAB_AUDIO_ROUTE_RELAY:
    return "relay";
  case CONFAB_AUDIO_ROUTE_UNKNOWN:
    return NULL;
  default:
    g_assert_not_reached ();
  }
}

ConfabAudioRoute
confab_audio_survey_get_route (ConfabAudioSurvey *self)
{
  return (ConfabAudioRoute) g_atomic_int_get (&self->route);
}
