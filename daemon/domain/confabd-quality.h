/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-user.h"
#include "confabd-store-quality.h"

G_BEGIN_DECLS

/**
 * ConfabdQualityLimits:
 * @max_per_call: how many samples of a call are kept; the oldest go
 * @max_waiting: how many wait for the disk; more are dropped
 * @wait_ms: how long they are gathered
 */
typedef struct {
  guint max_per_call;
  guint max_waiting;
  guint wait_ms;
} ConfabdQualityLimits;

/* Six people who hear each other for nine hours; 200 people for as long as a disk hangs. */
#define CONFABD_QUALITY_LIMITS_INIT \
  {                                 \
    100000, 20000, 2000             \
  }

#define CONFABD_TYPE_QUALITY (confabd_quality_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdQuality, confabd_quality, CONFABD, QUALITY, GObject)

ConfabdQuality *confabd_quality_new (ConfabdStore *store, const ConfabdQualityLimits *limits);
void confabd_quality_take (ConfabdQuality *self, const char *call_id, GPtrArray *samples);
void confabd_quality_flush (ConfabdQuality *self);
guint confabd_quality_get_n_waiting (ConfabdQuality *self);

void confabd_quality_list_async (ConfabdQuality *self,
                                 ConfabUser *user,
                                 const char *call_id,
                                 const ConfabdQualityCursor *after,
                                 guint limit,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *confabd_quality_list_finish (ConfabdQuality *self, GAsyncResult *result, GError **error);

G_END_DECLS
