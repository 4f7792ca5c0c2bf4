/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-leg-messages"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confab-join-link.h"
#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confabd-leg-messages.h"
#include "confabd-socket-limits.h"

#define MAX_TICKET_CHARS 256
#define MAX_DEVICE_CHARS 64
#define PING_INTERVAL_MS 10000 /* for the client; the socket does the same by itself */
#define DEAD_AFTER_MS    25000

/*
 * What the messages of a session say, apart from what is done about them.
 */

static gboolean
check_device (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) device = NULL;
  const char *name = NULL;

  if (!confab_message_get_object (message, "device", CONFAB_FIELD_OPTIONAL, &device, error))
    return FALSE;
  return device == NULL || confab_message_get_string (device, "name", CONFAB_FIELD_OPTIONAL,
                                                      MAX_DEVICE_CHARS, &name, error);
}

/**
 * confabd_leg_read_hello:
 * @message: a `hello`
 * @ticket: (out) (transfer none): its ticket, part of @message
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE, and with %CONFAB_ERROR_UNSUPPORTED for a version of the
 * protocol that is not ours.
 *
 * Returns: whether it is a good one
 */
gboolean
confabd_leg_read_hello (ConfabMessage *message, const char **ticket, GError **error)
{
  gint64 version = 0;

  if (!confab_message_get_integer (message, "version", CONFAB_FIELD_REQUIRED, 1, G_MAXINT32,
                                   &version, error) ||
      !confab_message_get_string (message, "ticket", CONFAB_FIELD_REQUIRED, MAX_TICKET_CHARS,
                                  ticket, error) ||
      !check_device (message, error))
    return FALSE;
  if (version == CONFABD_LEG_PROTOCOL_VERSION)
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED, "This server speaks version %d only",
               CONFABD_LEG_PROTOCOL_VERSION);
  return FALSE;
}

/**
 * confabd_leg_read_join:
 * @message: a `join`
 * @call_id: (out) (transfer none): the call, part of @message; not checked to be an id
 * @flags: (out): what the participant begins with
 * @error: return location for a #GError
 *
 * Returns: whether it is a good one
 */
gboolean
confabd_leg_read_join (ConfabMessage *message,
                       const char **call_id,
                       ConfabParticipantFlags *flags,
                       GError **error)
{
  gboolean is_muted = FALSE;
  gboolean is_listen_only = FALSE;

  if (!confab_message_get_string (message, "call", CONFAB_FIELD_REQUIRED, CONFAB_ID_LENGTH, call_id,
                                  error) ||
      !confab_message_get_boolean (message, "muted", CONFAB_FIELD_OPTIONAL, &is_muted, error) ||
      !confab_message_get_boolean (message, "listen_only", CONFAB_FIELD_OPTIONAL, &is_listen_only,
                                   error))
    return FALSE;
  *flags = (ConfabParticipantFlags){ .is_muted = is_muted != FALSE,
                                     .is_listen_only = is_listen_only != FALSE };
  return TRUE;
}

/* An absent member leaves @value as it is. */
static gboolean
read_switch (ConfabMessage *message, const char *name, gboolean *value, GError **error)
{
  return !confab_message_has (message, name) ||
         confab_message_get_boolean (message, name, CONFAB_FIELD_REQUIRED, value, error);
}

/**
 * confabd_leg_read_state:
 * @message: a `state`
 * @flags: (inout): what the participant said before; only what @message names is changed
 * @error: return location for a #GError
 *
 * Returns: whether it is a good one; @flags are untouched if not
 */
gboolean
confabd_leg_read_state (ConfabMessage *message, ConfabParticipantFlags *flags, GError **error)
{
  gboolean is_muted = flags->is_muted;
  gboolean is_deafened = flags->is_deafened;
  gboolean is_on_hold = flags->is_on_hold;
  gboolean is_listen_only = flags->is_listen_only;
  gboolean has_hand_raised = flags->has_hand_raised;
  gboolean is_recording = flags->is_recording;

  if (!read_switch (message, "muted", &is_muted, error) ||
      !read_switch (message, "deafened", &is_deafened, error) ||
      !read_switch (message, "on_hold", &is_on_hold, error) ||
      !read_switch (message, "listen_only", &is_listen_only, error) ||
      !read_switch (message, "hand", &has_hand_raised, error) ||
      !read_switch (message, "recording", &is_recording, error))
    return FALSE;
  flags->is_muted = is_muted != FALSE;
  flags->is_deafened = is_deafened != FALSE;
  flags->is_on_hold = is_on_hold != FALSE;
  flags->is_listen_only = is_listen_only != FALSE;
  flags->has_hand_raised = has_hand_raised != FALSE;
  flags->is_recording = is_recording != FALSE;
  return TRUE;
}

static GPtrArray *
write_participants (GPtrArray *roster)
{
  GPtrArray *list = g_ptr_array_new_full (roster->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < roster->len; i++)
    g_ptr_array_add (list, confab_participant_to_message (roster->pdata[i]));
  return list;
}

static GPtrArray *
write_ice_servers (ConfabdTurn *turn, ConfabParticipant *self)
{
  g_autoptr (GPtrArray) servers = confabd_turn_issue (turn, confab_participant_get_id (self));
  GPtrArray *list = g_ptr_array_new_full (servers->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < servers->len; i++)
    g_ptr_array_add (list, confab_ice_server_to_message (servers->pdata[i]));
  return list;
}

/**
 * confabd_leg_write_welcome:
 * @user: whose session it is
 * @now: the server's time
 *
 * Returns: (transfer full): a `welcome` to a new session
 */
ConfabMessage *
confabd_leg_write_welcome (ConfabUser *user, GDateTime *now)
{
  ConfabMessage *message = confab_message_new ("welcome");
  g_autofree char *session = confab_id_new ();

  confab_message_set_string (message, "session", session);
  confab_message_take_object (message, "user", confab_user_to_message (user));
  confab_message_set_time (message, "server_time", now);
  confab_message_set_integer (message, "ping_interval_ms", PING_INTERVAL_MS);
  confab_message_set_integer (message, "dead_after_ms", DEAD_AFTER_MS);
  return message;
}

/**
 * confabd_leg_write_joined:
 * @parts: where links begin, and what helps to connect
 * @call: the call as it is now
 * @self: who has just come
 * @others: (element-type ConfabParticipant): who was there before, in the order of their coming
 *
 * Returns: (transfer full): a `joined`
 */
ConfabMessage *
confabd_leg_write_joined (const ConfabdHubParts *parts,
                          ConfabCall *call,
                          ConfabParticipant *self,
                          GPtrArray *others)
{
  ConfabMessage *message = confab_message_new ("joined");
  GPtrArray *participants = write_participants (others);
  g_autofree char *link = confab_join_link_build (parts->base_url, confab_call_get_code (call));

  g_ptr_array_add (participants, confab_participant_to_message (self));
  confab_message_take_object (message, "call", confab_call_to_message (call));
  confab_message_set_string (message, "link", link);
  confab_message_set_string (message, "self", confab_participant_get_id (self));
  confab_message_take_list (message, "participants", participants);
  confab_message_set_string (message, "topology", "mesh");
  confab_message_take_list (message, "ice_servers", write_ice_servers (parts->turn, self));
  confab_message_set_time (message, "room_started_at", confab_call_get_started_at (call));
  return message;
}

/**
 * confabd_leg_write_failure:
 * @close_code: with which the transport is about to close
 *
 * Returns: (transfer full) (nullable): why, in words; %NULL when there is nothing to say
 */
ConfabMessage *
confabd_leg_write_failure (guint close_code)
{
  g_autoptr (GError) error = NULL;

  if (close_code == CONFABD_CLOSE_TOO_LARGE)
    g_set_error (&error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE, "A message holds at most %d bytes",
                 CONFAB_LIMIT_MESSAGE_BYTES);
  else if (close_code == CONFABD_CLOSE_TOO_MANY)
    g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY, "Too many messages at once");
  return error != NULL ? confab_error_to_message (error, NULL) : NULL;
}
