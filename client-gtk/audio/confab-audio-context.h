/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void confab_audio_context_post (GMainContext *context,
                                GSourceFunc func,
                                gpointer data,
                                GDestroyNotify destroy);
GSource *confab_audio_context_add_timeout (GMainContext *context,
                                           guint interval_ms,
                                           GSourceFunc func,
                                           gpointer data);
void confab_audio_context_clear_source (GSource **source);

G_END_DECLS
