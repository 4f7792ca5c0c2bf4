/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How one receiver gets what we send, as it says itself (RTCP, RFC 3550, section 6.4). */
typedef struct {
  double loss_ratio; /* 0..1, since its last report */
  double jitter_ms;  /* mean difference between packets one behind the other */
  double rtt_ms;     /* -1: not known */
} ConfabAudioReport;

/* What the one encoder that serves all of them should do. */
typedef struct {
  guint frame_ms;
  guint bitrate;      /* bit/s */
  guint loss_percent; /* how much FEC; 0 = none */
} ConfabAudioPlan;

/* From the least to the most that has to be done about a way. */
typedef enum {
  CONFAB_AUDIO_WAY_CLEAN,
  CONFAB_AUDIO_WAY_UNKNOWN, /* nobody has reported yet */
  CONFAB_AUDIO_WAY_LOSSY,
  CONFAB_AUDIO_WAY_BAD,
  CONFAB_AUDIO_WAY_NARROW, /* less data gets through than we send, from here on */
  CONFAB_AUDIO_WAY_NARROWER,
  CONFAB_AUDIO_WAY_NARROWEST,
} ConfabAudioWay;

#define CONFAB_AUDIO_N_WAYS (CONFAB_AUDIO_WAY_NARROWEST + 1)

typedef enum {
  CONFAB_AUDIO_FINDING_CLEAR,
  CONFAB_AUDIO_FINDING_LOSS,
  CONFAB_AUDIO_FINDING_MUCH_LOSS,
  CONFAB_AUDIO_FINDING_JAM, /* what we send piles up, or most of it is thrown away */
} ConfabAudioFinding;

#define CONFAB_AUDIO_N_FINDINGS (CONFAB_AUDIO_FINDING_JAM + 1)

ConfabAudioWay confab_audio_way_next (ConfabAudioWay way, ConfabAudioFinding finding);
void confab_audio_way_get_plan (ConfabAudioWay way, ConfabAudioPlan *plan);

/* Which way to every receiver is how, and what that asks of the encoder. Not locked. */
typedef struct _ConfabAudioAdaptation ConfabAudioAdaptation;

ConfabAudioAdaptation *confab_audio_adaptation_new (void);
void confab_audio_adaptation_free (ConfabAudioAdaptation *self);
void confab_audio_adaptation_take_report (ConfabAudioAdaptation *self,
                                          const char *receiver,
                                          const ConfabAudioReport *report,
                                          gint64 now_us);
void confab_audio_adaptation_set_least_frame_ms (ConfabAudioAdaptation *self,
                                                 const char *receiver,
                                                 guint frame_ms,
                                                 gint64 now_us);
void confab_audio_adaptation_forget (ConfabAudioAdaptation *self, const char *receiver);
void confab_audio_adaptation_set_frame_ms (ConfabAudioAdaptation *self, guint frame_ms);
void confab_audio_adaptation_get_plan (ConfabAudioAdaptation *self,
                                       gint64 now_us,
                                       ConfabAudioPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioAdaptation, confab_audio_adaptation_free)

G_END_DECLS
