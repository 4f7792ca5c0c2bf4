/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-clock"

#include "config.h"

#include "confab-clock.h"

/**
 * ConfabClock:
 *
 * Where the time comes from: an argument of everything that needs one, so that a test can bring its
 * own.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (ConfabClock, confab_clock, G_TYPE_OBJECT)

static void
confab_clock_default_init (ConfabClockInterface *iface)
{
}

/**
 * confab_clock_dup_now:
 * @self: a clock
 *
 * Reads the wall clock. It may jump; durations belong to confab_clock_get_mono_us().
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): the time in UTC, with microseconds
 * Since: 0.1
 */
GDateTime *
confab_clock_dup_now (ConfabClock *self)
{
  g_return_val_if_fail (CONFAB_IS_CLOCK (self), NULL);

  return CONFAB_CLOCK_GET_IFACE (self)->dup_now (self);
}

/**
 * confab_clock_get_mono_us:
 * @self: a clock
 *
 * Reads the monotonic clock: microseconds since a moment of no meaning, never 0, never backwards.
 *
 * Safe to call from any thread.
 *
 * Returns: microseconds
 * Since: 0.1
 */
gint64
confab_clock_get_mono_us (ConfabClock *self)
{
  g_return_val_if_fail (CONFAB_IS_CLOCK (self), 0);

  return CONFAB_CLOCK_GET_IFACE (self)->get_mono_us (self);
}

/**
 * ConfabSystemClock:
 *
 * The clock of this machine.
 *
 * Since: 0.1
 */
struct _ConfabSystemClock {
  GObject parent_instance;
};

static GDateTime *
confab_system_clock_dup_now (ConfabClock *clock)
{
  return g_date_time_new_now_utc ();
}

static gint64
confab_system_clock_get_mono_us (ConfabClock *clock)
{
  return g_get_monotonic_time ();
}

static void
confab_system_clock_iface_init (ConfabClockInterface *iface)
{
  iface->dup_now = confab_system_clock_dup_now;
  iface->get_mono_us = confab_system_clock_get_mono_us;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabSystemClock,
                               confab_system_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_CLOCK,
                                                      confab_system_clock_iface_init))

static void
confab_system_clock_class_init (ConfabSystemClockClass *klass)
{
}

static void
confab_system_clock_init (ConfabSystemClock *self)
{
}

/**
 * confab_system_clock_new:
 *
 * Returns: (transfer full) (type ConfabSystemClock): the clock of this machine
 * Since: 0.1
 */
ConfabClock *
confab_system_clock_new (void)
{
  return g_object_new (CONFAB_TYPE_SYSTEM_CLOCK, NULL);
}

/**
 * ConfabManualClock:
 *
 * A clock that stands still until somebody moves it: for tests.
 *
 * Since: 0.1
 */
struct _ConfabManualClock {
  GObject parent_instance;

  GMutex lock;    /* threads of the code under test read while the test advances */
  GDateTime *now; /* (owned) */
  gint64 mono_us;
};

static GDateTime *
confab_manual_clock_dup_now (ConfabClock *clock)
{
  ConfabManualClock *self = CONFAB_MANUAL_CLOCK (clock);
  GDateTime *now = NULL;

  g_mutex_lock (&self->lock);
  now = g_date_time_ref (self->now);
  g_mutex_unlock (&self->lock);
  return now;
}

static gint64
confab_manual_clock_get_mono_us (ConfabClock *clock)
{
  ConfabManualClock *self = CONFAB_MANUAL_CLOCK (clock);
  gint64 mono_us = 0;

  g_mutex_lock (&self->lock);
  mono_us = self->mono_us;
  g_mutex_unlock (&self->lock);
  return mono_us;
}

static void
confab_manual_clock_iface_init (ConfabClockInterface *iface)
{
  iface->dup_now = confab_manual_clock_dup_now;
  iface->get_mono_us = confab_manual_clock_get_mono_us;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabManualClock,
                               confab_manual_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_CLOCK,
                                                      confab_manual_clock_iface_init))

static void
confab_manual_clock_finalize (GObject *object)
{
  ConfabManualClock *self = CONFAB_MANUAL_CLOCK (object);

  g_clear_pointer (&self->now, g_date_time_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (confab_manual_clock_parent_class)->finalize (object);
}

static void
confab_manual_clock_class_init (ConfabManualClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_manual_clock_finalize;
}

static void
confab_manual_clock_init (ConfabManualClock *self)
{
  g_mutex_init (&self->lock);
  self->mono_us = G_USEC_PER_SEC; /* 0 often stands for “never” */
}

/**
 * confab_manual_clock_new:
 * @start: what the wall clock shows at first
 *
 * Returns: (transfer full) (type ConfabManualClock): a clock that stands still
 * Since: 0.1
 */
ConfabClock *
confab_manual_clock_new (GDateTime *start)
{
  ConfabManualClock *self = NULL;

  g_return_val_if_fail (start != NULL, NULL);

  self = g_object_new (CONFAB_TYPE_MANUAL_CLOCK, NULL);
  self->now = g_date_time_to_utc (start);
  return CONFAB_CLOCK (self);
}

/**
 * confab_manual_clock_advance:
 * @self: a manual clock
 * @by_us: microseconds, 0 or more
 *
 * Moves both the wall clock and the monotonic clock. Safe to call from any thread.
 *
 * Since: 0.1
 */
void
confab_manual_clock_advance (ConfabManualClock *self, gint64 by_us)
{
  GDateTime *then = NULL;

  g_return_if_fail (CONFAB_IS_MANUAL_CLOCK (self));
  g_return_if_fail (by_us >= 0);

  g_mutex_lock (&self->lock);
  then = g_date_time_add (self->now, by_us);
  g_date_time_unref (self->now);
  self->now = then;
  self->mono_us += by_us;
  g_mutex_unlock (&self->lock);
}
