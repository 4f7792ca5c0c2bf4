/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Which servers help connections to be made, and whether nothing but a relay may carry them. */
typedef struct _ConfabAudioRelays ConfabAudioRelays;

/* In the engine's context: no relay lets us in; once for each set of servers. */
typedef void (*ConfabAudioRelaysProblemFunc) (const GError *error, gpointer user_data);

ConfabAudioRelays *confab_audio_relays_new (GMainContext *context,
                                            ConfabAudioRelaysProblemFunc problem,
                                            gpointer user_data);
void confab_audio_relays_free (ConfabAudioRelays *self);

void confab_audio_relays_set_servers (ConfabAudioRelays *self, GPtrArray *servers);
void confab_audio_relays_set_only (ConfabAudioRelays *self, gboolean is_only);
gboolean confab_audio_relays_get_only (ConfabAudioRelays *self);

/* (element-type utf8) "stun://…"; "turn://user:password@…", as webrtcbin wants them */
GPtrArray *confab_audio_relays_dup_stun_uris (ConfabAudioRelays *self);
GPtrArray *confab_audio_relays_dup_turn_uris (ConfabAudioRelays *self);
void confab_audio_relays_check (ConfabAudioRelays *self);

G_END_DECLS
