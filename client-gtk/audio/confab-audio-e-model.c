/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-e-model"

#include "confab-audio-e-model.h"

#include <math.h>

#define BASE_RATING     129.0 /* Ro of wideband with every other parameter at its default, G.107.1 */
#define SCALE           1.29  /* from the wideband to the narrowband scale, G.107.1, Annex A */
#define UNNOTICED_MS    100.0 /* below it delay costs nothing, G.107, 7.4 */
#define MAX_IMPAIRMENT  95.0
#define LOSS_ROBUSTNESS 4.3 /* Bpl of G.722.2 with its own concealment, G.113, Appendix IV */
#define MOS_MIN         1.0
#define MOS_MAX         4.5

/* Ie of G.722.2 (AMR-WB) by its bit rate, G.113, Table IV.1. */
static const struct {
  double kbps;
  double impairment;
} codec_impairments[] = {
  { 6.60, 41 }, { 8.85, 26 }, { 12.65, 13 }, { 14.25, 10 },
  { 15.85, 7 }, { 18.25, 5 }, { 19.85, 4 },  { 23.05, 1 },
};

static double
interpolate_codec (double kbps)
{
  guint last = G_N_ELEMENTS (codec_impairments) - 1;

  if (!(kbps > codec_impairments[0].kbps))
    return codec_impairments[0].impairment;
  for (guint i = 1; i <= last; i++) {
    double from = codec_impairments[i - 1].kbps;
    double to = codec_impairments[i].kbps;

    if (kbps <= to)
      return codec_impairments[i - 1].impairment +
             (kbps - from) / (to - from) *
                 (codec_impairments[i].impairment - codec_impairments[i - 1].impairment);
  }
  return codec_impairments[last].impairment;
}

/**
 * confab_audio_e_model_get_delay_impairment:
 * @mouth_to_ear_ms: one way, 0 or more
 *
 * Idd of the E-model: 0 up to 100 ms, 3 at 200 ms, 24 at 400 ms. Echo is taken as cancelled, so
 * that the other parts of Id are 0.
 *
 * Source: ITU-T G.107 (06/2015), 7.4, equations 7-27 and 7-28; G.107.1 (06/2019) has the same.
 *
 * Returns: 0 to about 60 points of the rating
 */
double
confab_audio_e_model_get_delay_impairment (double mouth_to_ear_ms)
{
  double x;

  if (!(mouth_to_ear_ms > UNNOTICED_MS))
    return 0;
  x = log2 (mouth_to_ear_ms / UNNOTICED_MS);
  return 25 * (pow (1 + pow (x, 6), 1.0 / 6) - 3 * pow (1 + pow (x / 3, 6), 1.0 / 6) + 2);
}

/**
 * confab_audio_e_model_get_codec_impairment:
 * @bitrate_kbps: of Opus while somebody speaks
 * @concealed_ratio: the share of the sound that had to be made up, 0 to 1: what was lost or came
 *   too late, without what error correction brought back
 *
 * Ie,eff,WB of the E-model. G.113 has no values for Opus. It is taken for G.722.2 of the same bit
 * rate, which it is not below in listening tests, so that this is a lower bound; losses are taken
 * as independent (BurstR 1).
 *
 * Source: ITU-T G.107.1 (06/2019), 7.5; G.113 (11/2007), Appendix IV.
 *
 * Returns: 1 to 95 points of the rating
 */
double
confab_audio_e_model_get_codec_impairment (double bitrate_kbps, double concealed_ratio)
{
  double impairment = interpolate_codec (bitrate_kbps);
  double percent = concealed_ratio > 0 ? 100 * MIN (concealed_ratio, 1) : 0;

  return impairment + (MAX_IMPAIRMENT - impairment) * percent / (percent + LOSS_ROBUSTNESS);
}

/**
 * confab_audio_e_model_get_rating:
 * @mouth_to_ear_ms: one way, 0 or more
 * @bitrate_kbps: of Opus while somebody speaks
 * @concealed_ratio: the share of the sound that had to be made up, 0 to 1
 *
 * R of the wideband E-model, Ro − Idd − Ie,eff,WB with Is and A of 0, on the scale of G.107 on
 * which 100 is the best there is, 80 satisfies and below 60 nearly all are dissatisfied.
 *
 * Source: ITU-T G.107.1 (06/2019), equation 7-1; G.107 (06/2015), Annex B.
 *
 * Returns: 0 to 100
 */
double
confab_audio_e_model_get_rating (double mouth_to_ear_ms,
                                 double bitrate_kbps,
                                 double concealed_ratio)
{
  double rating = BASE_RATING - confab_audio_e_model_get_delay_impairment (mouth_to_ear_ms) -
                  confab_audio_e_model_get_codec_impairment (bitrate_kbps, concealed_ratio);

  return CLAMP (rating / SCALE, 0, 100);
}

/**
 * confab_audio_e_model_get_mos:
 * @rating: of confab_audio_e_model_get_rating ()
 *
 * Source: ITU-T G.107 (06/2015), Annex B, equation B-4.
 *
 * Returns: the mean opinion score, 1 to 4.5
 */
double
confab_audio_e_model_get_mos (double rating)
{
  double r = CLAMP (rating, 0, 100);
  double mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;

  return CLAMP (mos, MOS_MIN, MOS_MAX);
}
