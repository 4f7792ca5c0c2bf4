/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-message.h"

G_BEGIN_DECLS

/* A message of the socket: an object with a string "type", at most CONFAB_LIMIT_MESSAGE_BYTES. */
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_codec_decode (GBytes *bytes, GError **error);
/* A body of REST: an object, at most max_bytes. */
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_codec_decode_body (GBytes *bytes, gsize max_bytes, GError **error);
CONFAB_AVAILABLE_IN_ALL
GBytes *confab_codec_encode (ConfabMessage *message);

G_END_DECLS
