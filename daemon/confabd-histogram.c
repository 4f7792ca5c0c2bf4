/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-histogram.h"

/* From what memory answers to what a deadline ends. */
const double confabd_histogram_bounds_s[CONFABD_HISTOGRAM_N_BOUNDS] = {
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
};

/**
 * confabd_histogram_add:
 * @self: a histogram
 * @duration_us: how long it took
 */
void
confabd_histogram_add (ConfabdHistogram *self, gint64 duration_us)
{
  double seconds = (double) duration_us / G_USEC_PER_SEC;
  guint bucket = 0;

  while (bucket < CONFABD_HISTOGRAM_N_BOUNDS && seconds > confabd_histogram_bounds_s[bucket])
    bucket++;
  self->n_by_bucket[bucket]++;
  self->sum_us += duration_us;
}
