/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_RECORDING_CONTROL (confab_recording_control_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabRecordingControl, confab_recording_control, CONFAB, RECORDING_CONTROL, GObject)

ConfabRecordingControl *confab_recording_control_new (ConfabLiveCall *call,
                                                      ConfabAudioEngine *engine);
void confab_recording_control_record (ConfabRecordingControl *self, const char *folder);
void confab_recording_control_record_hearing (ConfabRecordingControl *self);

G_END_DECLS
