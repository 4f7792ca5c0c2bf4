/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-parts.h"

G_BEGIN_DECLS

gboolean confab_audio_toolkit_init (GError **error);
GThread *confab_audio_toolkit_warm_up (GMainContext *context, GSourceFunc done, GObject *object);
GstElement *confab_audio_toolkit_new_pipeline (const char *name, const ConfabAudioParts *parts);
GstElement *confab_audio_toolkit_new_webrtc (void);
gboolean confab_audio_toolkit_is_made_by (GstElement *element, const char *factory_name);

G_END_DECLS
