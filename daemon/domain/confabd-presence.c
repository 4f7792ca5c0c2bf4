/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confabd-presence-private.h"

struct _ConfabdPresence {
  GHashTable *call_ids; /* (element-type utf8 utf8) (owned) participant id to call id */
  GHashTable *calls;    /* (element-type utf8 GHashTable) (owned) call id to participant ids */
};

ConfabdPresence *
confabd_presence_new (void)
{
  ConfabdPresence *self = g_new0 (ConfabdPresence, 1);

  self->call_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->calls =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  return self;
}

void
confabd_presence_free (ConfabdPresence *self)
{
  g_hash_table_unref (self->call_ids);
  g_hash_table_unref (self->calls);
  g_free (self);
}

/**
 * confabd_presence_add:
 *
 * Puts a participant, who is new, into a call.
 */
void
confabd_presence_add (ConfabdPresence *self, const char *participant_id, const char *call_id)
{
  GHashTable *members = g_hash_table_lookup (self->calls, call_id);

  if (members == NULL) {
    members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (self->calls, g_strdup (call_id), members);
  }
  g_hash_table_add (members, g_strdup (participant_id));
  g_hash_table_insert (self->call_ids, g_strdup (participant_id), g_strdup (call_id));
}

/**
 * confabd_presence_find_call:
 *
 * Returns: (transfer none) (nullable): the id of the call that the participant is in
 */
const char *
confabd_presence_find_call (ConfabdPresence *self, const char *participant_id)
{
  return g_hash_table_lookup (self->call_ids, participant_id);
}

/**
 * confabd_presence_remove:
 *
 * Returns: whether the participant was there
 */
gboolean
confabd_presence_remove (ConfabdPresence *self, const char *participant_id)
{
  const char *call_id = g_hash_table_lookup (self->call_ids, participant_id);
  GHashTable *members = NULL;

  if (call_id == NULL) {
    return FALSE;
  }
  members = g_hash_table_lookup (self->calls, call_id);
  g_hash_table_remove (members, participant_id);
  if (g_hash_table_size (members) == 0) {
    g_hash_table_remove (self->calls, call_id);
  }
  g_hash_table_remove (self->call_ids, participant_id);
  return TRUE;
}

/**
 * confabd_presence_remove_call:
 *
 * Takes everybody out of a call.
 *
 * Returns: whether there was anybody
 */
gboolean
confabd_presence_remove_call (ConfabdPresence *self, const char *call_id)
{
  GHashTable *members = g_hash_table_lookup (self->calls, call_id);
  GHashTableIter iter;
  gpointer participant_id;

  if (members == NULL) {
    return FALSE;
  }
  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, &participant_id, NULL)) {
    g_hash_table_remove (self->call_ids, participant_id);
  }
  g_hash_table_remove (self->calls, call_id);
  return TRUE;
}

guint
confabd_presence_get_n_participants (ConfabdPresence *self)
{
  return g_hash_table_size (self->call_ids);
}

guint
confabd_presence_get_n_calls (ConfabdPresence *self)
{
  return g_hash_table_size (self->calls);
}
