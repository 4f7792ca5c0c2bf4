/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-adaptation.h"
#include "confab-audio-mixer.h"
#include "confab-audio-realtime.h"
#include "confab-audio-recorder.h"
#include "confab-audio-relays.h"
#include "confab-audio-talk.h"
#include "confab-audio-voice.h"

G_BEGIN_DECLS

typedef struct _ConfabAudioFanout ConfabAudioFanout;
typedef struct _ConfabAudioCloser ConfabAudioCloser;

/* How long to wait for what. Tests shorten them. */
typedef struct {
  guint attempt_ms;     /* from an offer to the first sound */
  guint silence_ms;     /* no RTP for so long is trouble: DTX sends a comfort frame each 400 ms */
  guint retry_first_ms; /* pause before the second attempt; doubles ... */
  guint retry_limit_ms; /* ... up to here */
  guint max_attempts;   /* in a row, then the peer has failed */
  guint slow_retry_ms;  /* and from then on, in case it comes back */
} ConfabAudioTiming;

#define CONFAB_AUDIO_TIMING_INIT     \
  {                                  \
    10000, 2000, 500, 8000, 4, 30000 \
  }

/* What the engine builds once and lends to everything below it; outlives all of them. */
typedef struct {
  GMainContext *context;  /* (owned) of the engine */
  GstClock *clock;        /* (owned) one clock and one base time for all pipelines: the time */
  GstClockTime base_time; /* stamps of the capture are valid in every one of them */
  ConfabAudioRealtime *realtime;     /* (owned) of every thread that carries sound */
  ConfabAudioMixer *mixer;           /* (owned) */
  ConfabAudioFanout *fanout;         /* (owned) */
  ConfabAudioRecorder *recorder;     /* (owned) */
  ConfabAudioCloser *closer;         /* (owned) */
  ConfabAudioTalk *talk;             /* (owned) */
  ConfabAudioVoice *voice;           /* (owned) */
  ConfabAudioAdaptation *adaptation; /* (owned) engine's context */
  ConfabAudioRelays *relays;         /* (owned) */
  ConfabAudioTiming timing;
  double capture_ms; /* from the microphone to the encoder; negative: not known */
  double output_ms;  /* from the mixer to the ear; negative: not known */
} ConfabAudioParts;

G_END_DECLS
