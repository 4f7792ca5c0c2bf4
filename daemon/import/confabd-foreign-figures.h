/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What another server measured of one connection; each is -1 where it was not measured. */
typedef struct {
  double kbps;
  double lost; /* packets */
  double sent; /* packets */
  double jitter_ms;
  double rtt_ms;
} ConfabdForeignFigures;

double confabd_foreign_figures_get_lost_ratio (const ConfabdForeignFigures *self);
double confabd_foreign_figures_guess_mos (const ConfabdForeignFigures *self);

G_END_DECLS
