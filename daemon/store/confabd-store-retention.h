/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store.h"

G_BEGIN_DECLS

/* What goes by age: a row each in the table of confabd-store-retention.c. */
typedef enum {
  CONFABD_AGING_QUALITY,
  CONFABD_AGING_HISTORY, /* calls that are over, with all that belongs to them */
  CONFABD_AGING_SESSIONS,
  CONFABD_AGING_KEYS, /* that were revoked */
  CONFABD_AGING_LETTERS,
  CONFABD_AGING_SIGNED_OUT, /* guests, whose tokens have expired */
  CONFABD_AGING_PROOFS,
  CONFABD_AGING_DONE_JOBS,
  CONFABD_AGING_DEAD_JOBS,
  CONFABD_AGING_AUDIT,
  CONFABD_N_AGINGS
} ConfabdAging;

/* Takes some of what is older than @before_us; a few at once, so that nobody waits for it. */
void confabd_store_forget_async (ConfabdStore *self,
                                 ConfabdAging what,
                                 gint64 before_us,
                                 gint64 now_us,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean confabd_store_forget_finish (ConfabdStore *self,
                                      GAsyncResult *result,
                                      gboolean *is_more,
                                      GError **error);

G_END_DECLS
