/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One line of ICE: where somebody may be reached (RFC 8839, section 5.1). */

#define CONFAB_AUDIO_MAX_CANDIDATES 64 /* of the other side: a laptop with VPNs and IPv6 has 20 */

gboolean confab_audio_candidate_is_relay (const char *candidate);
char *confab_audio_candidate_dup_told (const char *candidate);
gboolean confab_audio_candidate_is_usable (const char *candidate);

G_END_DECLS
