/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-live-call"

#include "config.h"

#include "confab-live-call-private.h"
#include "confab-permission.h"
#include "confab-wire-model.h"

/* What we do and say in a call ourselves. */

void
confab_live_call_send_flag (ConfabLiveCall *self, const char *name, gboolean value)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("state");

  confab_message_set_boolean (message, name, value);
  if (self->state == CONFAB_LINK_STATE_LIVE)
    confab_signaling_send (self->signaling, message);
}

/* What we say of ourselves holds at once, whenever the server comes round to it. */
void
confab_live_call_update_self (ConfabLiveCall *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (ConfabParticipant) changed = NULL;
  ConfabLiveParticipant *live = NULL;
  ConfabParticipantFlags flags;

  if (self->participants->len == 0)
    return;
  live = g_ptr_array_index (self->participants, 0);
  confab_participant_get_flags (confab_live_participant_get_participant (live), &flags);
  flags.is_muted = !!self->is_muted;
  flags.is_deafened = !!self->is_deafened;
  flags.is_listen_only = !!self->is_listen_only;
  changed =
      confab_participant_with_flags (confab_live_participant_get_participant (live), &flags, now);
  confab_live_participant_set_participant (live, changed);
}

/**
 * confab_live_call_send_signal:
 * @self: a stay
 * @to: a participant of the list
 * @signal: a step of the negotiation
 *
 * Sends it, if we are in the call: otherwise it is about a connection that is void anyway.
 *
 * Since: 0.1
 */
void
confab_live_call_send_signal (ConfabLiveCall *self, const char *to, ConfabSignal *signal)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (to != NULL);
  g_return_if_fail (signal != NULL);

  if (self->state != CONFAB_LINK_STATE_LIVE)
    return;
  message = confab_signal_to_message (signal, to);
  confab_signaling_send (self->signaling, message);
}

/**
 * confab_live_call_send_quality:
 * @self: a stay
 * @samples: (element-type ConfabQualitySample): how we hear the others, at most one of each
 *
 * Has the server keep them, if we are in the call. It takes them each 5 s at most, and drops what
 * is sooner.
 *
 * Since: 0.1
 */
void
confab_live_call_send_quality (ConfabLiveCall *self, GPtrArray *samples)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (samples != NULL);

  if (self->state != CONFAB_LINK_STATE_LIVE || samples->len == 0)
    return;
  message = confab_quality_to_message (samples);
  confab_signaling_send (self->signaling, message);
}

static gboolean
set_flag (ConfabLiveCall *self, gboolean *flag, gboolean value, ConfabLiveCallProperty property)
{
  if (*flag == !!value)
    return FALSE;
  *flag = !!value;
  confab_live_call_update_self (self);
  confab_live_call_notify (self, property);
  return TRUE;
}

/**
 * confab_live_call_set_muted:
 * @self: a stay
 * @muted: whether to say so
 *
 * Tells the others, now or when we come in. Muting itself is for whoever sends the sound.
 *
 * Since: 0.1
 */
void
confab_live_call_set_muted (ConfabLiveCall *self, gboolean muted)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_muted, muted, PROP_MUTED))
    confab_live_call_send_flag (self, "muted", self->is_muted);
}

/**
 * confab_live_call_get_muted:
 * @self: a stay
 *
 * Returns: what was last set
 * Since: 0.1
 */
gboolean
confab_live_call_get_muted (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), FALSE);

  return self->is_muted;
}

/**
 * confab_live_call_set_deafened:
 * @self: a stay
 * @deafened: whether to say so
 *
 * Tells the others, now or when we come in. Silence itself is for whoever plays the sound.
 *
 * Since: 0.1
 */
void
confab_live_call_set_deafened (ConfabLiveCall *self, gboolean deafened)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_deafened, deafened, PROP_DEAFENED))
    confab_live_call_send_flag (self, "deafened", self->is_deafened);
}

/**
 * confab_live_call_set_listen_only:
 * @self: a stay
 * @listen_only: whether to say that we have no microphone
 *
 * Tells the others, now or when we come in.
 *
 * Since: 0.1
 */
void
confab_live_call_set_listen_only (ConfabLiveCall *self, gboolean listen_only)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_listen_only, listen_only, PROP_LISTEN_ONLY))
    confab_live_call_send_flag (self, "listen_only", self->is_listen_only);
}

/**
 * confab_live_call_ask_recording:
 * @self: a stay
 * @is_wanted: whether to begin, or to end
 *
 * Asks the server to tell everybody that we record the call, or no more. Nothing may be recorded
 * before #ConfabLiveParticipant:recording of ourselves says so: whoever is in the call has been
 * told by then. #ConfabLiveCall::refused with %CONFAB_ERROR_NOT_ALLOWED where the call does not
 * allow it. After an outage one has to ask anew.
 *
 * Since: 0.1
 */
void
confab_live_call_ask_recording (ConfabLiveCall *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  confab_live_call_send_flag (self, "recording", is_wanted != FALSE);
}

static ConfabRole
get_own_role (ConfabLiveCall *self)
{
  ConfabLiveParticipant *us = g_ptr_array_index (self->participants, 0);

  return confab_participant_get_role (confab_live_participant_get_participant (us));
}

/**
 * confab_live_call_may_record:
 * @self: a stay
 *
 * Returns: whether the call allows us to record it, as far as we know; the server has the last word
 * Since: 0.1
 */
gboolean
confab_live_call_may_record (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), FALSE);

  return self->participants->len > 0 &&
         confab_recording_policy_allows (confab_call_get_recording_policy (self->call),
                                         get_own_role (self));
}

/**
 * confab_live_call_may_change:
 * @self: a stay
 *
 * Returns: whether we may say who records the call, as far as we know
 * Since: 0.1
 */
gboolean
confab_live_call_may_change (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), FALSE);

  return self->participants->len > 0 &&
         confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_CHANGE, get_own_role (self));
}

static void
on_policy_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabLiveCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabCall) call =
      confab_client_change_call_finish (CONFAB_CLIENT (source), result, &error);

  if (call == NULL && self->state == CONFAB_LINK_STATE_LIVE)
    g_signal_emit_by_name (self, "refused", error);
}

/**
 * confab_live_call_set_recording_policy:
 * @self: a stay
 * @policy: who may record the call from now on
 *
 * Asks the server to change it for everybody. #ConfabLiveCall:call says so once it has, and
 * #ConfabLiveCall::refused when it has not.
 *
 * Since: 0.1
 */
void
confab_live_call_set_recording_policy (ConfabLiveCall *self, ConfabRecordingPolicy policy)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  confab_client_change_call_async (confab_session_get_client (self->session),
                                   confab_call_get_id (self->call), policy, NULL, on_policy_set,
                                   g_object_ref (self));
}
