/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-revocations.h"

#define NOW_S 1795000000

static void
test_until (void)
{
  g_autoptr (ConfabdRevocations) revocations = confabd_revocations_new (10);

  g_assert_true (confabd_revocations_add (revocations, "a", NOW_S + 60, NOW_S));
  g_assert_false (confabd_revocations_add (revocations, "a", NOW_S + 60, NOW_S));
  g_assert_false (confabd_revocations_add (revocations, "late", NOW_S, NOW_S));
  g_assert_true (confabd_revocations_contain (revocations, "a", NOW_S - 10));
  g_assert_false (confabd_revocations_contain (revocations, "b", NOW_S - 10));
  /* Its last token has expired: what comes next makes room of it. */
  g_assert_true (confabd_revocations_add (revocations, "b", NOW_S + 120, NOW_S + 60));
  g_assert_false (confabd_revocations_contain (revocations, "a", NOW_S - 10));
}

/* Nobody who was revoked gets in by revoking many others. */
static void
test_bounded (void)
{
  g_autoptr (ConfabdRevocations) revocations = confabd_revocations_new (3);
  const char *const ids[] = { "a", "b", "c", "d" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_assert_true (confabd_revocations_add (revocations, ids[i], NOW_S + 60, NOW_S));
  }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_assert_true (confabd_revocations_contain (revocations, ids[i], NOW_S));
  }
  g_assert_true (confabd_revocations_contain (revocations, "somebody", NOW_S));
  g_assert_false (confabd_revocations_contain (revocations, "somebody", NOW_S + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/revocations/until", test_until);
  g_test_add_func ("/revocations/bounded", test_bounded);

  return g_test_run ();
}
