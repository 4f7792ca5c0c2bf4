/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-call"

#include "config.h"

#include "confab-call.h"
#include "confab-copy-private.h"

/* Of a mesh; servers set their own. */
#define DEFAULT_MAX_PARTICIPANTS 6

/**
 * ConfabCall:
 *
 * What a call was at one moment. An immutable value: to change is to make a changed copy.
 *
 * Since: 0.1
 */
struct _ConfabCall {
  GRefString *id;    /* (owned) */
  GRefString *code;  /* (owned) */
  GRefString *title; /* (owned) (nullable) */
  ConfabCallKind kind;
  ConfabCallState state;
  GRefString *creator_id; /* (owned) */
  GDateTime *created_at;  /* (owned) */
  GDateTime *started_at;  /* (owned) (nullable) */
  GDateTime *expires_at;  /* (owned) */
  GDateTime *ended_at;    /* (owned) (nullable) */
  GRefString *end_reason; /* (owned) (nullable) */
  guint max_participants;
  ConfabRecordingPolicy recording_policy;
};

G_DEFINE_BOXED_TYPE (ConfabCall, confab_call, confab_call_ref, confab_call_unref)

static const char *const call_kind_names[] = {
  [CONFAB_CALL_KIND_NOW] = "now",
  [CONFAB_CALL_KIND_SCHEDULED] = "scheduled",
  [CONFAB_CALL_KIND_STANDING] = "standing",
};

static const char *const recording_policy_names[] = {
  [CONFAB_RECORDING_NEVER] = "never",
  [CONFAB_RECORDING_HOST] = "host",
  [CONFAB_RECORDING_EVERYONE] = "everyone",
};

static void
confab_call_clear (ConfabCall *self)
{
  g_ref_string_release (self->id);
  g_ref_string_release (self->code);
  g_clear_pointer (&self->title, g_ref_string_release);
  g_ref_string_release (self->creator_id);
  g_clear_pointer (&self->end_reason, g_ref_string_release);
  g_date_time_unref (self->created_at);
  g_date_time_unref (self->expires_at);
  g_clear_pointer (&self->started_at, g_date_time_unref);
  g_clear_pointer (&self->ended_at, g_date_time_unref);
}

/**
 * confab_call_ref:
 * @self: a call
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabCall *
confab_call_ref (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_call_unref:
 * @self: (transfer full): a call
 *
 * Since: 0.1
 */
void
confab_call_unref (ConfabCall *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_call_clear);
}

static ConfabCall *
confab_call_copy (ConfabCall *self)
{
  ConfabCall *copy = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_atomic_rc_box_dup (sizeof *self, self);
  copy->id = g_ref_string_acquire (self->id);
  copy->code = g_ref_string_acquire (self->code);
  copy->title = confab_text_ref_nullable (self->title);
  copy->creator_id = g_ref_string_acquire (self->creator_id);
  copy->created_at = g_date_time_ref (self->created_at);
  copy->started_at = confab_time_ref_nullable (self->started_at);
  copy->expires_at = g_date_time_ref (self->expires_at);
  copy->ended_at = confab_time_ref_nullable (self->ended_at);
  copy->end_reason = confab_text_ref_nullable (self->end_reason);
  return copy;
}

/**
 * confab_call_new:
 * @id: an identifier of confab_id_new()
 * @code: a code of confab_code_new()
 * @creator_id: the user who made it
 * @created_at: when
 * @expires_at: when it is over, if nothing ends it before
 *
 * Makes a call that begins now: open, without a title, for as many as a mesh holds, never to be
 * recorded.
 *
 * Returns: (transfer full): a new call
 * Since: 0.1
 */
ConfabCall *
confab_call_new (const char *id,
                 const char *code,
                 const char *creator_id,
                 GDateTime *created_at,
                 GDateTime *expires_at)
{
  ConfabCall *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (code != NULL, NULL);
  g_return_val_if_fail (creator_id != NULL, NULL);
  g_return_val_if_fail (created_at != NULL, NULL);
  g_return_val_if_fail (expires_at != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabCall);
  self->id = g_ref_string_new (id);
  self->code = g_ref_string_new (code);
  self->kind = CONFAB_CALL_KIND_NOW;
  self->state = CONFAB_CALL_STATE_OPEN;
  self->creator_id = g_ref_string_new (creator_id);
  self->created_at = g_date_time_ref (created_at);
  self->expires_at = g_date_time_ref (expires_at);
  self->max_participants = DEFAULT_MAX_PARTICIPANTS;
  return self;
}

/**
 * confab_call_with_title:
 * @self: a call
 * @title: (nullable): UTF-8, at most 255 characters
 *
 * Returns: (transfer full): a copy with another title
 * Since: 0.1
 */
ConfabCall *
confab_call_with_title (ConfabCall *self, const char *title)
{
  ConfabCall *copy = confab_call_copy (self);

  confab_text_replace (&copy->title, title);
  return copy;
}

/**
 * confab_call_with_kind:
 * @self: a call
 * @kind: how it came about
 *
 * Returns: (transfer full): a copy of another kind
 * Since: 0.1
 */
ConfabCall *
confab_call_with_kind (ConfabCall *self, ConfabCallKind kind)
{
  ConfabCall *copy = confab_call_copy (self);

  copy->kind = kind;
  return copy;
}

/**
 * confab_call_with_state:
 * @self: a call
 * @state: any state, as the store or a peer tells it; what may become of a call is for
 *   confab_call_state_next() to say
 *
 * Returns: (transfer full): a copy in another state
 * Since: 0.1
 */
ConfabCall *
confab_call_with_state (ConfabCall *self, ConfabCallState state)
{
  ConfabCall *copy = confab_call_copy (self);

  copy->state = state;
  return copy;
}

/**
 * confab_call_with_max_participants:
 * @self: a call
 * @max_participants: 2 to 100
 *
 * Returns: (transfer full): a copy for as many
 * Since: 0.1
 */
ConfabCall *
confab_call_with_max_participants (ConfabCall *self, guint max_participants)
{
  ConfabCall *copy = confab_call_copy (self);

  copy->max_participants = max_participants;
  return copy;
}

/**
 * confab_call_with_recording_policy:
 * @self: a call
 * @recording_policy: who may record it
 *
 * Returns: (transfer full): a copy that they may record
 * Since: 0.1
 */
ConfabCall *
confab_call_with_recording_policy (ConfabCall *self, ConfabRecordingPolicy recording_policy)
{
  ConfabCall *copy = confab_call_copy (self);

  copy->recording_policy = recording_policy;
  return copy;
}

/**
 * confab_call_with_started:
 * @self: a call
 * @started_at: when the first participant came
 *
 * Returns: (transfer full): a copy that is live
 * Since: 0.1
 */
ConfabCall *
confab_call_with_started (ConfabCall *self, GDateTime *started_at)
{
  ConfabCall *copy = NULL;

  g_return_val_if_fail (started_at != NULL, NULL);

  copy = confab_call_copy (self);
  copy->state = CONFAB_CALL_STATE_LIVE;
  confab_time_replace (&copy->started_at, started_at);
  return copy;
}

/**
 * confab_call_with_ended:
 * @self: a call
 * @state: a state of confab_call_state_is_over()
 * @ended_at: when
 * @end_reason: (nullable): why, as `ended-by-host`, `expired`, `empty`
 *
 * Returns: (transfer full): a copy that is over
 * Since: 0.1
 */
ConfabCall *
confab_call_with_ended (ConfabCall *self,
                        ConfabCallState state,
                        GDateTime *ended_at,
                        const char *end_reason)
{
  ConfabCall *copy = NULL;

  g_return_val_if_fail (confab_call_state_is_over (state), NULL);
  g_return_val_if_fail (ended_at != NULL, NULL);

  copy = confab_call_copy (self);
  copy->state = state;
  confab_time_replace (&copy->ended_at, ended_at);
  confab_text_replace (&copy->end_reason, end_reason);
  return copy;
}

/**
 * confab_call_get_id:
 * @self: a call
 *
 * Returns: (transfer none): the identifier
 * Since: 0.1
 */
const char *
confab_call_get_id (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confab_call_get_code:
 * @self: a call
 *
 * Returns: (transfer none): the code, as `7h3k-9mzq-c0de`
 * Since: 0.1
 */
const char *
confab_call_get_code (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->code;
}

/**
 * confab_call_get_title:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): the title, UTF-8
 * Since: 0.1
 */
const char *
confab_call_get_title (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

/**
 * confab_call_get_kind:
 * @self: a call
 *
 * Returns: how it came about
 * Since: 0.1
 */
ConfabCallKind
confab_call_get_kind (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_CALL_KIND_NOW);

  return self->kind;
}

/**
 * confab_call_get_state:
 * @self: a call
 *
 * Returns: where it is
 * Since: 0.1
 */
ConfabCallState
confab_call_get_state (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_CALL_STATE_OPEN);

  return self->state;
}

/**
 * confab_call_get_creator_id:
 * @self: a call
 *
 * Returns: (transfer none): the user who made it
 * Since: 0.1
 */
const char *
confab_call_get_creator_id (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->creator_id;
}

/**
 * confab_call_get_created_at:
 * @self: a call
 *
 * Returns: (transfer none): when it was made
 * Since: 0.1
 */
GDateTime *
confab_call_get_created_at (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->created_at;
}

/**
 * confab_call_get_started_at:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): when the first participant came
 * Since: 0.1
 */
GDateTime *
confab_call_get_started_at (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->started_at;
}

/**
 * confab_call_get_expires_at:
 * @self: a call
 *
 * Returns: (transfer none): when it is over, if nothing ends it before
 * Since: 0.1
 */
GDateTime *
confab_call_get_expires_at (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->expires_at;
}

/**
 * confab_call_get_ended_at:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): when it ended
 * Since: 0.1
 */
GDateTime *
confab_call_get_ended_at (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ended_at;
}

/**
 * confab_call_get_end_reason:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): why it ended
 * Since: 0.1
 */
const char *
confab_call_get_end_reason (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->end_reason;
}

/**
 * confab_call_get_max_participants:
 * @self: a call
 *
 * Returns: for how many it is
 * Since: 0.1
 */
guint
confab_call_get_max_participants (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_participants;
}

/**
 * confab_call_get_recording_policy:
 * @self: a call
 *
 * Returns: who may record it
 * Since: 0.1
 */
ConfabRecordingPolicy
confab_call_get_recording_policy (ConfabCall *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_RECORDING_NEVER);

  return self->recording_policy;
}

/**
 * confab_recording_policy_to_string:
 * @policy: a policy
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_recording_policy_to_string (ConfabRecordingPolicy policy)
{
  g_return_val_if_fail ((guint) policy < G_N_ELEMENTS (recording_policy_names), NULL);

  return recording_policy_names[policy];
}

/**
 * confab_recording_policy_from_string:
 * @text: (nullable): a name
 * @policy: (out): its policy
 *
 * Returns: %FALSE for a name that this version does not know; @policy is left alone then
 * Since: 0.1
 */
gboolean
confab_recording_policy_from_string (const char *text, ConfabRecordingPolicy *policy)
{
  g_return_val_if_fail (policy != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (recording_policy_names); i++) {
    if (g_strcmp0 (recording_policy_names[i], text) == 0) {
      *policy = (ConfabRecordingPolicy) i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_call_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_call_kind_to_string (ConfabCallKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (call_kind_names), NULL);

  return call_kind_names[kind];
}

/**
 * confab_call_kind_from_string:
 * @text: (nullable): a name
 * @kind: (out): its kind
 *
 * Returns: %FALSE for a name that this version does not know; @kind is left alone then
 * Since: 0.1
 */
gboolean
confab_call_kind_from_string (const char *text, ConfabCallKind *kind)
{
  g_return_val_if_fail (kind != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (call_kind_names); i++) {
    if (g_strcmp0 (call_kind_names[i], text) == 0) {
      *kind = (ConfabCallKind) i;
      return TRUE;
    }
  }
  return FALSE;
}
