/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For what asks a sound server and may never hear from it: done in a thread of its own, and waited
 * for only so long. */
typedef void (*ConfabAudioPatienceFunc) (gpointer data);

gboolean confab_audio_patience_run (ConfabAudioPatienceFunc func,
                                    gpointer data,
                                    GDestroyNotify destroy,
                                    guint wait_ms);

G_END_DECLS
