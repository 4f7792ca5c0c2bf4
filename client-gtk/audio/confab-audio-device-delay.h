/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long sound is on its way between the sound card and us. Noted by the thread of a device, in
 * the moment in which it brings or takes sound; read by any. */
typedef struct {
  /*< private >*/
  gint centi_ms; /* (atomic) negative: not known */
  gint64 asked_us;
  guint n_noted;
  double lowest_ms;      /* of this window of a source */
  double last_lowest_ms; /* and of the one before; negative: there was none */
} ConfabAudioDeviceDelay;

void confab_audio_device_delay_init (ConfabAudioDeviceDelay *self);
gboolean confab_audio_device_delay_is_due (ConfabAudioDeviceDelay *self, gint64 now_us);
void confab_audio_device_delay_note (ConfabAudioDeviceDelay *self, double ms, gboolean is_input);
double confab_audio_device_delay_get_ms (ConfabAudioDeviceDelay *self);

G_END_DECLS
