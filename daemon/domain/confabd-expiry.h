/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-calls.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/**
 * ConfabdExpiryLimits:
 * @call_s: how long a call may live after its first participant entered
 * @empty_room_s: how long a call stays after its last participant left
 */
typedef struct {
  guint call_s;
  guint empty_room_s;
} ConfabdExpiryLimits;

#define CONFABD_EXPIRY_LIMITS_INIT \
  {                                \
    12 * 60 * 60, 5 * 60           \
  }

#define CONFABD_TYPE_EXPIRY (confabd_expiry_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdExpiry, confabd_expiry, CONFABD, EXPIRY, GObject)

/* Signal: "call-ending" (const char *call_id, guint in_s): 600 and 60 s before the end by time. */
ConfabdExpiry *confabd_expiry_new (ConfabdStore *store,
                                   ConfabdCalls *calls,
                                   ConfabClock *clock,
                                   const ConfabdExpiryLimits *limits);
void confabd_expiry_set_limits (ConfabdExpiry *self, const ConfabdExpiryLimits *limits);

/* The timer runs from start to stop; checking by hand is for tests. */
void confabd_expiry_start (ConfabdExpiry *self);
void confabd_expiry_stop (ConfabdExpiry *self);
void confabd_expiry_check_async (ConfabdExpiry *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean confabd_expiry_check_finish (ConfabdExpiry *self, GAsyncResult *result, GError **error);

G_END_DECLS
