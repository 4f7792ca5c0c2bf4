/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-call"

#include "config.h"

#include "confab-limits.h"
#include "confab-wire-private.h"

static gboolean
read_call_kind (const char *text, int *value)
{
  ConfabCallKind kind = CONFAB_CALL_KIND_NOW;

  if (!confab_call_kind_from_string (text, &kind))
    return FALSE;
  *value = (int) kind;
  return TRUE;
}

static gboolean
read_call_state (const char *text, int *value)
{
  ConfabCallState state = CONFAB_CALL_STATE_OPEN;

  if (!confab_call_state_from_string (text, &state))
    return FALSE;
  *value = (int) state;
  return TRUE;
}

/**
 * confab_call_to_message:
 * @call: a call
 *
 * Source: data/api/openapi.yaml, “Call”.
 *
 * Returns: (transfer full): the object
 * Since: 0.1
 */
ConfabMessage *
confab_call_to_message (ConfabCall *call)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (call != NULL, NULL);

  message = confab_message_new (NULL);
  confab_message_set_string (message, "id", confab_call_get_id (call));
  confab_message_set_string (message, "code", confab_call_get_code (call));
  confab_message_set_string (message, "title", confab_call_get_title (call));
  confab_message_set_string (message, "kind",
                             confab_call_kind_to_string (confab_call_get_kind (call)));
  confab_message_set_string (message, "state",
                             confab_call_state_to_string (confab_call_get_state (call)));
  confab_message_set_string (message, "topology", "mesh");
  confab_message_set_string (message, "creator_id", confab_call_get_creator_id (call));
  confab_message_set_time (message, "created_at", confab_call_get_created_at (call));
  confab_message_set_time (message, "started_at", confab_call_get_started_at (call));
  confab_message_set_time (message, "expires_at", confab_call_get_expires_at (call));
  confab_message_set_time (message, "ended_at", confab_call_get_ended_at (call));
  confab_message_set_string (message, "end_reason", confab_call_get_end_reason (call));
  confab_message_set_integer (message, "max_participants", confab_call_get_max_participants (call));
  confab_message_set_string (
      message, "recording_policy",
      confab_recording_policy_to_string (confab_call_get_recording_policy (call)));
  return message;
}

static ConfabCall *
new_call_from_required (ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) created_at = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  const char *id = NULL;
  const char *code = NULL;
  const char *creator_id = NULL;

  if (!confab_wire_get_id (message, "id", &id, error) ||
      !confab_wire_get_id (message, "code", &code, error) ||
      !confab_wire_get_id (message, "creator_id", &creator_id, error) ||
      !confab_wire_get_time (message, "created_at", &created_at, error) ||
      !confab_wire_get_time (message, "expires_at", &expires_at, error))
    return NULL;
  return confab_call_new (id, code, creator_id, created_at, expires_at);
}

/* Replaces what a pointer owns by a changed copy. */
static void
replace_call (ConfabCall **call, ConfabCall *copy)
{
  confab_call_unref (*call);
  *call = copy;
}

static gboolean
apply_call_description (ConfabMessage *message, ConfabCall **call, GError **error)
{
  const char *title = NULL;
  gint64 max_participants = 0;
  int kind = 0;

  if (!confab_message_get_string (message, "title", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_TITLE_CHARS,
                                  &title, error) ||
      !confab_wire_get_name (message, "kind", read_call_kind, &kind, error) ||
      !confab_message_get_integer (message, "max_participants", CONFAB_FIELD_REQUIRED, 1, G_MAXINT,
                                   &max_participants, error))
    return FALSE;
  replace_call (call, confab_call_with_title (*call, title));
  replace_call (call, confab_call_with_kind (*call, (ConfabCallKind) kind));
  replace_call (call, confab_call_with_max_participants (*call, (guint) max_participants));
  return TRUE;
}

/* A policy of a later version is none that this one could keep to. */
static gboolean
apply_call_recording (ConfabMessage *message, ConfabCall **call, GError **error)
{
  ConfabRecordingPolicy policy = CONFAB_RECORDING_NEVER;
  const char *text = NULL;

  if (!confab_message_get_string (message, "recording_policy", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_WIRE_MAX_REASON_CHARS, &text, error))
    return FALSE;
  confab_recording_policy_from_string (text, &policy);
  replace_call (call, confab_call_with_recording_policy (*call, policy));
  return TRUE;
}

static gboolean
apply_call_state (ConfabMessage *message, ConfabCall **call, GError **error)
{
  g_autoptr (GDateTime) started_at = NULL;
  g_autoptr (GDateTime) ended_at = NULL;
  const char *end_reason = NULL;
  int state = 0;

  if (!confab_wire_get_name (message, "state", read_call_state, &state, error) ||
      !confab_wire_get_optional_time (message, "started_at", &started_at, error) ||
      !confab_wire_get_optional_time (message, "ended_at", &ended_at, error) ||
      !confab_message_get_string (message, "end_reason", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_WIRE_MAX_REASON_CHARS, &end_reason, error))
    return FALSE;
  if (started_at != NULL)
    replace_call (call, confab_call_with_started (*call, started_at));
  if (ended_at != NULL && confab_call_state_is_over ((ConfabCallState) state))
    replace_call (call,
                  confab_call_with_ended (*call, (ConfabCallState) state, ended_at, end_reason));
  replace_call (call, confab_call_with_state (*call, (ConfabCallState) state));
  return TRUE;
}

/**
 * confab_call_from_message:
 * @message: an object “Call”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE. Unknown members are ignored.
 *
 * Returns: (transfer full): the call
 * Since: 0.1
 */
ConfabCall *
confab_call_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabCall) call = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  call = new_call_from_required (message, error);
  if (call == NULL || !apply_call_description (message, &call, error) ||
      !apply_call_recording (message, &call, error) || !apply_call_state (message, &call, error))
    return NULL;
  return g_steal_pointer (&call);
}
