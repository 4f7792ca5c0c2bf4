/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-calls.h"

G_BEGIN_DECLS

/* For confabctl, which sees the calls of everybody and has no store: these wait. */

/* A call that is not over, and how many are in it. */
typedef struct {
  ConfabCall *call; /* (owned) */
  guint n_present;
} ConfabdCallSummary;

void confabd_call_summary_free (ConfabdCallSummary *self);

GPtrArray *confabd_store_list_open_calls_sync (ConfabdDatabase *database,
                                               guint limit,
                                               GError **error);
ConfabdRoster *confabd_store_find_call_sync (ConfabdDatabase *database,
                                             const char *id_or_code,
                                             ConfabUser **creator,
                                             GError **error);

G_END_DECLS
