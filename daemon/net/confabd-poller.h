/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confabd-wheel.h"

G_BEGIN_DECLS

/* @events: what is the matter, as EPOLLIN, EPOLLOUT, EPOLLHUP and so on. */
typedef void (*ConfabdWatchFunc) (guint events, gpointer user_data);

/* One descriptor in the poller. Embedded in whoever owns the descriptor; all zero while it is not
 * watched. */
typedef struct {
  int fd;
  guint events; /* what is waited for; 0 while not watched */
  ConfabdWatchFunc func;
  gpointer user_data;
} ConfabdWatch;

#define CONFABD_TYPE_POLLER (confabd_poller_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdPoller, confabd_poller, CONFABD, POLLER, GObject)

ConfabdPoller *confabd_poller_new (GMainContext *context, GError **error);
GMainContext *confabd_poller_get_context (ConfabdPoller *self);

gboolean confabd_poller_watch (ConfabdPoller *self,
                               ConfabdWatch *watch,
                               int fd,
                               guint events,
                               ConfabdWatchFunc func,
                               gpointer user_data,
                               GError **error);
void confabd_poller_change (ConfabdPoller *self, ConfabdWatch *watch, guint events);
void confabd_poller_unwatch (ConfabdPoller *self, ConfabdWatch *watch);

void confabd_poller_arm (ConfabdPoller *self, ConfabdTimer *timer, guint delay_ms);
void confabd_poller_disarm (ConfabdPoller *self, ConfabdTimer *timer);

G_END_DECLS
