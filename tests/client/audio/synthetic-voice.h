/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* Somebody who talks without words: syllables of vowels at a wandering pitch, pauses between the
 * sentences. All of it is (transfer full) (element-type gint16), 48 kHz mono. */
GArray *synthetic_voice_new (guint32 seed, guint length_ms, double rms_dbfs);
/* A fan: white, stationary. */
GArray *synthetic_noise_new (guint32 seed, guint length_ms, double rms_dbfs);
/* What a microphone in a room hears of it: delayed, with reflections that fade by 60 dB within
 * room_ms, softer by loss_db. */
GArray *synthetic_echo_new (const GArray *played, guint delay_ms, guint room_ms, double loss_db);
/* into += other, as far as both reach */
void synthetic_add (GArray *into, const GArray *other);
double synthetic_get_dbfs (const GArray *samples, guint from_ms, guint to_ms);

G_END_DECLS
