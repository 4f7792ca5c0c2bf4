/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"

G_BEGIN_DECLS

char *confabd_local_token_new (GBytes *key, ConfabUser *user, GDateTime *now, guint lifetime_s);

G_END_DECLS
