/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* When calls end by time. All in microseconds. */
typedef struct {
  gint64 call_us;  /* how long a call may live */
  gint64 empty_us; /* how long it stays with nobody in it */
  gint64 warn_us;  /* how long before its end it is listed as ending */
} ConfabdTerms;

/* A live call that ends by time before long. */
typedef struct {
  char *call_id; /* (owned) */
  gint64 ends_at_us;
} ConfabdEnding;

/* What is due at a moment. */
typedef struct {
  GPtrArray *expired;  /* (element-type utf8) (owned) ids: nobody ever came */
  GPtrArray *too_long; /* (element-type utf8) (owned) ids */
  GPtrArray *empty;    /* (element-type utf8) (owned) ids: everybody left */
  GPtrArray *ending;   /* (element-type ConfabdEnding) (owned) the first to end first */
  gint64 next_at_us; /* when to look again: now, if not all that is due is listed, or when the next
                        thing will be due; G_MAXINT64: never */
} ConfabdDue;

void confabd_due_free (ConfabdDue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdDue, confabd_due_free)

void confabd_store_find_due_async (ConfabdStore *self,
                                   const ConfabdTerms *terms,
                                   GDateTime *now,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabdDue *confabd_store_find_due_finish (ConfabdStore *self,
                                           GAsyncResult *result,
                                           GError **error);

void confabd_store_local_user_async (ConfabdStore *self,
                                     ConfabUser *proposal,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
ConfabUser *confabd_store_local_user_finish (ConfabdStore *self,
                                             GAsyncResult *result,
                                             GError **error);

G_END_DECLS
