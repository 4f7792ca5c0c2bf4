/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-brake"

#include "config.h"

#include "confabd-brake.h"
#include "confabd-public-error.h"

#define FORGET_US G_TIME_SPAN_HOUR /* without another failure */

/* How a kind of attempt slows down: after some that are free, twice as long each time. */
typedef struct {
  const char *name;
  guint n_free;
  guint first_ms;
  guint limit_ms;
} Scale;

typedef enum { SCALE_PAIR, SCALE_ADDRESS, SCALE_NAME, N_SCALES } ScaleId;

static const Scale scales[] = {
  [SCALE_PAIR] = { "pair", 3, 1000, 15 * 60 * 1000 },
  [SCALE_ADDRESS] = { "address", 10, 1000, 15 * 60 * 1000 },
  [SCALE_NAME] = { "name", 10, 100, 5 * 1000 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (scales) == N_SCALES);

/*
 * Slows down those who guess passwords: who fails with a name from an address has to wait before
 * the next attempt, longer each time; so has an address that fails with many names.
 *
 * A name that many addresses fail with only gets slow answers, a few seconds at most: strangers
 * cannot keep its owner out. Names are counted whether or not somebody has them, so that nobody
 * learns which there are. The table is bounded: the entry that was left alone longest makes room.
 */
struct _ConfabdBrake {
  GObject parent_instance;

  ConfabClock *clock;  /* (owned) */
  GHashTable *entries; /* (element-type utf8 Entry) (owned) */
  GQueue by_use;       /* (element-type Entry) (unowned) the table owns; last failed first */
  guint max_entries;
  ConfabdBrakeCounts counts;
};

typedef struct {
  char *key; /* (owned), also the key of the table */
  guint n_failures;
  gint64 failed_at_mono_us;
  GList link; /* in by_use */
} Entry;

G_DEFINE_FINAL_TYPE (ConfabdBrake, confabd_brake, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_free (entry->key);
  g_free (entry);
}

/* Of one length, however long a name somebody makes up. */
static char *
make_key (ScaleId id, const char *name, const char *address)
{
  g_autofree char *small = g_utf8_strdown (name, -1);
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n%s", scales[id].name, id != SCALE_NAME ? address : "",
                       id != SCALE_ADDRESS ? small : "");

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static void
drop (ConfabdBrake *self, Entry *entry)
{
  g_queue_unlink (&self->by_use, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

/* NULL when nothing is held against them, or not any more. */
static Entry *
find (ConfabdBrake *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL ||
      confab_clock_get_mono_us (self->clock) - entry->failed_at_mono_us < FORGET_US)
    return entry;
  drop (self, entry);
  return NULL;
}

static Entry *
add (ConfabdBrake *self, const char *key)
{
  Entry *entry = g_new0 (Entry, 1);

  if (g_hash_table_size (self->entries) >= self->max_entries)
    drop (self, g_queue_peek_tail (&self->by_use));
  entry->key = g_strdup (key);
  entry->link.data = entry;
  g_queue_push_head_link (&self->by_use, &entry->link);
  g_hash_table_insert (self->entries, entry->key, entry);
  return entry;
}

static guint
get_pause_ms (const Scale *scale, guint n_failures)
{
  guint n_over = n_failures > scale->n_free ? n_failures - scale->n_free : 0;

  if (n_over == 0)
    return 0;
  return n_over > 20 ? scale->limit_ms : MIN (scale->first_ms << (n_over - 1), scale->limit_ms);
}

/* How long it still is until the next attempt. */
static gint64
get_wait_us (ConfabdBrake *self, ScaleId id, const char *name, const char *address)
{
  g_autofree char *key = make_key (id, name, address);
  Entry *entry = find (self, key);
  gint64 until_mono_us;

  if (entry == NULL)
    return 0;
  until_mono_us = entry->failed_at_mono_us +
                  get_pause_ms (&scales[id], entry->n_failures) * G_TIME_SPAN_MILLISECOND;
  return MAX (until_mono_us - confab_clock_get_mono_us (self->clock), 0);
}

static void
note (ConfabdBrake *self, ScaleId id, const char *name, const char *address)
{
  g_autofree char *key = make_key (id, name, address);
  Entry *entry = find (self, key);

  if (entry == NULL) {
    entry = add (self, key);
  } else {
    g_queue_unlink (&self->by_use, &entry->link);
    g_queue_push_head_link (&self->by_use, &entry->link);
  }
  entry->n_failures++;
  entry->failed_at_mono_us = confab_clock_get_mono_us (self->clock);
}

static void
confabd_brake_finalize (GObject *object)
{
  ConfabdBrake *self = CONFABD_BRAKE (object);

  g_hash_table_unref (self->entries);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_brake_parent_class)->finalize (object);
}

static void
confabd_brake_class_init (ConfabdBrakeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_brake_finalize;
}

static void
confabd_brake_init (ConfabdBrake *self)
{
  g_queue_init (&self->by_use);
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
}

/**
 * confabd_brake_new:
 * @clock: where time comes from
 * @max_entries: how much is remembered, at least 3: one entry a name, an address, a pair of them
 *
 * Returns: (transfer full): a brake, for one main context
 */
ConfabdBrake *
confabd_brake_new (ConfabClock *clock, guint max_entries)
{
  ConfabdBrake *self = g_object_new (CONFABD_TYPE_BRAKE, NULL);

  g_return_val_if_fail (max_entries >= N_SCALES, self);

  self->clock = g_object_ref (clock);
  self->max_entries = max_entries;
  return self;
}

/**
 * confabd_brake_check:
 * @self: a brake
 * @name: what somebody wants to sign in as, as they wrote it
 * @address: where from, as the limiter counts it
 * @delay_ms: (out): how long to wait before trying, 0 to 5,000, whatever comes of it
 * @error: return location for a #GError
 *
 * To be asked before an attempt. Fails with %CONFAB_ERROR_TOO_MANY, saying for how long.
 *
 * Returns: whether the attempt may be made
 */
gboolean
confabd_brake_check (
    ConfabdBrake *self, const char *name, const char *address, guint *delay_ms, GError **error)
{
  gint64 wait_us = MAX (get_wait_us (self, SCALE_PAIR, name, address),
                        get_wait_us (self, SCALE_ADDRESS, name, address));
  g_autofree char *key = make_key (SCALE_NAME, name, address);
  Entry *entry = find (self, key);

  *delay_ms = entry != NULL ? get_pause_ms (&scales[SCALE_NAME], entry->n_failures) : 0;
  if (wait_us == 0)
    return TRUE;
  self->counts.n_refused++;
  confabd_error_set_too_often (error, (guint) ((wait_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
  return FALSE;
}

/**
 * confabd_brake_note_failure:
 * @self: a brake
 * @name: as in confabd_brake_check()
 * @address: as in confabd_brake_check()
 *
 * The attempt failed: no such name, or not that password.
 */
void
confabd_brake_note_failure (ConfabdBrake *self, const char *name, const char *address)
{
  self->counts.n_failures++;
  for (guint id = 0; id < N_SCALES; id++)
    note (self, (ScaleId) id, name, address);
}

/**
 * confabd_brake_note_success:
 * @self: a brake
 * @name: as in confabd_brake_check()
 * @address: as in confabd_brake_check()
 *
 * The attempt succeeded. Nothing is held against the name at that address any more; against the
 * address it is, since anybody who guesses has an account of their own, too.
 */
void
confabd_brake_note_success (ConfabdBrake *self, const char *name, const char *address)
{
  g_autofree char *key = make_key (SCALE_PAIR, name, address);
  Entry *entry = find (self, key);

  self->counts.n_successes++;
  if (entry != NULL)
    drop (self, entry);
}

/**
 * confabd_brake_get_counts:
 * @self: a brake
 * @counts: (out caller-allocates): since it was made
 */
void
confabd_brake_get_counts (ConfabdBrake *self, ConfabdBrakeCounts *counts)
{
  *counts = self->counts;
}
