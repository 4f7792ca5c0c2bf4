/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-keepalive"

#include "config.h"

#include "confab-keepalive-private.h"

/* Runs in the thread's default context, and is stopped before what it belongs to goes. */
GSource *
confab_timer_start (guint delay_ms, GSourceFunc callback, gpointer data)
{
  GSource *timer = g_timeout_source_new (delay_ms);

  g_source_set_static_name (timer, "confab: a timer of a session");
  g_source_set_callback (timer, callback, data, NULL);
  g_source_attach (timer, g_main_context_get_thread_default ());
  return timer;
}

void
confab_timer_stop (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

static gboolean
on_ping_timer (gpointer user_data)
{
  ConfabKeepalive *self = user_data;

  self->ping_sent_mono_us = confab_clock_get_mono_us (self->clock);
  self->ping (++self->ping_id, self->owner);
  return G_SOURCE_CONTINUE;
}

/* Set once for the whole span, and again for what is left of it: not at every message. */
static gboolean
on_dead_timer (gpointer user_data)
{
  ConfabKeepalive *self = user_data;
  gint64 silent_ms = (confab_clock_get_mono_us (self->clock) - self->heard_mono_us) / 1000;

  confab_timer_stop (&self->dead_timer);
  if (silent_ms < self->dead_ms)
    self->dead_timer =
        confab_timer_start ((guint) (self->dead_ms - silent_ms), on_dead_timer, self);
  else
    self->dead (self->owner);
  return G_SOURCE_REMOVE;
}

void
confab_keepalive_start (ConfabKeepalive *self, guint ping_ms, guint dead_ms)
{
  confab_keepalive_stop (self);
  self->dead_ms = dead_ms;
  confab_keepalive_hear (self);
  self->ping_timer = confab_timer_start (ping_ms, on_ping_timer, self);
  self->dead_timer = confab_timer_start (dead_ms, on_dead_timer, self);
}

void
confab_keepalive_stop (ConfabKeepalive *self)
{
  confab_timer_stop (&self->ping_timer);
  confab_timer_stop (&self->dead_timer);
  self->ping_sent_mono_us = 0;
}

/* Anything at all from the server is a sign of life. */
void
confab_keepalive_hear (ConfabKeepalive *self)
{
  self->heard_mono_us = confab_clock_get_mono_us (self->clock);
}

/* The server read its clock between two moments of ours; the middle is the best guess. */
static void
measure_clock (ConfabKeepalive *self, ConfabMessage *message, gint64 round_trip_us)
{
  g_autoptr (GDateTime) server_time = NULL;
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  if (!confab_message_get_time (message, "server_time", CONFAB_FIELD_REQUIRED, &server_time, NULL))
    return;
  self->clock_offset_us = g_date_time_difference (server_time, now) + round_trip_us / 2;
}

void
confab_keepalive_take_welcome (ConfabKeepalive *self, ConfabMessage *welcome)
{
  measure_clock (self, welcome, 0);
}

void
confab_keepalive_take_pong (ConfabKeepalive *self, ConfabMessage *pong)
{
  gint64 id = 0;

  if (!confab_message_get_integer (pong, "id", CONFAB_FIELD_REQUIRED, 0, G_MAXINT64, &id, NULL) ||
      id != self->ping_id || self->ping_sent_mono_us == 0)
    return;
  measure_clock (self, pong, confab_clock_get_mono_us (self->clock) - self->ping_sent_mono_us);
  self->ping_sent_mono_us = 0;
}
