/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-participant"

#include "config.h"

#include "confab-copy-private.h"
#include "confab-participant.h"

/**
 * ConfabParticipant:
 *
 * One device in one call, as it was at one moment. An immutable value.
 *
 * Since: 0.1
 */

/**
 * ConfabParticipantFlags:
 * @is_muted: sends nothing that can be heard
 * @is_deafened: hears nobody
 * @is_on_hold: neither, for a while
 * @is_listen_only: has no microphone
 * @has_hand_raised: wants to speak
 *
 * What a participant tells the others about itself.
 *
 * Since: 0.1
 */
struct _ConfabParticipant {
  GRefString *id;           /* (owned) */
  GRefString *user_id;      /* (owned) (nullable) */
  GRefString *display_name; /* (owned) */
  ConfabRole role;
  GDateTime *joined_at;       /* (owned) */
  GDateTime *left_at;         /* (owned) (nullable) */
  GRefString *leave_reason;   /* (owned) (nullable) */
  GDateTime *hand_raised_at;  /* (owned) (nullable): also says whether the hand is up */
  GDateTime *recording_since; /* (owned) (nullable) */
  ConfabParticipantFlags flags;
};

G_DEFINE_BOXED_TYPE (ConfabParticipant,
                     confab_participant,
                     confab_participant_ref,
                     confab_participant_unref)

static const char *const role_names[] = {
  [CONFAB_ROLE_LISTENER] = "listener",
  [CONFAB_ROLE_SPEAKER] = "speaker",
  [CONFAB_ROLE_MODERATOR] = "moderator",
  [CONFAB_ROLE_HOST] = "host",
};

static void
confab_participant_clear (ConfabParticipant *self)
{
  g_ref_string_release (self->id);
  g_clear_pointer (&self->user_id, g_ref_string_release);
  g_ref_string_release (self->display_name);
  g_clear_pointer (&self->leave_reason, g_ref_string_release);
  g_date_time_unref (self->joined_at);
  g_clear_pointer (&self->left_at, g_date_time_unref);
  g_clear_pointer (&self->hand_raised_at, g_date_time_unref);
  g_clear_pointer (&self->recording_since, g_date_time_unref);
}

/**
 * confab_participant_ref:
 * @self: a participant
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_ref (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_participant_unref:
 * @self: (transfer full): a participant
 *
 * Since: 0.1
 */
void
confab_participant_unref (ConfabParticipant *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_participant_clear);
}

static ConfabParticipant *
confab_participant_copy (ConfabParticipant *self)
{
  ConfabParticipant *copy = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_atomic_rc_box_dup (sizeof *self, self);
  copy->id = g_ref_string_acquire (self->id);
  copy->user_id = confab_text_ref_nullable (self->user_id);
  copy->display_name = g_ref_string_acquire (self->display_name);
  copy->joined_at = g_date_time_ref (self->joined_at);
  copy->left_at = confab_time_ref_nullable (self->left_at);
  copy->leave_reason = confab_text_ref_nullable (self->leave_reason);
  copy->hand_raised_at = confab_time_ref_nullable (self->hand_raised_at);
  copy->recording_since = confab_time_ref_nullable (self->recording_since);
  return copy;
}

/**
 * confab_participant_new:
 * @id: an identifier of confab_id_new(), one for each device and stay
 * @user_id: (nullable): the user, when the server knows one
 * @display_name: what others see, UTF-8
 * @role: what they may do in this call
 * @joined_at: when
 *
 * Makes a participant who speaks and hears, with the hand down.
 *
 * Returns: (transfer full): a new participant
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_new (const char *id,
                        const char *user_id,
                        const char *display_name,
                        ConfabRole role,
                        GDateTime *joined_at)
{
  ConfabParticipant *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (display_name != NULL, NULL);
  g_return_val_if_fail (joined_at != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabParticipant);
  self->id = g_ref_string_new (id);
  self->user_id = confab_text_new_nullable (user_id);
  self->display_name = g_ref_string_new (display_name);
  self->role = role;
  self->joined_at = g_date_time_ref (joined_at);
  return self;
}

/**
 * confab_participant_with_flags:
 * @self: a participant
 * @flags: all of the flags
 * @now: the time of the change: since when a hand is up that was down, or a recording goes on
 *
 * Returns: (transfer full): a copy with other flags
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_with_flags (ConfabParticipant *self,
                               const ConfabParticipantFlags *flags,
                               GDateTime *now)
{
  ConfabParticipant *copy = NULL;

  g_return_val_if_fail (flags != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  copy = confab_participant_copy (self);
  copy->flags = *flags;
  if (!flags->has_hand_raised)
    confab_time_replace (&copy->hand_raised_at, NULL);
  else if (copy->hand_raised_at == NULL)
    confab_time_replace (&copy->hand_raised_at, now);
  if (!flags->is_recording)
    confab_time_replace (&copy->recording_since, NULL);
  else if (copy->recording_since == NULL)
    confab_time_replace (&copy->recording_since, now);
  return copy;
}

/**
 * confab_participant_with_recording:
 * @self: a participant
 * @recording_since: (nullable): since when they record the call; %NULL: they do not
 *
 * Returns: (transfer full): a copy that records since then
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_with_recording (ConfabParticipant *self, GDateTime *recording_since)
{
  ConfabParticipant *copy = confab_participant_copy (self);

  copy->flags.is_recording = recording_since != NULL;
  confab_time_replace (&copy->recording_since, recording_since);
  return copy;
}

/**
 * confab_participant_with_left:
 * @self: a participant
 * @left_at: when
 * @leave_reason: (nullable): why, as `left`, `lost`, `ended`, `too-slow`
 *
 * Returns: (transfer full): a copy that has left
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_with_left (ConfabParticipant *self, GDateTime *left_at, const char *leave_reason)
{
  ConfabParticipant *copy = NULL;

  g_return_val_if_fail (left_at != NULL, NULL);

  copy = confab_participant_copy (self);
  confab_time_replace (&copy->left_at, left_at);
  confab_text_replace (&copy->leave_reason, leave_reason);
  return copy;
}

/**
 * confab_participant_get_id:
 * @self: a participant
 *
 * Returns: (transfer none): the identifier
 * Since: 0.1
 */
const char *
confab_participant_get_id (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confab_participant_get_user_id:
 * @self: a participant
 *
 * Returns: (transfer none) (nullable): the user
 * Since: 0.1
 */
const char *
confab_participant_get_user_id (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->user_id;
}

/**
 * confab_participant_get_display_name:
 * @self: a participant
 *
 * Returns: (transfer none): what others see, UTF-8
 * Since: 0.1
 */
const char *
confab_participant_get_display_name (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->display_name;
}

/**
 * confab_participant_get_role:
 * @self: a participant
 *
 * Returns: what they may do in this call
 * Since: 0.1
 */
ConfabRole
confab_participant_get_role (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_ROLE_LISTENER);

  return self->role;
}

/**
 * confab_participant_get_joined_at:
 * @self: a participant
 *
 * Returns: (transfer none): when they came
 * Since: 0.1
 */
GDateTime *
confab_participant_get_joined_at (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->joined_at;
}

/**
 * confab_participant_get_left_at:
 * @self: a participant
 *
 * Returns: (transfer none) (nullable): when they left
 * Since: 0.1
 */
GDateTime *
confab_participant_get_left_at (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->left_at;
}

/**
 * confab_participant_get_leave_reason:
 * @self: a participant
 *
 * Returns: (transfer none) (nullable): why they left
 * Since: 0.1
 */
const char *
confab_participant_get_leave_reason (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->leave_reason;
}

/**
 * confab_participant_get_hand_raised_at:
 * @self: a participant
 *
 * Returns: (transfer none) (nullable): since when the hand is up
 * Since: 0.1
 */
GDateTime *
confab_participant_get_hand_raised_at (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hand_raised_at;
}

/**
 * confab_participant_get_recording_since:
 * @self: a participant
 *
 * Returns: (transfer none) (nullable): since when they record the call
 * Since: 0.1
 */
GDateTime *
confab_participant_get_recording_since (ConfabParticipant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->recording_since;
}

/**
 * confab_participant_get_flags:
 * @self: a participant
 * @flags: (out caller-allocates): where they go
 *
 * Reads all of the flags at once.
 *
 * Since: 0.1
 */
void
confab_participant_get_flags (ConfabParticipant *self, ConfabParticipantFlags *flags)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (flags != NULL);

  *flags = self->flags;
}

/**
 * confab_role_to_string:
 * @role: a role
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_role_to_string (ConfabRole role)
{
  g_return_val_if_fail ((guint) role < G_N_ELEMENTS (role_names), NULL);

  return role_names[role];
}

/**
 * confab_role_from_string:
 * @text: (nullable): a name
 * @role: (out): its role
 *
 * Returns: %FALSE for a name that this version does not know; @role is left alone then
 * Since: 0.1
 */
gboolean
confab_role_from_string (const char *text, ConfabRole *role)
{
  g_return_val_if_fail (role != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (role_names); i++) {
    if (g_strcmp0 (role_names[i], text) == 0) {
      *role = (ConfabRole) i;
      return TRUE;
    }
  }
  return FALSE;
}
