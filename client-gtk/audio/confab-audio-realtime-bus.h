/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The services of a desktop that may give a thread real-time priority. */
typedef enum {
  CONFAB_AUDIO_REALTIME_PORTAL, /* org.freedesktop.portal.Realtime: also from within a sandbox */
  CONFAB_AUDIO_REALTIME_KIT,    /* org.freedesktop.RealtimeKit1 */
} ConfabAudioRealtimeService;

gboolean confab_audio_realtime_bus_ask (ConfabAudioRealtimeService service,
                                        pid_t thread,
                                        int priority,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean confab_audio_realtime_guard (gint64 max_us, GError **error);

G_END_DECLS
