/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-live-call"

#include "config.h"

#include "confab-compat-private.h"
#include "confab-error.h"
#include "confab-keepalive-private.h"
#include "confab-limits.h"
#include "confab-live-call-private.h"
#include "confab-redact.h"
#include "confab-roster-private.h"
#include "confab-wire-model.h"

/* What the server says of a call, and what becomes of it. */

#define MAX_ID_CHARS 64

static ConfabParticipant *
read_participant (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) object = NULL;

  if (!confab_message_get_object (message, "participant", CONFAB_FIELD_REQUIRED, &object, error))
    return NULL;
  return confab_participant_from_message (object, error);
}

static void
set_call (ConfabLiveCall *self, ConfabCall *call)
{
  g_autoptr (ConfabCall) before = g_steal_pointer (&self->call);

  self->call = confab_call_ref (call);
  confab_live_call_notify (self, PROP_CALL);
}

/* Whoever hears of a change finds all of it: the list is never half of one roster. */
static void
take_roster (ConfabLiveCall *self, ConfabRoster *roster, GPtrArray *live)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->participants);

  g_object_freeze_notify (G_OBJECT (self));
  set_call (self, roster->call);
  if (roster->link != NULL && confab_set_str (&self->link, roster->link))
    confab_live_call_notify (self, PROP_LINK);
  if (confab_set_str (&self->self_id, roster->self_id))
    confab_live_call_notify (self, PROP_SELF_ID);
  g_clear_pointer (&self->started_at, g_date_time_unref);
  self->started_at = g_steal_pointer (&roster->started_at);
  confab_live_call_notify (self, PROP_STARTED_AT);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  self->ice_servers = g_steal_pointer (&roster->ice_servers);
  confab_live_call_notify (self, PROP_ICE_SERVERS);
  confab_ice_renewal_watch (self->ice_renewal, self->ice_servers);
  self->participants = live;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before->len, live->len);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
take_joined (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_auto (ConfabRoster) roster = { 0 };
  g_autoptr (GPtrArray) live = NULL;

  if (!confab_roster_read (&roster, message, error))
    return FALSE;
  live = confab_roster_make_live (&roster);
  confab_timer_stop (&self->join_timer);
  take_roster (self, &roster, g_steal_pointer (&live));
  if (!confab_live_call_apply_event (self, CONFAB_LINK_EVENT_JOINED))
    return TRUE;
  /* Flags may have changed between join and joined, and join does not carry all of them. */
  confab_live_call_update_self (self);
  confab_live_call_send_flag (self, "muted", self->is_muted);
  if (self->is_deafened)
    confab_live_call_send_flag (self, "deafened", TRUE);
  g_signal_emit_by_name (self, "joined");
  return TRUE;
}

static void
add_participant (ConfabLiveCall *self, ConfabParticipant *participant)
{
  ConfabLiveParticipant *live = confab_live_participant_new (participant, FALSE);

  g_ptr_array_add (self->participants, live);
  g_list_model_items_changed (G_LIST_MODEL (self), self->participants->len - 1, 0, 1);
  g_signal_emit_by_name (self, "participant-joined", live);
}

static gboolean
take_participant (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabParticipant) participant = read_participant (message, error);
  ConfabLiveParticipant *known = NULL;

  if (participant == NULL)
    return FALSE;
  known = confab_live_call_find (self, confab_participant_get_id (participant));
  if (known != NULL)
    confab_live_participant_set_participant (known, participant);
  else if (self->participants->len < CONFAB_LIMIT_PARTICIPANTS)
    add_participant (self, participant);
  return TRUE;
}

static void
set_left (ConfabLiveCall *self, ConfabLiveParticipant *gone, const char *reason)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (ConfabParticipant) left =
      confab_participant_with_left (confab_live_participant_get_participant (gone), now, reason);

  confab_live_participant_set_participant (gone, left);
}

static gboolean
take_participant_left (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabLiveParticipant) gone = NULL;
  const char *id = NULL;
  const char *reason = NULL;
  guint position = 0;

  if (!confab_message_get_string (message, "participant", CONFAB_FIELD_REQUIRED, MAX_ID_CHARS, &id,
                                  error) ||
      !confab_message_get_string (message, "reason", CONFAB_FIELD_OPTIONAL, MAX_ID_CHARS, &reason,
                                  error))
    return FALSE;
  if (!confab_live_call_find_position (self, id, &position) || position == 0)
    return TRUE;
  gone = g_object_ref (g_ptr_array_index (self->participants, position));
  g_ptr_array_remove_index (self->participants, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  set_left (self, gone, reason);
  g_signal_emit_by_name (self, "participant-left", gone);
  return TRUE;
}

static gboolean
take_signal (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabSignal) signal = NULL;
  const char *from = NULL;

  if (!confab_message_get_string (message, "from", CONFAB_FIELD_REQUIRED, MAX_ID_CHARS, &from,
                                  error))
    return FALSE;
  signal = confab_signal_from_message (message, error);
  if (signal == NULL)
    return FALSE;
  /* Somebody who has just left may still have something on the way. */
  if (confab_live_call_find (self, from) != NULL)
    g_signal_emit_by_name (self, "signal", from, signal);
  return TRUE;
}

static gboolean
take_call_updated (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) object = NULL;
  g_autoptr (ConfabCall) call = NULL;

  if (!confab_message_get_object (message, "call", CONFAB_FIELD_REQUIRED, &object, error))
    return FALSE;
  call = confab_call_from_message (object, error);
  if (call == NULL)
    return FALSE;
  set_call (self, call);
  return TRUE;
}

static gboolean
take_call_ending (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  gint64 in_s = 0;

  if (!confab_message_get_integer (message, "in_s", CONFAB_FIELD_REQUIRED, 0, G_MAXUINT, &in_s,
                                   error))
    return FALSE;
  g_signal_emit_by_name (self, "ending", (guint) in_s);
  return TRUE;
}

static gboolean
take_call_ended (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  const char *reason = NULL;

  if (!confab_message_get_string (message, "reason", CONFAB_FIELD_OPTIONAL, MAX_ID_CHARS, &reason,
                                  error))
    return FALSE;
  if (confab_live_call_finish_stay (self))
    g_signal_emit_by_name (self, "ended", reason != NULL ? reason : "ended");
  return TRUE;
}

/* The one error with a close code after which the session goes on. */
static gboolean
is_refused_recording (const GError *refusal, const char *about)
{
  return g_strcmp0 (about, "state") == 0 &&
         g_error_matches (refusal, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

/* An error that closes the session comes again as its failure. A statistic that was not taken is
 * nothing to bother people with. */
static gboolean
take_error (ConfabLiveCall *self, ConfabMessage *message, GError **error)
{
  g_autoptr (GError) refusal = confab_error_from_message (message);
  const char *about = NULL;

  if (!confab_message_get_string (message, "about", CONFAB_FIELD_OPTIONAL, MAX_ID_CHARS, &about,
                                  error))
    return FALSE;
  if (g_strcmp0 (about, "quality") == 0 ||
      (confab_error_get_close_code ((ConfabError) refusal->code) != 0 &&
       !is_refused_recording (refusal, about)))
    return TRUE;
  if (g_strcmp0 (about, "join") == 0)
    confab_live_call_fail (self, refusal);
  else if (refusal->code != CONFAB_ERROR_NO_SUCH_PARTICIPANT)
    g_signal_emit_by_name (self, "refused", refusal);
  return TRUE;
}

typedef struct {
  const char *kind;
  gboolean (*take) (ConfabLiveCall *self, ConfabMessage *message, GError **error);
  gboolean needs_live; /* of no meaning before “joined” */
} Handler;

/* clang-format off */
static const Handler handlers[] = {
  { "joined", take_joined, FALSE },
  { "participant-joined", take_participant, TRUE },
  { "participant-updated", take_participant, TRUE },
  { "participant-left", take_participant_left, TRUE },
  { "signal", take_signal, TRUE },
  { "call-updated", take_call_updated, TRUE },
  { "call-ending", take_call_ending, TRUE },
  { "call-ended", take_call_ended, FALSE },
  { "error", take_error, FALSE },
};
/* clang-format on */

static const Handler *
find_handler (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_str_equal (handlers[i].kind, kind))
      return &handlers[i];
  }
  return NULL;
}

/* Kinds of a later server, and messages that we do not understand, change nothing. */
void
confab_live_call_take_message (ConfabLiveCall *self, ConfabMessage *message)
{
  const Handler *handler = find_handler (confab_message_get_kind (message));
  g_autofree char *redacted = NULL;
  g_autoptr (GError) error = NULL;

  if (handler == NULL || (handler->needs_live && self->state != CONFAB_LINK_STATE_LIVE))
    return;
  if (handler->take (self, message, &error))
    return;
  redacted = confab_redact_text (error->message);
  g_debug ("A message “%s” was dropped: %s", handler->kind, redacted);
  if (handler->take == take_joined)
    confab_live_call_fail (self, error);
}
