/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean confab_audio_opus_packet_has_fec (const guint8 *payload, gsize size);
gboolean confab_audio_opus_packet_is_celt_alone (const guint8 *payload, gsize size);

G_END_DECLS
