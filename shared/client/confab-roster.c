/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-roster"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-live-participant.h"
#include "confab-roster-private.h"
#include "confab-wire-model.h"

#define MAX_ICE_SERVERS 16
#define MAX_LINK_CHARS  2048
#define MAX_ID_CHARS    64

void
confab_roster_clear (ConfabRoster *roster)
{
  g_clear_pointer (&roster->call, confab_call_unref);
  g_clear_pointer (&roster->started_at, g_date_time_unref);
  g_clear_pointer (&roster->participants, g_ptr_array_unref);
  g_clear_pointer (&roster->ice_servers, g_ptr_array_unref);
}

static gboolean
read_participants (ConfabMessage *message, ConfabRoster *roster, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  if (!confab_message_get_list (message, "participants", CONFAB_FIELD_REQUIRED,
                                CONFAB_LIMIT_PARTICIPANTS, &items, error))
    return FALSE;
  roster->participants = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_participant_unref);
  for (guint i = 0; i < items->len; i++) {
    ConfabParticipant *participant =
        confab_participant_from_message (g_ptr_array_index (items, i), error);

    if (participant == NULL)
      return FALSE;
    g_ptr_array_add (roster->participants, participant);
  }
  return TRUE;
}

static gboolean
read_ice_servers (ConfabMessage *message, ConfabRoster *roster, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  roster->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
  if (!confab_message_get_list (message, "ice_servers", CONFAB_FIELD_OPTIONAL, MAX_ICE_SERVERS,
                                &items, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++) {
    ConfabIceServer *server = confab_ice_server_from_message (g_ptr_array_index (items, i), error);

    if (server == NULL)
      return FALSE;
    g_ptr_array_add (roster->ice_servers, server);
  }
  return TRUE;
}

static gboolean
check_self (ConfabRoster *roster, GError **error)
{
  for (guint i = 0; i < roster->participants->len; i++) {
    ConfabParticipant *participant = g_ptr_array_index (roster->participants, i);

    if (g_str_equal (confab_participant_get_id (participant), roster->self_id))
      return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                       "The server's list of participants is without us");
  return FALSE;
}

/* Reads “joined” as a whole before any of it counts. The roster is to be cleared also on failure,
 * and before the message goes. */
gboolean
confab_roster_read (ConfabRoster *roster, ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) call = NULL;

  if (!confab_message_get_object (message, "call", CONFAB_FIELD_REQUIRED, &call, error) ||
      !confab_message_get_string (message, "self", CONFAB_FIELD_REQUIRED, MAX_ID_CHARS,
                                  &roster->self_id, error) ||
      !confab_message_get_string (message, "link", CONFAB_FIELD_OPTIONAL, MAX_LINK_CHARS,
                                  &roster->link, error) ||
      !confab_message_get_time (message, "room_started_at", CONFAB_FIELD_OPTIONAL,
                                &roster->started_at, error) ||
      !read_participants (message, roster, error) || !read_ice_servers (message, roster, error))
    return FALSE;
  roster->call = confab_call_from_message (call, error);
  return roster->call != NULL && check_self (roster, error);
}

/* (transfer full) (element-type ConfabLiveParticipant): ourselves first; the others as the server
 * lists them, which is in the order of joining. */
GPtrArray *
confab_roster_make_live (ConfabRoster *roster)
{
  GPtrArray *live = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < roster->participants->len; i++) {
    ConfabParticipant *participant = g_ptr_array_index (roster->participants, i);
    gboolean is_self = g_str_equal (confab_participant_get_id (participant), roster->self_id);

    g_ptr_array_insert (live, is_self ? 0 : -1, confab_live_participant_new (participant, is_self));
  }
  return live;
}
