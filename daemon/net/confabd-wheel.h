/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ConfabdTimer ConfabdTimer;
typedef struct _ConfabdWheel ConfabdWheel;
typedef void (*ConfabdTimerFunc) (gpointer user_data);

/* One deadline. Embedded in whoever waits for it: arming and disarming allocate nothing and cannot
 * fail. */
struct _ConfabdTimer {
  ConfabdTimer *next; /* (nullable) (unowned) neighbours in the slot; both NULL while not armed */
  ConfabdTimer *previous;
  guint64 due_tick;
  ConfabdTimerFunc func;
  gpointer user_data;
};

#define CONFABD_TIMER_INIT(func_, user_data_)             \
  {                                                       \
    .func = (func_), .user_data = (gpointer) (user_data_) \
  }

ConfabdWheel *confabd_wheel_new (gint64 now_us);
void confabd_wheel_free (ConfabdWheel *self);
void confabd_wheel_add (ConfabdWheel *self, ConfabdTimer *timer, gint64 due_us);
void confabd_wheel_remove (ConfabdWheel *self, ConfabdTimer *timer);
gboolean confabd_timer_is_armed (const ConfabdTimer *self);
void confabd_wheel_turn (ConfabdWheel *self, gint64 now_us);
gint64 confabd_wheel_get_next_us (ConfabdWheel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdWheel, confabd_wheel_free)

G_END_DECLS
