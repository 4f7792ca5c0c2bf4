/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-leg-reader"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confab-wire-model.h"
#include "confabd-leg-reader.h"

#define MAX_TICKET_CHARS 256
#define MAX_DEVICE_CHARS 64

/*
 * What the messages of a session say, apart from what is done about it.
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
  gboolean has_hand_raised = flags->has_hand_raised;

  if (!read_switch (message, "muted", &is_muted, error) ||
      !read_switch (message, "deafened", &is_deafened, error) ||
      !read_switch (message, "on_hold", &is_on_hold, error) ||
      !read_switch (message, "hand", &has_hand_raised, error))
    return FALSE;
  flags->is_muted = is_muted != FALSE;
  flags->is_deafened = is_deafened != FALSE;
  flags->is_on_hold = is_on_hold != FALSE;
  flags->has_hand_raised = has_hand_raised != FALSE;
  return TRUE;
}

/**
 * confabd_leg_write_participants:
 * @roster: (element-type ConfabParticipant): those in a call
 *
 * Returns: (transfer full) (element-type ConfabMessage): the same as messages
 */
GPtrArray *
confabd_leg_write_participants (GPtrArray *roster)
{
  GPtrArray *list = g_ptr_array_new_full (roster->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < roster->len; i++)
    g_ptr_array_add (list, confab_participant_to_message (roster->pdata[i]));
  return list;
}

/**
 * confabd_leg_write_ice_servers:
 * @servers: (element-type ConfabIceServer): the configured ones
 *
 * Returns: (transfer full) (element-type ConfabMessage): the same as messages
 */
GPtrArray *
confabd_leg_write_ice_servers (GPtrArray *servers)
{
  GPtrArray *list = g_ptr_array_new_full (servers->len, (GDestroyNotify) confab_message_unref);

  for (guint i = 0; i < servers->len; i++)
    g_ptr_array_add (list, confab_ice_server_to_message (servers->pdata[i]));
  return list;
}
