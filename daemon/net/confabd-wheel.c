/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-wheel.h"

/* A timer may be late by one tick. Pings and deadlines are in seconds; 20 ms is far below what
 * anybody notices, and lets thousands of sockets share one wake-up. */
#define TICK_US 20000

/* 2048 ticks are 41 s: the usual deadlines (10 s, 25 s, 30 s) fit in one turn. Longer ones are
 * passed over once a turn. */
#define N_SLOTS   2048
#define SLOT_MASK (N_SLOTS - 1)
#define N_WORDS   (N_SLOTS / 64)

/**
 * ConfabdWheel:
 *
 * All deadlines of the connections in one hashed timing wheel.
 *
 * Adding and removing take constant time whatever the number of timers. The wheel knows no clock:
 * its owner says what time it is, in microseconds of any monotonic clock, and asks when to come
 * back. Source: G. Varghese and T. Lauck, “Hashed and Hierarchical Timing Wheels”, scheme 6.
 */
struct _ConfabdWheel {
  ConfabdTimer slots[N_SLOTS]; /* heads of circular lists */
  guint64 occupied[N_WORDS];   /* a bit per slot with timers in it */
  guint64 tick;                /* everything up to and with this tick has been fired */
};

static guint64
tick_of (gint64 time_us)
{
  return (guint64) MAX (time_us, 0) / TICK_US;
}

static void
mark (ConfabdWheel *self, guint slot)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (slot % 64);

  if (self->slots[slot].next == &self->slots[slot])
    self->occupied[slot / 64] &= ~bit;
  else
    self->occupied[slot / 64] |= bit;
}

static void
list_init (ConfabdTimer *list)
{
  list->next = list;
  list->previous = list;
}

static void
list_remove (ConfabdTimer *timer)
{
  timer->next->previous = timer->previous;
  timer->previous->next = timer->next;
  timer->next = NULL;
  timer->previous = NULL;
}

static void
list_append (ConfabdTimer *list, ConfabdTimer *timer)
{
  timer->previous = list->previous;
  timer->next = list;
  list->previous->next = timer;
  list->previous = timer;
}

/* Takes what is due out of the slot first, so that callbacks may add and remove any timer. */
static void
take_due (ConfabdWheel *self, guint slot, guint64 up_to_tick, ConfabdTimer *due)
{
  ConfabdTimer *list = &self->slots[slot];
  ConfabdTimer *next = NULL;

  for (ConfabdTimer *timer = list->next; timer != list; timer = next) {
    next = timer->next;
    if (timer->due_tick > up_to_tick)
      continue;
    list_remove (timer);
    list_append (due, timer);
  }
  mark (self, slot);
}

/**
 * confabd_wheel_new:
 * @now_us: the time by the caller's monotonic clock
 *
 * Returns: (transfer full): a wheel without timers
 */
ConfabdWheel *
confabd_wheel_new (gint64 now_us)
{
  ConfabdWheel *self = g_new0 (ConfabdWheel, 1);

  for (guint i = 0; i < N_SLOTS; i++)
    list_init (&self->slots[i]);
  self->tick = tick_of (now_us);
  return self;
}

/**
 * confabd_wheel_free:
 * @self: a wheel; whoever owns a timer that is still armed must not touch it any more
 */
void
confabd_wheel_free (ConfabdWheel *self)
{
  g_free (self);
}

/**
 * confabd_timer_is_armed:
 * @self: a timer
 *
 * Returns: whether the timer waits to be fired
 */
gboolean
confabd_timer_is_armed (const ConfabdTimer *self)
{
  return self->next != NULL;
}

/**
 * confabd_wheel_add:
 * @self: a wheel
 * @timer: (transfer none): a timer with its function set; one that is armed already is moved
 * @due_us: when to fire it; a time gone by means the next tick
 *
 * Arms a timer. It fires once, up to 20 ms late and never early.
 */
void
confabd_wheel_add (ConfabdWheel *self, ConfabdTimer *timer, gint64 due_us)
{
  guint slot;

  g_return_if_fail (timer->func != NULL);

  confabd_wheel_remove (self, timer);
  timer->due_tick = MAX (tick_of (due_us + TICK_US - 1), self->tick + 1);
  slot = timer->due_tick & SLOT_MASK;
  list_append (&self->slots[slot], timer);
  mark (self, slot);
}

/**
 * confabd_wheel_remove:
 * @self: a wheel
 * @timer: a timer of this wheel, armed or not
 */
void
confabd_wheel_remove (ConfabdWheel *self, ConfabdTimer *timer)
{
  if (!confabd_timer_is_armed (timer))
    return;
  list_remove (timer);
  mark (self, timer->due_tick & SLOT_MASK);
}

/**
 * confabd_wheel_turn:
 * @self: a wheel
 * @now_us: the time by the clock of confabd_wheel_new ()
 *
 * Fires everything that is due. A function that arms its timer again is called again by a later
 * turn, not by this one.
 */
void
confabd_wheel_turn (ConfabdWheel *self, gint64 now_us)
{
  guint64 now_tick = tick_of (now_us);
  guint64 first = self->tick + 1;
  ConfabdTimer due;

  if (now_tick < first)
    return;

  list_init (&due);
  for (guint64 tick = first; tick <= now_tick && tick < first + N_SLOTS; tick++)
    take_due (self, tick & SLOT_MASK, now_tick, &due);
  self->tick = now_tick;

  while (due.next != &due) {
    ConfabdTimer *timer = due.next;

    list_remove (timer);
    timer->func (timer->user_data);
  }
}

/**
 * confabd_wheel_get_next_us:
 * @self: a wheel
 *
 * Returns: when confabd_wheel_turn () is worth calling again, or -1 without timers. Can be early by
 * whole turns of the wheel when the only timers are farther away than one.
 */
gint64
confabd_wheel_get_next_us (ConfabdWheel *self)
{
  guint start = (self->tick + 1) & SLOT_MASK;

  /* One word more than there are: the first is looked at twice, once from the start bit on and once
   * below it. */
  for (guint i = 0; i <= N_WORDS; i++) {
    guint word = (start / 64 + i) % N_WORDS;
    guint64 bits = self->occupied[word];
    guint slot;

    if (i == 0)
      bits &= ~G_GUINT64_CONSTANT (0) << (start % 64);
    if (bits == 0)
      continue;
    slot = word * 64 + (guint) __builtin_ctzll (bits);
    return (gint64) (self->tick + 1 + ((slot - start) & SLOT_MASK)) * TICK_US;
  }
  return -1;
}
