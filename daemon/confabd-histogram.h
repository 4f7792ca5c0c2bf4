/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFABD_HISTOGRAM_N_BOUNDS 12

/* How long things took. Begins as zeros; for one thread. */
typedef struct {
  guint64 n_by_bucket[CONFABD_HISTOGRAM_N_BOUNDS + 1]; /* the last one is for what is above all */
  gint64 sum_us;
} ConfabdHistogram;

extern const double confabd_histogram_bounds_s[CONFABD_HISTOGRAM_N_BOUNDS];

void confabd_histogram_add (ConfabdHistogram *self, gint64 duration_us);

G_END_DECLS
