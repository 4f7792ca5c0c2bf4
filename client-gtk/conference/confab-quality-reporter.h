/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

#define CONFAB_QUALITY_REPORTER_S 10 /* between two reports; the server takes half of it */

#define CONFAB_TYPE_QUALITY_REPORTER (confab_quality_reporter_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabQualityReporter, confab_quality_reporter, CONFAB, QUALITY_REPORTER, GObject)

ConfabQualityReporter *confab_quality_reporter_new (ConfabLiveCall *call,
                                                    ConfabAudioEngine *engine);

G_END_DECLS
