/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-id.h"
#include "confabd-token-memory-private.h"

static ConfabdPrincipal *
make_principal (void)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabUser) user = confab_user_new (id, "Ada", CONFAB_USER_ROLE_GUEST, now);

  return confabd_principal_new (CONFABD_PRINCIPAL_GUEST, user, NULL, NULL);
}

static void
test_known (void)
{
  g_autoptr (ConfabdTokenMemory) memory = confabd_token_memory_new (10);
  g_autoptr (ConfabdPrincipal) principal = make_principal ();
  g_autoptr (ConfabdPrincipal) found = NULL;
  gint64 issued_at_s = 0;

  g_assert_null (confabd_token_memory_find (memory, "token", 100, &issued_at_s));
  g_assert_null (confabd_token_memory_find (memory, NULL, 100, &issued_at_s));
  confabd_token_memory_keep (memory, "token", principal, 50, 200);
  found = confabd_token_memory_find (memory, "token", 199, &issued_at_s);
  g_assert_true (found == principal);
  g_assert_cmpint (issued_at_s, ==, 50);
  g_assert_null (confabd_token_memory_find (memory, "token ", 199, &issued_at_s));
}

/* The end of a token is its end here, also when the clock is set back afterwards. */
static void
test_expires (void)
{
  g_autoptr (ConfabdTokenMemory) memory = confabd_token_memory_new (10);
  g_autoptr (ConfabdPrincipal) principal = make_principal ();
  gint64 issued_at_s = 0;

  confabd_token_memory_keep (memory, "token", principal, 50, 200);
  g_assert_null (confabd_token_memory_find (memory, "token", 200, &issued_at_s));
  g_assert_null (confabd_token_memory_find (memory, "token", 100, &issued_at_s));
}

static void
test_bounded (void)
{
  g_autoptr (ConfabdTokenMemory) memory = confabd_token_memory_new (2);
  g_autoptr (ConfabdPrincipal) principal = make_principal ();
  g_autoptr (ConfabdPrincipal) found = NULL;
  gint64 issued_at_s = 0;

  confabd_token_memory_keep (memory, "one", principal, 0, 200);
  confabd_token_memory_keep (memory, "two", principal, 0, 200);
  confabd_token_memory_keep (memory, "three", principal, 0, 200);
  g_assert_null (confabd_token_memory_find (memory, "one", 100, &issued_at_s));
  g_assert_null (confabd_token_memory_find (memory, "two", 100, &issued_at_s));
  found = confabd_token_memory_find (memory, "three", 100, &issued_at_s);
  g_assert_nonnull (found);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-memory/known", test_known);
  g_test_add_func ("/token-memory/expires", test_expires);
  g_test_add_func ("/token-memory/bounded", test_bounded);
  return g_test_run ();
}
