/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-retention.h"

G_BEGIN_DECLS

/* How long what is kept, in days. */
typedef struct {
  guint days[CONFABD_N_AGINGS];
} ConfabdRetentionPolicy;

#define CONFABD_TYPE_RETENTION (confabd_retention_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdRetention, confabd_retention, CONFABD, RETENTION, GObject)

ConfabdRetention *confabd_retention_new (ConfabdStore *store,
                                         ConfabClock *clock,
                                         const ConfabdRetentionPolicy *policy);
void confabd_retention_set_policy (ConfabdRetention *self, const ConfabdRetentionPolicy *policy);
void confabd_retention_start (ConfabdRetention *self);
void confabd_retention_stop (ConfabdRetention *self);

void confabd_retention_run_async (ConfabdRetention *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
void confabd_retention_run_finish (ConfabdRetention *self, GAsyncResult *result);

G_END_DECLS
