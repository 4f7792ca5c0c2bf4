/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-poller"

#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "confabd-poller.h"

/* What is handled before other sources of the context get their turn. */
#define BATCH_SIZE 128

/**
 * ConfabdPoller:
 *
 * The descriptors and deadlines of all connections as one #GSource.
 *
 * GMainContext polls every descriptor at every turn: with 10,000 connections that cost eleven times
 * what the work itself does. Here they are in one epoll descriptor, so a turn costs what is ready.
 * Use it from the thread of its context only.
 */
struct _ConfabdPoller {
  GObject parent_instance;

  GMainContext *context; /* (owned) */
  GSource *source;       /* (owned) */
  int epoll_fd;
  ConfabdWheel *wheel; /* (owned) */

  /* Events not yet handed out; an entry is cleared when its watch goes away meanwhile. */
  struct epoll_event batch[BATCH_SIZE];
  int batch_length;
};

/* The source's view of the poller; (unowned) the poller destroys the source when it goes. */
typedef struct {
  GSource parent;
  ConfabdPoller *poller;
  gpointer tag;
} PollerSource;

G_DEFINE_FINAL_TYPE (ConfabdPoller, confabd_poller, G_TYPE_OBJECT)

static void
update_ready_time (ConfabdPoller *self)
{
  gint64 next_us = confabd_wheel_get_next_us (self->wheel);

  if (self->source != NULL && g_source_get_ready_time (self->source) != next_us)
    g_source_set_ready_time (self->source, next_us);
}

static void
dispatch_events (ConfabdPoller *self)
{
  self->batch_length = epoll_wait (self->epoll_fd, self->batch, BATCH_SIZE, 0);
  for (int i = 0; i < self->batch_length; i++) {
    ConfabdWatch *watch = self->batch[i].data.ptr;

    if (watch != NULL)
      watch->func (self->batch[i].events, watch->user_data);
  }
  self->batch_length = 0;
}

static gboolean
poller_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  PollerSource *poller_source = (PollerSource *) source;
  g_autoptr (ConfabdPoller) self = g_object_ref (poller_source->poller);

  if (g_source_query_unix_fd (source, poller_source->tag) != 0)
    dispatch_events (self);
  confabd_wheel_turn (self->wheel, g_get_monotonic_time ());
  update_ready_time (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_source_funcs = { .dispatch = poller_source_dispatch };

static void
attach_source (ConfabdPoller *self)
{
  PollerSource *poller_source = NULL;

  self->source = g_source_new (&poller_source_funcs, sizeof (PollerSource));
  poller_source = (PollerSource *) self->source;
  poller_source->poller = self;
  poller_source->tag = g_source_add_unix_fd (self->source, self->epoll_fd, G_IO_IN);
  g_source_set_static_name (self->source, "[confabd] connections");
  g_source_attach (self->source, self->context);
}

static void
confabd_poller_finalize (GObject *object)
{
  ConfabdPoller *self = CONFABD_POLLER (object);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  g_clear_pointer (&self->wheel, confabd_wheel_free);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (confabd_poller_parent_class)->finalize (object);
}

static void
confabd_poller_class_init (ConfabdPollerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_poller_finalize;
}

static void
confabd_poller_init (ConfabdPoller *self)
{
  self->epoll_fd = -1;
  self->wheel = confabd_wheel_new (g_get_monotonic_time ());
}

/**
 * confabd_poller_new:
 * @context: (nullable): the context to work in, or %NULL for the global default
 * @error: return location for a #GError
 *
 * Fails with a %G_IO_ERROR when the process has no descriptor left.
 *
 * Returns: (transfer full): a poller, attached to @context
 */
ConfabdPoller *
confabd_poller_new (GMainContext *context, GError **error)
{
  g_autoptr (ConfabdPoller) self = g_object_new (CONFABD_TYPE_POLLER, NULL);

  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0) {
    int saved_errno = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                 "No descriptor for connections: %s", g_strerror (saved_errno));
    return NULL;
  }
  attach_source (self);
  return g_steal_pointer (&self);
}

/**
 * confabd_poller_get_context:
 * @self: a poller
 *
 * Returns: (transfer none): the context its callbacks run in
 */
GMainContext *
confabd_poller_get_context (ConfabdPoller *self)
{
  g_return_val_if_fail (CONFABD_IS_POLLER (self), NULL);

  return self->context;
}

/**
 * confabd_poller_watch:
 * @self: a poller
 * @watch: (transfer none): a watch that is not in use; it stays where it is until
 * confabd_poller_unwatch ()
 * @fd: a descriptor that stays open until then
 * @events: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLET; errors and hang-ups are always told
 * @func: what to call
 * @user_data: for @func; has to live until confabd_poller_unwatch ()
 * @error: return location for a #GError
 *
 * Starts watching a descriptor. Fails with a %G_IO_ERROR when the kernel has no memory for it or
 * refuses more of them.
 *
 * Returns: whether the descriptor is watched now
 */
gboolean
confabd_poller_watch (ConfabdPoller *self,
                      ConfabdWatch *watch,
                      int fd,
                      guint events,
                      ConfabdWatchFunc func,
                      gpointer user_data,
                      GError **error)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  g_return_val_if_fail (CONFABD_IS_POLLER (self), FALSE);
  g_return_val_if_fail (watch->func == NULL && func != NULL, FALSE);

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
    int saved_errno = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                 "The connection cannot be watched: %s", g_strerror (saved_errno));
    return FALSE;
  }
  watch->fd = fd;
  watch->events = events;
  watch->func = func;
  watch->user_data = user_data;
  return TRUE;
}

/**
 * confabd_poller_change:
 * @self: a poller
 * @watch: a watch in use
 * @events: what to wait for from now on, as for confabd_poller_watch ()
 */
void
confabd_poller_change (ConfabdPoller *self, ConfabdWatch *watch, guint events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  g_return_if_fail (watch->func != NULL);

  if (watch->events == events)
    return;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) != 0)
    g_critical ("Changing a watch failed: %s", g_strerror (errno));
  watch->events = events;
}

/**
 * confabd_poller_unwatch:
 * @self: a poller
 * @watch: a watch, in use or not
 *
 * Stops watching; nothing is told about the descriptor after this, also not what was fetched from
 * the kernel already. Call it before the descriptor is closed.
 */
void
confabd_poller_unwatch (ConfabdPoller *self, ConfabdWatch *watch)
{
  if (watch->func == NULL)
    return;

  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = 0; i < self->batch_length; i++) {
    if (self->batch[i].data.ptr == watch)
      self->batch[i].data.ptr = NULL;
  }
  *watch = (ConfabdWatch){ 0 };
}

/**
 * confabd_poller_arm:
 * @self: a poller
 * @timer: (transfer none): a timer with its function set; it stays where it is until it fired or is
 * disarmed
 * @delay_ms: from now; the timer fires up to 20 ms late
 *
 * Arms a timer, or moves one that is armed. It fires once.
 */
void
confabd_poller_arm (ConfabdPoller *self, ConfabdTimer *timer, guint delay_ms)
{
  g_return_if_fail (CONFABD_IS_POLLER (self));

  confabd_wheel_add (self->wheel, timer, g_get_monotonic_time () + (gint64) delay_ms * 1000);
  update_ready_time (self);
}

/**
 * confabd_poller_disarm:
 * @self: a poller
 * @timer: a timer, armed or not
 */
void
confabd_poller_disarm (ConfabdPoller *self, ConfabdTimer *timer)
{
  g_return_if_fail (CONFABD_IS_POLLER (self));

  confabd_wheel_remove (self->wheel, timer);
}
