/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-quality-sample"

#include "config.h"

#include <math.h>

#include "confab-quality-sample.h"

#define TENTHS          10.0    /* of a millisecond, a kilobit, a decibel: more is noise */
#define HUNDREDTHS      100.0   /* of an opinion */
#define TEN_THOUSANDTHS 10000.0 /* of the packets: one in 200 s */

/**
 * ConfabQualitySample:
 *
 * How well one participant heard another at one moment. An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabQualitySample {
  char *participant_id; /* (owned) (nullable) who heard; NULL on the way to the server */
  char *peer_id;        /* (owned) who was heard */
  GDateTime *at;        /* (owned) (nullable) by the server's clock; NULL on the way to it */
  ConfabQualityFigures figures;
};

G_DEFINE_BOXED_TYPE (ConfabQualitySample,
                     confab_quality_sample,
                     confab_quality_sample_ref,
                     confab_quality_sample_unref)

static void
confab_quality_sample_clear (ConfabQualitySample *self)
{
  g_free (self->participant_id);
  g_free (self->peer_id);
  g_clear_pointer (&self->at, g_date_time_unref);
}

/* Measured figures are no worse for being finite, in bounds and short. */
static double
tidy (double value, double min, double max, double steps)
{
  return isfinite (value) ? round (CLAMP (value, min, max) * steps) / steps : min;
}

static double
tidy_optional_ms (double value)
{
  return isfinite (value) && value >= 0 ? tidy (value, 0, CONFAB_QUALITY_MAX_MS, TENTHS) : -1;
}

static ConfabQualityFigures
tidy_figures (const ConfabQualityFigures *raw)
{
  return (ConfabQualityFigures){
    .rtt_ms = tidy_optional_ms (raw->rtt_ms),
    .jitter_ms = tidy (raw->jitter_ms, 0, CONFAB_QUALITY_MAX_MS, TENTHS),
    .lost_ratio = tidy (raw->lost_ratio, 0, 1, TEN_THOUSANDTHS),
    .bitrate_kbps = tidy (raw->bitrate_kbps, 0, CONFAB_QUALITY_MAX_KBPS, TENTHS),
    .level_dbov = tidy (raw->level_dbov, CONFAB_QUALITY_MIN_DBOV, 0, TENTHS),
    .mouth_to_ear_ms = tidy_optional_ms (raw->mouth_to_ear_ms),
    .mos = tidy (raw->mos, CONFAB_QUALITY_MIN_MOS, CONFAB_QUALITY_MAX_MOS, HUNDREDTHS),
  };
}

/**
 * confab_quality_sample_new:
 * @participant_id: (nullable): who heard; the server knows it of whoever sends a sample
 * @peer_id: who was heard
 * @at: (nullable): when, in UTC; the server says it
 * @figures: what was measured; copied, brought into its bounds and rounded
 *
 * Returns: (transfer full): a new sample
 * Since: 0.1
 */
ConfabQualitySample *
confab_quality_sample_new (const char *participant_id,
                           const char *peer_id,
                           GDateTime *at,
                           const ConfabQualityFigures *figures)
{
  ConfabQualitySample *self = NULL;

  g_return_val_if_fail (peer_id != NULL, NULL);
  g_return_val_if_fail (figures != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabQualitySample);
  self->participant_id = g_strdup (participant_id);
  self->peer_id = g_strdup (peer_id);
  self->at = at != NULL ? g_date_time_ref (at) : NULL;
  self->figures = tidy_figures (figures);
  return self;
}

/**
 * confab_quality_sample_with_origin:
 * @self: a sample
 * @participant_id: who heard
 * @at: when, in UTC
 *
 * Returns: (transfer full): a copy that says whose it is and of when
 * Since: 0.1
 */
ConfabQualitySample *
confab_quality_sample_with_origin (ConfabQualitySample *self,
                                   const char *participant_id,
                                   GDateTime *at)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (participant_id != NULL && at != NULL, NULL);

  return confab_quality_sample_new (participant_id, self->peer_id, at, &self->figures);
}

/**
 * confab_quality_sample_ref:
 * @self: a sample
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabQualitySample *
confab_quality_sample_ref (ConfabQualitySample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_quality_sample_unref:
 * @self: (transfer full): a sample
 *
 * Since: 0.1
 */
void
confab_quality_sample_unref (ConfabQualitySample *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_quality_sample_clear);
}

/**
 * confab_quality_sample_get_participant_id:
 * @self: a sample
 *
 * Returns: (transfer none) (nullable): who heard
 * Since: 0.1
 */
const char *
confab_quality_sample_get_participant_id (ConfabQualitySample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->participant_id;
}

/**
 * confab_quality_sample_get_peer_id:
 * @self: a sample
 *
 * Returns: (transfer none): who was heard
 * Since: 0.1
 */
const char *
confab_quality_sample_get_peer_id (ConfabQualitySample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->peer_id;
}

/**
 * confab_quality_sample_get_at:
 * @self: a sample
 *
 * Returns: (transfer none) (nullable): when, in UTC, by the server's clock
 * Since: 0.1
 */
GDateTime *
confab_quality_sample_get_at (ConfabQualitySample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->at;
}

/**
 * confab_quality_sample_get_figures:
 * @self: a sample
 * @figures: (out caller-allocates): what was measured, in bounds and rounded
 *
 * Since: 0.1
 */
void
confab_quality_sample_get_figures (ConfabQualitySample *self, ConfabQualityFigures *figures)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (figures != NULL);

  *figures = self->figures;
}
