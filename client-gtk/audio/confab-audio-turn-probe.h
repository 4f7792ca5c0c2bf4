/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks a relay for a place, as libnice does, and says in words what the answer was. */
typedef struct _ConfabAudioTurnProbe ConfabAudioTurnProbe;

typedef struct {
  const char *host;
  guint16 port;
  gboolean is_tls;
  gboolean is_tcp; /* TLS is that, too */
  const char *username;
  const char *password;
} ConfabAudioTurnTarget;

/* error: (nullable): NULL: the relay let us in */
typedef void (*ConfabAudioTurnProbeFunc) (const GError *error, gpointer user_data);

ConfabAudioTurnProbe *confab_audio_turn_probe_new (GMainContext *context,
                                                   const ConfabAudioTurnTarget *target,
                                                   ConfabAudioTurnProbeFunc done,
                                                   gpointer user_data);
void confab_audio_turn_probe_free (ConfabAudioTurnProbe *self);

G_END_DECLS
