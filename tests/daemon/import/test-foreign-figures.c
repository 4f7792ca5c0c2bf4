/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-foreign-figures.h"

static void
test_lost_ratio (void)
{
  static const struct {
    double lost, sent, ratio;
  } rows[] = {
    { 5, 100, 0.05 }, { 0, 100, 0 },  { 200, 100, 1 }, { 3, 0, 1 },
    { 3, -1, 1 },     { -1, 100, 0 }, { 0, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const ConfabdForeignFigures figures = { .lost = rows[i].lost, .sent = rows[i].sent };

    g_assert_cmpfloat (confabd_foreign_figures_get_lost_ratio (&figures), ==, rows[i].ratio);
  }
}

static double
guess (double rtt_ms, double jitter_ms, double lost)
{
  const ConfabdForeignFigures figures = {
    .kbps = -1, .lost = lost, .sent = 100, .jitter_ms = jitter_ms, .rtt_ms = rtt_ms
  };

  return confabd_foreign_figures_guess_mos (&figures);
}

/* Annex B of G.107: a rating of 93.2 is an opinion of 4.41. 10 % loss leaves 93.2 − 47.5 = 45.7,
 * which is 2.35. */
static void
test_mos (void)
{
  g_assert_cmpfloat_with_epsilon (guess (-1, -1, -1), 4.41, 0.01);
  g_assert_cmpfloat_with_epsilon (guess (20, 2, 0), 4.41, 0.01);
  g_assert_cmpfloat_with_epsilon (guess (0, 0, 10), 2.35, 0.01);
  g_assert_cmpfloat (guess (600, 0, 0), <, guess (400, 0, 0));
  g_assert_cmpfloat (guess (400, 30, 0), <, guess (400, 0, 0));
  g_assert_cmpfloat_with_epsilon (guess (60000, 60000, 100), 1, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreign-figures/lost-ratio", test_lost_ratio);
  g_test_add_func ("/foreign-figures/mos", test_mos);
  return g_test_run ();
}
