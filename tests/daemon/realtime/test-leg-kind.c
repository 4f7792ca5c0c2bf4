/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-leg-kind.h"

#define S(state) CONFABD_LEG_STATE_##state
#define K(kind)  CONFABD_LEG_KIND_##kind

static const struct {
  ConfabdLegKind kind;
  const char *name;
  const char *states; /* in which it may come: hello, ready, joining, in a call */
} rows[] = {
  { K (SIGNAL), "signal", "...C" },   { K (PING), "ping", ".RJC" },
  { K (ACK), "ack", ".RJC" },         { K (STATE), "state", "...C" },
  { K (QUALITY), "quality", "...C" }, { K (HELLO), "hello", "H..." },
  { K (JOIN), "join", ".R.." },       { K (LEAVE), "leave", ".RJC" },
  { K (END), "end", "...C" },         { K (UNKNOWN), NULL, "...." },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpstr (confabd_leg_kind_to_string (rows[i].kind), ==, rows[i].name);
    for (ConfabdLegState state = S (HELLO); state <= S (IN_CALL); state++) {
      g_autoptr (GError) error = NULL;
      gboolean may = rows[i].states[state] != '.';

      g_assert_true (confabd_leg_kind_check (rows[i].kind, state, &error) == may);
      g_assert_true ((error == NULL) == may);
    }
  }
}

static ConfabdLegKind
find (const char *json)
{
  g_autoptr (GBytes) text = g_bytes_new_static (json, strlen (json));
  g_autoptr (GError) error = NULL;
  ConfabdEnvelope envelope;

  confabd_envelope_scan (&envelope, text, &error);
  g_assert_no_error (error);
  return confabd_leg_kind_find (&envelope, text);
}

static void
test_find (void)
{
  for (gsize i = 0; i < CONFABD_N_LEG_KINDS; i++) {
    g_autofree char *json = g_strdup_printf ("{\"type\":\"%s\"}", rows[i].name);

    g_assert_cmpint (find (json), ==, rows[i].kind);
  }
  g_assert_cmpint (find ("{\"type\":\"pin\"}"), ==, K (UNKNOWN));
  g_assert_cmpint (find ("{\"type\":\"welcome\"}"), ==, K (UNKNOWN));
}

static void
assert_refused (ConfabdLegKind kind, ConfabdLegState state, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (confabd_leg_kind_check (kind, state, &error));
  g_assert_error (error, CONFAB_ERROR, code);
}

static void
test_refusals (void)
{
  assert_refused (K (PING), S (HELLO), CONFAB_ERROR_NOT_AUTHENTICATED);
  assert_refused (K (UNKNOWN), S (HELLO), CONFAB_ERROR_NOT_AUTHENTICATED);
  assert_refused (K (UNKNOWN), S (READY), CONFAB_ERROR_UNSUPPORTED);
  assert_refused (K (HELLO), S (READY), CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (K (JOIN), S (IN_CALL), CONFAB_ERROR_CONFLICT);
  assert_refused (K (SIGNAL), S (JOINING), CONFAB_ERROR_CONFLICT);
}

static void
test_what_ends_a_session (void)
{
  g_assert_true (confabd_leg_kind_is_fatal (K (HELLO), S (HELLO), CONFAB_ERROR_CONFLICT));
  g_assert_true (confabd_leg_kind_is_fatal (K (STATE), S (IN_CALL), CONFAB_ERROR_BAD_MESSAGE));
  g_assert_true (confabd_leg_kind_is_fatal (K (UNKNOWN), S (READY), CONFAB_ERROR_BAD_MESSAGE));
  g_assert_true (confabd_leg_kind_is_fatal (K (JOIN), S (READY), CONFAB_ERROR_NOT_ALLOWED));
  g_assert_false (confabd_leg_kind_is_fatal (K (STATE), S (IN_CALL), CONFAB_ERROR_NOT_ALLOWED));
  g_assert_false (confabd_leg_kind_is_fatal (K (END), S (IN_CALL), CONFAB_ERROR_NOT_ALLOWED));
  g_assert_false (confabd_leg_kind_is_fatal (K (QUALITY), S (IN_CALL), CONFAB_ERROR_BAD_MESSAGE));
  g_assert_false (confabd_leg_kind_is_fatal (K (SIGNAL), S (IN_CALL), CONFAB_ERROR_UNSUPPORTED));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/leg-kind/table", test_table);
  g_test_add_func ("/leg-kind/find", test_find);
  g_test_add_func ("/leg-kind/refusals", test_refusals);
  g_test_add_func ("/leg-kind/what-ends-a-session", test_what_ends_a_session);
  return g_test_run ();
}
