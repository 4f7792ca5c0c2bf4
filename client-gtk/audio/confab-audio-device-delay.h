/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How long sound is on its way between the sound card and us. Noted by the thread of a device, in
 * the moment in which it brings or takes sound; read by any. */
typedef struct {
  /*< private >*/
  gint centi_ms; /* (atomic) negative: not known */
  guint n_noted;
  double lowest_ms;      /* of this window of a source */
  double last_lowest_ms; /* and of the one before; negative: there was none */
} ConfabAudioDeviceDelay;

void confab_audio_device_delay_forget (ConfabAudioDeviceDelay *self, gboolean has_device);
void confab_audio_device_delay_note_source (ConfabAudioDeviceDelay *self, GstElement *source);
void confab_audio_device_delay_note_sink (ConfabAudioDeviceDelay *self, GstElement *sink);
double confab_audio_device_delay_get_ms (ConfabAudioDeviceDelay *self);

G_END_DECLS
