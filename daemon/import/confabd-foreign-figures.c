/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "confabd-foreign-figures.h"

/* The E-model for narrow-band speech with defaults, ITU-T G.107 (06/2015): R = 93.2 − Id − Ie,eff
 */
#define BASE_RATING     93.2
#define LOSS_IMPAIRMENT 95.0
#define LOSS_ROBUSTNESS 10.0 /* Bpl of a codec that conceals what is lost, G.113, Appendix I */
#define BUFFER_MS       40.0 /* of a browser's packets and buffers, on top of half a round trip */

/*
 * confabd_foreign_figures_get_lost_ratio:
 *
 * Returns: of what was sent, 0 to 1; whoever lost more than was sent lost all of it
 */
double
confabd_foreign_figures_get_lost_ratio (const ConfabdForeignFigures *self)
{
  if (self->lost <= 0)
    return 0;
  return self->sent > 0 ? MIN (self->lost / self->sent, 1) : 1;
}

/*
 * confabd_foreign_figures_guess_mos:
 *
 * How it sounded, for a server that did not say so; what was not measured counts as faultless.
 * Source: ITU-T G.107 (06/2015), equations 7-27 to 7-29 and B-4.
 *
 * Returns: 1 to 4.5
 */
double
confabd_foreign_figures_guess_mos (const ConfabdForeignFigures *self)
{
  double delay_ms = MAX (self->rtt_ms, 0) / 2 + 2 * MAX (self->jitter_ms, 0) + BUFFER_MS;
  double lost_percent = 100 * confabd_foreign_figures_get_lost_ratio (self);
  double x = log2 (MAX (delay_ms, 100) / 100);
  double delay_impairment =
      25 * (pow (1 + pow (x, 6), 1.0 / 6) - 3 * pow (1 + pow (x / 3, 6), 1.0 / 6) + 2);
  double rating = BASE_RATING - delay_impairment -
                  LOSS_IMPAIRMENT * lost_percent / (lost_percent + LOSS_ROBUSTNESS);

  rating = CLAMP (rating, 0, 100);
  return MAX (1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6, 1);
}
