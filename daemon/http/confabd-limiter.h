/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_LIMITER (confabd_limiter_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdLimiter, confabd_limiter, CONFABD, LIMITER, GObject)

ConfabdLimiter *confabd_limiter_new (ConfabClock *clock, guint per_minute, guint max_keys);
gboolean confabd_limiter_take (ConfabdLimiter *self, const char *key, guint *retry_after_s);
gboolean confabd_limiter_peek (ConfabdLimiter *self, const char *key, guint *retry_after_s);
char *confabd_limiter_key_for_address (GInetAddress *address);

G_END_DECLS
