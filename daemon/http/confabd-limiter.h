/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"

G_BEGIN_DECLS

/* What is left of a bucket. Times in whole seconds, rounded up. */
typedef struct {
  guint amount; /* how often in a period; 0: there is no limit */
  guint period_s;
  guint remaining;
  guint reset_s;       /* until all of it is there again */
  guint retry_after_s; /* 0 while something remains */
} ConfabdQuota;

#define CONFABD_TYPE_LIMITER (confabd_limiter_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdLimiter, confabd_limiter, CONFABD, LIMITER, GObject)

ConfabdLimiter *confabd_limiter_new (ConfabClock *clock,
                                     guint amount,
                                     guint period_s,
                                     guint max_keys);
void confabd_limiter_set_amount (ConfabdLimiter *self, guint amount);
gboolean confabd_limiter_take (ConfabdLimiter *self, const char *key, ConfabdQuota *quota);
gboolean confabd_limiter_peek (ConfabdLimiter *self, const char *key, ConfabdQuota *quota);
char *confabd_limiter_key_for_address (GInetAddress *address);

G_END_DECLS
