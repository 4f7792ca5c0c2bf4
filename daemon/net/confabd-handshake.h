/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-head.h"

G_BEGIN_DECLS

gboolean confabd_handshake_check (ConfabdHead *head, const char *protocol, ConfabdRefusal *refusal);
char *confabd_handshake_accept (ConfabdHead *head, const char *protocol);

G_END_DECLS
