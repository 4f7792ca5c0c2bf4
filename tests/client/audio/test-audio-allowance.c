/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-allowance.h"

#define REFILL_US (2 * G_USEC_PER_SEC)

static guint
count (ConfabAudioAllowance *allowance, gint64 now_us)
{
  guint n = 0;

  while (n < 100 && confab_audio_allowance_take (allowance, now_us))
    n++;
  return n;
}

static void
test_burst_and_refill (void)
{
  ConfabAudioAllowance allowance;
  gint64 now_us = 5000;

  confab_audio_allowance_init (&allowance, 8, REFILL_US, now_us);
  g_assert_cmpuint (count (&allowance, now_us), ==, 8);
  g_assert_cmpuint (count (&allowance, now_us + REFILL_US - 1000), ==, 0);
  g_assert_cmpuint (count (&allowance, now_us + REFILL_US + 1000), ==, 1);
  g_assert_cmpuint (count (&allowance, now_us + 4 * REFILL_US + 1000), ==, 3);
}

/* Who has waited for long may not do more at once than who comes. */
static void
test_no_savings (void)
{
  ConfabAudioAllowance allowance;

  confab_audio_allowance_init (&allowance, 3, REFILL_US, 1);
  g_assert_cmpuint (count (&allowance, 1000 * REFILL_US), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/allowance/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/audio/allowance/no-savings", test_no_savings);
  return g_test_run ();
}
