/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-leg-state.h"

#define S(state) CONFABD_LEG_STATE_##state
#define E(event) CONFABD_LEG_EVENT_##event

typedef struct {
  ConfabdLegState state;
  ConfabdLegEvent event;
  ConfabdLegState next;
} Row;

/* Everything that can happen; the whole rest cannot. */
static const Row rows[] = {
  { S (HELLO), E (WELCOME), S (READY) },   { S (READY), E (JOIN), S (JOINING) },
  { S (JOINING), E (ADMIT), S (IN_CALL) }, { S (JOINING), E (TURN_AWAY), S (READY) },
  { S (HELLO), E (CLOSE), S (CLOSING) },   { S (READY), E (CLOSE), S (CLOSING) },
  { S (JOINING), E (CLOSE), S (CLOSING) }, { S (IN_CALL), E (CLOSE), S (CLOSING) },
  { S (HELLO), E (LOSE), S (CLOSED) },     { S (READY), E (LOSE), S (CLOSED) },
  { S (JOINING), E (LOSE), S (CLOSED) },   { S (IN_CALL), E (LOSE), S (CLOSED) },
  { S (CLOSING), E (LOSE), S (CLOSED) },
};

static const Row *
find_row (ConfabdLegState state, ConfabdLegEvent event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].state == state && rows[i].event == event)
      return &rows[i];
  }
  return NULL;
}

static void
test_table (void)
{
  for (guint state = 0; state < CONFABD_N_LEG_STATES; state++) {
    for (guint event = 0; event < CONFABD_N_LEG_EVENTS; event++) {
      const Row *row = find_row (state, event);
      ConfabdLegState next = S (CLOSED);

      g_assert_cmpint (confabd_leg_state_next (state, event, &next), ==, row != NULL);
      g_assert_cmpint (next, ==, row != NULL ? row->next : S (CLOSED));
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/leg-state/table", test_table);

  return g_test_run ();
}
