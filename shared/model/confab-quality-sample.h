/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* How well one is heard by another. The bounds are those of the wire; beyond them nothing is
 * believed. */
#define CONFAB_QUALITY_MAX_MS   60000.0
#define CONFAB_QUALITY_MAX_KBPS 10000.0
#define CONFAB_QUALITY_MIN_DBOV (-127.0)
#define CONFAB_QUALITY_MIN_MOS  1.0
#define CONFAB_QUALITY_MAX_MOS  5.0

/**
 * ConfabQualityFigures:
 * @rtt_ms: the round trip, 0 to 60000; negative when not known
 * @jitter_ms: how unevenly packets come, 0 to 60000
 * @lost_ratio: the share of packets that did not come, 0 to 1
 * @bitrate_kbps: of what is received, in 1000 bits a second, 0 to 10000
 * @level_dbov: how loud it is, -127 to 0 (RFC 6464)
 * @mouth_to_ear_ms: from the one's mouth to the other's ear, 0 to 60000; negative when not known
 * @mos: mean opinion score, 1 (bad) to 5 (excellent)
 *
 * Since: 0.1
 */
typedef struct {
  double rtt_ms;
  double jitter_ms;
  double lost_ratio;
  double bitrate_kbps;
  double level_dbov;
  double mouth_to_ear_ms;
  double mos;
} ConfabQualityFigures;

#define CONFAB_TYPE_QUALITY_SAMPLE (confab_quality_sample_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_quality_sample_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabQualitySample *confab_quality_sample_new (const char *participant_id,
                                                const char *peer_id,
                                                GDateTime *at,
                                                const ConfabQualityFigures *figures);
CONFAB_AVAILABLE_IN_ALL
ConfabQualitySample *confab_quality_sample_with_origin (ConfabQualitySample *self,
                                                        const char *participant_id,
                                                        GDateTime *at);
CONFAB_AVAILABLE_IN_ALL
ConfabQualitySample *confab_quality_sample_ref (ConfabQualitySample *self);
CONFAB_AVAILABLE_IN_ALL
void confab_quality_sample_unref (ConfabQualitySample *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_quality_sample_get_participant_id (ConfabQualitySample *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_quality_sample_get_peer_id (ConfabQualitySample *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_quality_sample_get_at (ConfabQualitySample *self);
CONFAB_AVAILABLE_IN_ALL
void confab_quality_sample_get_figures (ConfabQualitySample *self, ConfabQualityFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabQualitySample, confab_quality_sample_unref)

G_END_DECLS
