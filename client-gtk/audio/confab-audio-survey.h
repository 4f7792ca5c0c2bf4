/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-engine.h"

G_BEGIN_DECLS

/* What webrtcbin alone knows of a connection: the round trip, from RTCP, and the way that ICE has
 * found. Counted atomically. */
typedef struct _ConfabAudioSurvey ConfabAudioSurvey;

ConfabAudioSurvey *confab_audio_survey_new (void);
void confab_audio_survey_unref (ConfabAudioSurvey *self);
void confab_audio_survey_ask (ConfabAudioSurvey *self, GstElement *webrtc);
double confab_audio_survey_get_rtt_ms (ConfabAudioSurvey *self);
ConfabAudioRoute confab_audio_survey_get_route (ConfabAudioSurvey *self);

G_END_DECLS
