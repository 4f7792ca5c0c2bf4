/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

double confab_audio_e_model_get_delay_impairment (double mouth_to_ear_ms);
double confab_audio_e_model_get_codec_impairment (double bitrate_kbps, double concealed_ratio);
double confab_audio_e_model_get_rating (double mouth_to_ear_ms,
                                        double bitrate_kbps,
                                        double concealed_ratio);
double confab_audio_e_model_get_mos (double rating);

G_END_DECLS
