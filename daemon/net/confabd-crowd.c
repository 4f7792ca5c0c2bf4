/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-crowd-private.h"

/*
 * ConfabdCrowd:
 *
 * How many connections each address has. As many rows as there are connections, at most.
 */
struct _ConfabdCrowd {
  GHashTable *n_by_key; /* (element-type guint64 guint) (owned) */
  guint max_per_address;
};

ConfabdCrowd *
confabd_crowd_new (guint max_per_address)
{
  ConfabdCrowd *self = g_new0 (ConfabdCrowd, 1);

  self->n_by_key = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->max_per_address = max_per_address;
  return self;
}

void
confabd_crowd_free (ConfabdCrowd *self)
{
  g_hash_table_unref (self->n_by_key);
  g_free (self);
}

/* Those who are in stay. */
void
confabd_crowd_set_max_per_address (ConfabdCrowd *self, guint max_per_address)
{
  self->max_per_address = max_per_address;
}

static guint
count (ConfabdCrowd *self, guint64 key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_key, &key));
}

static void
set_count (ConfabdCrowd *self, guint64 key, guint n)
{
  if (n == 0)
    g_hash_table_remove (self->n_by_key, &key);
  else
    g_hash_table_replace (self->n_by_key, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n));
}

/* Returns whether there is a place for one more from there; then it is taken. */
gboolean
confabd_crowd_enter (ConfabdCrowd *self, const ConfabdPeer *peer)
{
  guint64 key = confabd_peer_get_key (peer);
  guint n = count (self, key);

  if (n >= self->max_per_address)
    return FALSE;
  set_count (self, key, n + 1);
  return TRUE;
}

/* One who entered leaves. */
void
confabd_crowd_leave (ConfabdCrowd *self, const ConfabdPeer *peer)
{
  guint64 key = confabd_peer_get_key (peer);

  set_count (self, key, count (self, key) - 1);
}
