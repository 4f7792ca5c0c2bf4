/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-model"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confab-wire-private.h"

#define MAX_URLS       16
#define MAX_URL_CHARS  512
#define MAX_LIFETIME_S (31 * 24 * 60 * 60)

/* A member that is a name of a table: an unknown one is an error, since guessing a role or a state
 * would be worse. */
gboolean
confab_wire_get_name (ConfabMessage *message,
                      const char *member,
                      ConfabWireNameReader from_string,
                      int *value,
                      GError **error)
{
  const char *text = NULL;

  if (!confab_message_get_string (message, member, CONFAB_FIELD_REQUIRED, CONFAB_WIRE_MAX_ID_CHARS,
                                  &text, error))
    return FALSE;
  if (from_string (text, value))
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE, "The member “%s” has no value “%s”",
               member, text);
  return FALSE;
}

gboolean
confab_wire_get_id (ConfabMessage *message, const char *member, const char **id, GError **error)
{
  return confab_message_get_string (message, member, CONFAB_FIELD_REQUIRED,
                                    CONFAB_WIRE_MAX_ID_CHARS, id, error);
}

gboolean
confab_wire_get_time (ConfabMessage *message, const char *member, GDateTime **time, GError **error)
{
  return confab_message_get_time (message, member, CONFAB_FIELD_REQUIRED, time, error);
}

gboolean
confab_wire_get_optional_time (ConfabMessage *message,
                               const char *member,
                               GDateTime **time,
                               GError **error)
{
  return confab_message_get_time (message, member, CONFAB_FIELD_OPTIONAL, time, error);
}

static gboolean
read_user_role (const char *text, int *value)
{
  ConfabUserRole role = CONFAB_USER_ROLE_GUEST;

  if (!confab_user_role_from_string (text, &role))
    return FALSE;
  *value = (int) role;
  return TRUE;
}

static gboolean
read_role (const char *text, int *value)
{
  ConfabRole role = CONFAB_ROLE_LISTENER;

  if (!confab_role_from_string (text, &role))
    return FALSE;
  *value = (int) role;
  return TRUE;
}

/**
 * confab_user_to_message:
 * @user: a user
 *
 * Source: data/api/openapi.yaml, “User”.
 *
 * Returns: (transfer full): the object
 * Since: 0.1
 */
ConfabMessage *
confab_user_to_message (ConfabUser *user)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (user != NULL, NULL);

  message = confab_message_new (NULL);
  confab_message_set_string (message, "id", confab_user_get_id (user));
  confab_message_set_string (message, "display_name", confab_user_get_display_name (user));
  confab_message_set_string (message, "role",
                             confab_user_role_to_string (confab_user_get_role (user)));
  confab_message_set_time (message, "created_at", confab_user_get_created_at (user));
  return message;
}

/**
 * confab_user_from_message:
 * @message: an object “User”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE. Unknown members are ignored.
 *
 * Returns: (transfer full): the user
 * Since: 0.1
 */
ConfabUser *
confab_user_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) created_at = NULL;
  const char *id = NULL;
  const char *name = NULL;
  int role = 0;

  g_return_val_if_fail (message != NULL, NULL);

  if (!confab_wire_get_id (message, "id", &id, error) ||
      !confab_message_get_string (message, "display_name", CONFAB_FIELD_REQUIRED,
                                  CONFAB_LIMIT_NAME_CHARS, &name, error) ||
      !confab_wire_get_name (message, "role", read_user_role, &role, error) ||
      !confab_wire_get_time (message, "created_at", &created_at, error))
    return NULL;
  return confab_user_new (id, name, (ConfabUserRole) role, created_at);
}

/**
 * confab_participant_to_message:
 * @participant: a participant
 *
 * Source: data/api/openapi.yaml, “Participant”.
 *
 * Returns: (transfer full): the object
 * Since: 0.1
 */
ConfabMessage *
confab_participant_to_message (ConfabParticipant *participant)
{
  ConfabParticipantFlags flags;
  ConfabMessage *message = NULL;

  g_return_val_if_fail (participant != NULL, NULL);

  confab_participant_get_flags (participant, &flags);
  message = confab_message_new (NULL);
  confab_message_set_string (message, "id", confab_participant_get_id (participant));
  confab_message_set_string (message, "user_id", confab_participant_get_user_id (participant));
  confab_message_set_string (message, "display_name",
                             confab_participant_get_display_name (participant));
  confab_message_set_string (message, "role",
                             confab_role_to_string (confab_participant_get_role (participant)));
  confab_message_set_time (message, "joined_at", confab_participant_get_joined_at (participant));
  confab_message_set_time (message, "left_at", confab_participant_get_left_at (participant));
  confab_message_set_string (message, "leave_reason",
                             confab_participant_get_leave_reason (participant));
  confab_message_set_boolean (message, "muted", flags.is_muted);
  confab_message_set_boolean (message, "deafened", flags.is_deafened);
  confab_message_set_boolean (message, "on_hold", flags.is_on_hold);
  confab_message_set_boolean (message, "listen_only", flags.is_listen_only);
  confab_message_set_time (message, "hand_raised_at",
                           confab_participant_get_hand_raised_at (participant));
  confab_message_set_time (message, "recording_since",
                           confab_participant_get_recording_since (participant));
  return message;
}

static gboolean
get_flags (ConfabMessage *message, ConfabParticipantFlags *flags, GError **error)
{
  gboolean muted = FALSE, deafened = FALSE, on_hold = FALSE, listen_only = FALSE;

  if (!confab_message_get_boolean (message, "muted", CONFAB_FIELD_OPTIONAL, &muted, error) ||
      !confab_message_get_boolean (message, "deafened", CONFAB_FIELD_OPTIONAL, &deafened, error) ||
      !confab_message_get_boolean (message, "on_hold", CONFAB_FIELD_OPTIONAL, &on_hold, error) ||
      !confab_message_get_boolean (message, "listen_only", CONFAB_FIELD_OPTIONAL, &listen_only,
                                   error))
    return FALSE;
  *flags = (ConfabParticipantFlags){ .is_muted = muted != FALSE,
                                     .is_deafened = deafened != FALSE,
                                     .is_on_hold = on_hold != FALSE,
                                     .is_listen_only = listen_only != FALSE };
  return TRUE;
}

static ConfabParticipant *
new_participant_from_required (ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) joined_at = NULL;
  const char *id = NULL;
  const char *user_id = NULL;
  const char *name = NULL;
  int role = 0;

  if (!confab_wire_get_id (message, "id", &id, error) ||
      !confab_message_get_string (message, "user_id", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_WIRE_MAX_ID_CHARS, &user_id, error) ||
      !confab_message_get_string (message, "display_name", CONFAB_FIELD_REQUIRED,
                                  CONFAB_LIMIT_NAME_CHARS, &name, error) ||
      !confab_wire_get_name (message, "role", read_role, &role, error) ||
      !confab_wire_get_time (message, "joined_at", &joined_at, error))
    return NULL;
  return confab_participant_new (id, user_id, name, (ConfabRole) role, joined_at);
}

static gboolean
apply_participant_flags (ConfabMessage *message, ConfabParticipant **participant, GError **error)
{
  g_autoptr (GDateTime) hand_raised_at = NULL;
  ConfabParticipantFlags flags;
  GDateTime *since = confab_participant_get_joined_at (*participant);
  g_autoptr (GDateTime) recording_since = NULL;
  g_autoptr (ConfabParticipant) flagged = NULL;

  if (!get_flags (message, &flags, error) ||
      !confab_wire_get_optional_time (message, "hand_raised_at", &hand_raised_at, error) ||
      !confab_wire_get_optional_time (message, "recording_since", &recording_since, error))
    return FALSE;
  flags.has_hand_raised = hand_raised_at != NULL;
  flagged = confab_participant_with_flags (*participant, &flags,
                                           hand_raised_at != NULL ? hand_raised_at : since);
  confab_participant_unref (*participant);
  *participant = confab_participant_with_recording (flagged, recording_since);
  return TRUE;
}

static gboolean
apply_participant_leave (ConfabMessage *message, ConfabParticipant **participant, GError **error)
{
  g_autoptr (GDateTime) left_at = NULL;
  const char *reason = NULL;
  ConfabParticipant *copy = NULL;

  if (!confab_wire_get_optional_time (message, "left_at", &left_at, error) ||
      !confab_message_get_string (message, "leave_reason", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_WIRE_MAX_REASON_CHARS, &reason, error))
    return FALSE;
  if (left_at == NULL)
    return TRUE;
  copy = confab_participant_with_left (*participant, left_at, reason);
  confab_participant_unref (*participant);
  *participant = copy;
  return TRUE;
}

/**
 * confab_participant_from_message:
 * @message: an object “Participant”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE. Unknown members are ignored.
 *
 * Returns: (transfer full): the participant
 * Since: 0.1
 */
ConfabParticipant *
confab_participant_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabParticipant) participant = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  participant = new_participant_from_required (message, error);
  if (participant == NULL || !apply_participant_flags (message, &participant, error) ||
      !apply_participant_leave (message, &participant, error))
    return NULL;
  return g_steal_pointer (&participant);
}

/**
 * confab_invite_to_message:
 * @invite: an invite
 *
 * Source: data/api/openapi.yaml, “Invite”.
 *
 * Returns: (transfer full): the object, without a secret
 * Since: 0.1
 */
ConfabMessage *
confab_invite_to_message (ConfabInvite *invite)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (invite != NULL, NULL);

  message = confab_message_new (NULL);
  confab_message_set_string (message, "id", confab_invite_get_id (invite));
  confab_message_set_string (message, "call_id", confab_invite_get_call_id (invite));
  confab_message_set_string (message, "made_by", confab_invite_get_made_by (invite));
  confab_message_set_string (message, "role",
                             confab_role_to_string (confab_invite_get_role (invite)));
  if (confab_invite_get_uses_left (invite) >= 0)
    confab_message_set_integer (message, "uses_left", confab_invite_get_uses_left (invite));
  confab_message_set_time (message, "expires_at", confab_invite_get_expires_at (invite));
  confab_message_set_time (message, "revoked_at", confab_invite_get_revoked_at (invite));
  return message;
}

/**
 * confab_invite_from_message:
 * @message: an object “Invite”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE. Unknown members are ignored.
 *
 * Returns: (transfer full): the invite
 * Since: 0.1
 */
ConfabInvite *
confab_invite_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GDateTime) revoked_at = NULL;
  const char *id = NULL;
  const char *call_id = NULL;
  const char *made_by = NULL;
  gint64 uses_left = 0;
  int role = 0;

  g_return_val_if_fail (message != NULL, NULL);

  if (!confab_wire_get_id (message, "id", &id, error) ||
      !confab_wire_get_id (message, "call_id", &call_id, error) ||
      !confab_wire_get_id (message, "made_by", &made_by, error) ||
      !confab_wire_get_name (message, "role", read_role, &role, error) ||
      !confab_message_get_integer (message, "uses_left", CONFAB_FIELD_OPTIONAL, 0, G_MAXINT,
                                   &uses_left, error) ||
      !confab_wire_get_optional_time (message, "expires_at", &expires_at, error) ||
      !confab_wire_get_optional_time (message, "revoked_at", &revoked_at, error))
    return NULL;
  if (!confab_message_has (message, "uses_left"))
    uses_left = -1;
  return confab_invite_new (id, call_id, made_by, (ConfabRole) role, (int) uses_left, expires_at,
                            revoked_at);
}

/**
 * confab_ice_server_to_message:
 * @server: a server
 *
 * Source: W3C WebRTC, RTCIceServer.
 *
 * Returns: (transfer full): the object
 * Since: 0.1
 */
ConfabMessage *
confab_ice_server_to_message (ConfabIceServer *server)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (server != NULL, NULL);

  message = confab_message_new (NULL);
  confab_message_set_strings (message, "urls", confab_ice_server_get_urls (server));
  confab_message_set_string (message, "username", confab_ice_server_get_username (server));
  confab_message_set_string (message, "credential", confab_ice_server_get_credential (server));
  if (confab_ice_server_get_lifetime_s (server) > 0)
    confab_message_set_integer (message, "lifetime_s", confab_ice_server_get_lifetime_s (server));
  return message;
}

/**
 * confab_ice_server_from_message:
 * @message: an object “IceServer”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE. Unknown members are ignored.
 *
 * Returns: (transfer full): the server
 * Since: 0.1
 */
ConfabIceServer *
confab_ice_server_from_message (ConfabMessage *message, GError **error)
{
  g_auto (GStrv) urls = NULL;
  const char *username = NULL;
  const char *credential = NULL;
  gint64 lifetime_s = 0;

  g_return_val_if_fail (message != NULL, NULL);

  if (!confab_message_get_strings (message, "urls", CONFAB_FIELD_REQUIRED, MAX_URLS, &urls,
                                   error) ||
      !confab_message_get_string (message, "username", CONFAB_FIELD_OPTIONAL, MAX_URL_CHARS,
                                  &username, error) ||
      !confab_message_get_string (message, "credential", CONFAB_FIELD_OPTIONAL, MAX_URL_CHARS,
                                  &credential, error) ||
      !confab_message_get_integer (message, "lifetime_s", CONFAB_FIELD_OPTIONAL, 1, MAX_LIFETIME_S,
                                   &lifetime_s, error))
    return NULL;
  return confab_ice_server_new ((const char *const *) urls, username, credential,
                                (guint) lifetime_s);
}
