/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* TCP on loopback here, TLS to one server there. libnice 0.1.21 says “turns” and speaks plain TCP.
 */
typedef struct _ConfabAudioTlsTunnel ConfabAudioTlsTunnel;

ConfabAudioTlsTunnel *confab_audio_tls_tunnel_new (const char *host, guint16 port, GError **error);
void confab_audio_tls_tunnel_free (ConfabAudioTlsTunnel *self);
const char *confab_audio_tls_tunnel_get_host (ConfabAudioTlsTunnel *self);
guint16 confab_audio_tls_tunnel_get_port (ConfabAudioTlsTunnel *self);
guint16 confab_audio_tls_tunnel_get_ipv4_port (ConfabAudioTlsTunnel *self);
guint16 confab_audio_tls_tunnel_get_ipv6_port (ConfabAudioTlsTunnel *self);

G_END_DECLS
