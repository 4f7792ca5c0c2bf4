/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-keeper"

#include "config.h"

#include "confabd-keeper.h"

/*
 * Keeps an idle-exiting daemon alive as long as somebody counts on it: while a session is open, and
 * for some time after a call was made or its last participant left, since its link is in somebody's
 * hands and whoever follows it from a browser cannot start the daemon.
 */
struct _ConfabdKeeper {
  GObject parent_instance;

  GApplication *application; /* (unowned) owns whoever owns this */
  ConfabdHub *hub;           /* (owned) */
  ConfabdCalls *calls;       /* (owned) */
  guint link_s;              /* how long a link counts */
  guint link_id;             /* set while one does; holds the application */
  gboolean holds_for_legs;
};

G_DEFINE_FINAL_TYPE (ConfabdKeeper, confabd_keeper, G_TYPE_OBJECT)

static void
release_link (gpointer user_data)
{
  ConfabdKeeper *self = user_data;

  self->link_id = 0;
  g_application_release (self->application);
}

static gboolean
on_link_over (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* The hold belongs to the source: whatever ends the one ends the other. */
static void
keep_for_link (ConfabdKeeper *self)
{
  guint old_id = self->link_id;

  g_application_hold (self->application);
  self->link_id = 0;
  if (old_id != 0)
    g_source_remove (old_id);
  self->link_id = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, self->link_s, on_link_over, self,
                                              release_link);
}

static void
on_call_created (ConfabdKeeper *self)
{
  keep_for_link (self);
}

static void
on_n_present (ConfabdKeeper *self)
{
  if (confabd_calls_get_n_present (self->calls) == 0)
    keep_for_link (self);
}

/* Each request starts the idle time anew. */
static void
on_request (ConfabdKeeper *self)
{
  g_application_hold (self->application);
  g_application_release (self->application);
}

static void
on_hub_changed (ConfabdKeeper *self)
{
  gboolean has_legs = confabd_hub_get_n_legs (self->hub) > 0;

  if (has_legs == self->holds_for_legs)
    return;
  self->holds_for_legs = has_legs;
  if (has_legs)
    g_application_hold (self->application);
  else
    g_application_release (self->application);
}

static void
confabd_keeper_dispose (GObject *object)
{
  ConfabdKeeper *self = CONFABD_KEEPER (object);

  g_clear_handle_id (&self->link_id, g_source_remove);
  if (self->holds_for_legs)
    g_application_release (self->application);
  self->holds_for_legs = FALSE;
  g_clear_object (&self->hub);
  g_clear_object (&self->calls);

  G_OBJECT_CLASS (confabd_keeper_parent_class)->dispose (object);
}

static void
confabd_keeper_class_init (ConfabdKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_keeper_dispose;
}

static void
confabd_keeper_init (ConfabdKeeper *self)
{
}

/**
 * confabd_keeper_new:
 * @application: what is to stay; it leaves by itself when nobody holds it
 * @context: the daemon
 * @link_s: how long a call without anybody in it is counted on
 *
 * Returns: (transfer full): the keeper; it lets go when it is disposed
 */
ConfabdKeeper *
confabd_keeper_new (GApplication *application, ConfabdContext *context, guint link_s)
{
  ConfabdKeeper *self = g_object_new (CONFABD_TYPE_KEEPER, NULL);

  self->application = application;
  self->link_s = link_s;
  self->hub = g_object_ref (confabd_context_get_hub (context));
  self->calls = g_object_ref (confabd_context_get_calls (context));
  g_signal_connect_object (self->hub, "changed", G_CALLBACK (on_hub_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->calls, "call-created", G_CALLBACK (on_call_created), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->calls, "notify::n-present", G_CALLBACK (on_n_present), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (confabd_context_get_server (context), "request", G_CALLBACK (on_request),
                           self, G_CONNECT_SWAPPED);
  return self;
}
