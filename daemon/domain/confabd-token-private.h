/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"

G_BEGIN_DECLS

char *confabd_token_new (GBytes *key, ConfabUser *user, GDateTime *now, GDateTime *expires_at);
ConfabUser *confabd_token_verify (GBytes *key, const char *token, GDateTime *now, GError **error);

G_END_DECLS
