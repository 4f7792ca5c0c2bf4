/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include "confabd-revocations.h"

/*
 * Which sessions were revoked while access tokens of theirs still hold. Those tokens say all there
 * is to know, so that nobody asks the disk for each request; this is what they cannot say.
 *
 * It is bounded. When more are revoked than it holds, every token made so far is refused instead:
 * whoever is signed in gets a new one with their refresh token, and nobody revoked gets in.
 */
typedef struct {
  char *session_id; /* (owned) also the key of the table */
  gint64 until_s;
} Entry;

struct _ConfabdRevocations {
  GObject parent_instance;

  GHashTable *entries; /* (element-type utf8 Entry) (owned) */
  GQueue by_age;       /* (element-type Entry) (unowned) the table's; the oldest first */
  guint max_sessions;
  gint64 floor_s; /* tokens that are not younger are refused */
};

G_DEFINE_FINAL_TYPE (ConfabdRevocations, confabd_revocations, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_free (entry->session_id);
  g_free (entry);
}

static void
confabd_revocations_finalize (GObject *object)
{
  ConfabdRevocations *self = CONFABD_REVOCATIONS (object);

  g_queue_clear (&self->by_age);
  g_hash_table_unref (self->entries);

  G_OBJECT_CLASS (confabd_revocations_parent_class)->finalize (object);
}

static void
confabd_revocations_class_init (ConfabdRevocationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_revocations_finalize;
}

static void
confabd_revocations_init (ConfabdRevocations *self)
{
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  self->floor_s = G_MININT64;
  g_queue_init (&self->by_age);
}

/**
 * confabd_revocations_new:
 * @max_sessions: how many are remembered, at least 1
 *
 * Returns: (transfer full): nothing is revoked
 */
ConfabdRevocations *
confabd_revocations_new (guint max_sessions)
{
  ConfabdRevocations *self = g_object_new (CONFABD_TYPE_REVOCATIONS, NULL);

  self->max_sessions = max_sessions;
  return self;
}

static void
forget_all (ConfabdRevocations *self)
{
  g_queue_clear (&self->by_age);
  g_hash_table_remove_all (self->entries);
}

/* In the order of revoking, so that what comes behind a guest's longer token waits for that. */
static void
forget_old (ConfabdRevocations *self, gint64 now_s)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->by_age)) != NULL && oldest->until_s <= now_s) {
    g_queue_pop_head (&self->by_age);
    g_hash_table_remove (self->entries, oldest->session_id);
  }
}

/**
 * confabd_revocations_add:
 * @self: what is revoked
 * @session_id: a session
 * @until_s: when the last of its access tokens expires
 * @now_s: the time
 *
 * Returns: whether that is news
 */
gboolean
confabd_revocations_add (ConfabdRevocations *self,
                         const char *session_id,
                         gint64 until_s,
                         gint64 now_s)
{
  Entry *entry;

  forget_old (self, now_s);
  if (until_s <= now_s || g_hash_table_contains (self->entries, session_id)) {
    return FALSE;
  }
  if (g_hash_table_size (self->entries) >= self->max_sessions) {
    g_message ("More than %u sessions were revoked; every access token is made anew",
               self->max_sessions);
    forget_all (self);
    self->floor_s = now_s;
  }
  entry = g_new0 (Entry, 1);
  entry->session_id = g_strdup (session_id);
  entry->until_s = until_s;
  g_hash_table_insert (self->entries, entry->session_id, entry);
  g_queue_push_tail (&self->by_age, entry);
  return TRUE;
}

/**
 * confabd_revocations_contain:
 * @self: what is revoked
 * @session_id: the session of a token
 * @issued_at_s: when the token was made
 *
 * Returns: whether the token is worth nothing any more
 */
gboolean
confabd_revocations_contain (ConfabdRevocations *self, const char *session_id, gint64 issued_at_s)
{
  return issued_at_s <= self->floor_s || g_hash_table_contains (self->entries, session_id);
}
