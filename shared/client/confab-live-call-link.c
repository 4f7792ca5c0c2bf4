/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-live-call"

#include "config.h"

#include "confab-error.h"
#include "confab-keepalive-private.h"
#include "confab-live-call-private.h"

/* Keeping the link of a stay to its server: in, through outages, and out. */

#define JOIN_DEADLINE_MS (15 * 1000)

/* The one place where the state changes. */
gboolean
confab_live_call_apply_event (ConfabLiveCall *self, ConfabLinkEvent event)
{
  ConfabLinkState next = self->state;

  if (!confab_link_state_next (self->state, event, &next))
    return FALSE;
  if (next != self->state) {
    self->state = next;
    confab_live_call_notify (self, PROP_STATE);
  }
  return TRUE;
}

/* The end of every stay, whoever ends it. */
gboolean
confab_live_call_finish_stay (ConfabLiveCall *self)
{
  confab_timer_stop (&self->join_timer);
  confab_ice_renewal_stop (self->ice_renewal);
  confab_signaling_close (self->signaling);
  return confab_live_call_apply_event (self, CONFAB_LINK_EVENT_LEAVE);
}

void
confab_live_call_fail (ConfabLiveCall *self, const GError *error)
{
  if (confab_live_call_finish_stay (self))
    g_signal_emit_by_name (self, "failed", error);
}

static gboolean
on_join_deadline (gpointer user_data)
{
  ConfabLiveCall *self = user_data;
  g_autoptr (GError) error = NULL;

  confab_timer_stop (&self->join_timer);
  error =
      g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                   "The server did not let us in within %u seconds", self->join_deadline_ms / 1000);
  confab_signaling_drop (self->signaling, error);
  return G_SOURCE_REMOVE;
}

static void
send_join (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("join");

  confab_message_set_string (message, "call", confab_call_get_id (self->call));
  confab_message_set_boolean (message, "muted", self->is_muted);
  confab_message_set_boolean (message, "listen_only", self->is_listen_only);
  confab_signaling_send (self->signaling, message);

  confab_timer_stop (&self->join_timer);
  self->join_timer = confab_timer_start (self->join_deadline_ms, on_join_deadline, self);
}

static void
on_welcome (ConfabSignaling *signaling, ConfabMessage *message, ConfabLiveCall *self)
{
  if (confab_live_call_apply_event (self, CONFAB_LINK_EVENT_WELCOMED))
    send_join (self);
}

static void
on_lost (ConfabSignaling *signaling, const GError *error, ConfabLiveCall *self)
{
  gboolean is_news = self->state != CONFAB_LINK_STATE_RESUMING;

  confab_timer_stop (&self->join_timer);
  if (confab_live_call_apply_event (self, CONFAB_LINK_EVENT_LOST) && is_news)
    g_signal_emit_by_name (self, "reconnecting", error);
}

static void
on_message (ConfabSignaling *signaling, ConfabMessage *message, ConfabLiveCall *self)
{
  confab_live_call_take_message (self, message);
}

static void
on_failed (ConfabSignaling *signaling, const GError *error, ConfabLiveCall *self)
{
  confab_live_call_fail (self, error);
}

static void
on_ice_servers (GPtrArray *servers, gpointer user_data)
{
  ConfabLiveCall *self = user_data;

  g_ptr_array_unref (self->ice_servers);
  self->ice_servers = g_ptr_array_ref (servers);
  confab_live_call_notify (self, PROP_ICE_SERVERS);
}

/* Called once, by confab_live_call_new (). */
void
confab_live_call_open_link (ConfabLiveCall *self, const char *device_name)
{
  ConfabClient *client = confab_session_get_client (self->session);

  self->join_deadline_ms = JOIN_DEADLINE_MS;
  self->signaling = confab_signaling_new (client, device_name);
  self->ice_renewal =
      confab_ice_renewal_new (client, confab_call_get_id (self->call), on_ice_servers, self);
  g_signal_connect_object (self->signaling, "welcome", G_CALLBACK (on_welcome), self, 0);
  g_signal_connect_object (self->signaling, "message", G_CALLBACK (on_message), self, 0);
  g_signal_connect_object (self->signaling, "lost", G_CALLBACK (on_lost), self, 0);
  g_signal_connect_object (self->signaling, "failed", G_CALLBACK (on_failed), self, 0);
}

/**
 * confab_live_call_join:
 * @self: a stay that has not begun
 *
 * Begins: ends in #ConfabLiveCall::joined or #ConfabLiveCall::failed, never within this call.
 *
 * Since: 0.1
 */
void
confab_live_call_join (ConfabLiveCall *self)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (self->state == CONFAB_LINK_STATE_IDLE);

  confab_live_call_apply_event (self, CONFAB_LINK_EVENT_CONNECT);
  confab_signaling_open (self->signaling);
}

/**
 * confab_live_call_leave:
 * @self: a stay
 *
 * Leaves the call, at any time. Nothing is emitted but the change of #ConfabLiveCall:state.
 *
 * Since: 0.1
 */
void
confab_live_call_leave (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  message = confab_message_new ("leave");
  confab_signaling_send (self->signaling, message);
  confab_live_call_finish_stay (self);
}

static void
on_end_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabLiveCall) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_client_end_call_finish (CONFAB_CLIENT (source), result, &error))
    g_signal_emit_by_name (self, "refused", error);
}

/**
 * confab_live_call_end:
 * @self: a stay in a call of which we are the host
 *
 * Ends the call for everybody: #ConfabLiveCall::ended follows for us too, or
 * #ConfabLiveCall::refused.
 *
 * Since: 0.1
 */
void
confab_live_call_end (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  message = confab_message_new ("end");
  if (self->state == CONFAB_LINK_STATE_LIVE && confab_signaling_send (self->signaling, message))
    return;
  confab_client_end_call_async (confab_session_get_client (self->session),
                                confab_call_get_id (self->call), NULL, on_end_finished,
                                g_object_ref (self));
}
