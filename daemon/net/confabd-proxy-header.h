/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-head.h"
#include "confabd-peer-private.h"

G_BEGIN_DECLS

ConfabdHeadResult confabd_proxy_header_parse (
    const char *bytes, gsize length, gsize *size, ConfabdPeer *peer, ConfabdRefusal *refusal);

G_END_DECLS
