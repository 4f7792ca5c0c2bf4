/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Notices that this machine has other addresses than before: another Wi-Fi, a cable, a VPN. */
typedef struct _ConfabAudioRoutes ConfabAudioRoutes;

typedef void (*ConfabAudioRoutesFunc) (gpointer user_data);

ConfabAudioRoutes *confab_audio_routes_new (GMainContext *context,
                                            ConfabAudioRoutesFunc changed,
                                            gpointer user_data);
void confab_audio_routes_free (ConfabAudioRoutes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioRoutes, confab_audio_routes_free)

G_END_DECLS
