/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-limiter"

#include "config.h"

#include <string.h>

#include "confabd-limiter.h"

/*
 * Token buckets, one a key (an address, a user). A bucket holds as many tokens as a minute brings,
 * so a quiet visitor may do a minute's worth at once and goes on at the even rate from there.
 *
 * The table is bounded: the bucket that was idle longest makes room, and that one is most likely
 * full again, which is what a new bucket is.
 */
typedef struct {
  char *key; /* (owned), also the key of the table */
  double tokens;
  gint64 filled_at_mono_us;
  GList link; /* in ConfabdLimiter.by_use */
} Bucket;

struct _ConfabdLimiter {
  GObject parent_instance;

  ConfabClock *clock;  /* (owned) */
  GHashTable *buckets; /* (element-type utf8 Bucket) (owned) */
  GQueue by_use;       /* (element-type Bucket) (unowned) the table owns; last used first */
  guint per_minute;    /* 0: no limit */
  guint max_keys;
};

G_DEFINE_FINAL_TYPE (ConfabdLimiter, confabd_limiter, G_TYPE_OBJECT)

static void
bucket_free (Bucket *bucket)
{
  g_free (bucket->key);
  g_free (bucket);
}

static void
drop_oldest (ConfabdLimiter *self)
{
  Bucket *oldest = g_queue_peek_tail (&self->by_use);

  g_queue_unlink (&self->by_use, &oldest->link);
  g_hash_table_remove (self->buckets, oldest->key);
}

static Bucket *
add_bucket (ConfabdLimiter *self, const char *key)
{
  Bucket *bucket = g_new0 (Bucket, 1);

  if (g_hash_table_size (self->buckets) >= self->max_keys)
    drop_oldest (self);
  bucket->key = g_strdup (key);
  bucket->tokens = self->per_minute;
  bucket->filled_at_mono_us = confab_clock_get_mono_us (self->clock);
  bucket->link.data = bucket;
  g_queue_push_head_link (&self->by_use, &bucket->link);
  g_hash_table_insert (self->buckets, bucket->key, bucket);
  return bucket;
}

static void
refill (ConfabdLimiter *self, Bucket *bucket)
{
  gint64 now_mono_us = confab_clock_get_mono_us (self->clock);
  double minutes = (double) (now_mono_us - bucket->filled_at_mono_us) / (60.0 * G_USEC_PER_SEC);

  bucket->tokens = MIN (bucket->tokens + minutes * self->per_minute, self->per_minute);
  bucket->filled_at_mono_us = now_mono_us;
}

static gboolean
has_token (ConfabdLimiter *self, Bucket *bucket, guint *retry_after_s)
{
  if (bucket->tokens >= 1)
    return TRUE;
  if (retry_after_s != NULL)
    *retry_after_s = (guint) ((1 - bucket->tokens) * 60.0 / self->per_minute) + 1;
  return FALSE;
}

static void
confabd_limiter_finalize (GObject *object)
{
  ConfabdLimiter *self = CONFABD_LIMITER (object);

  g_hash_table_unref (self->buckets);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_limiter_parent_class)->finalize (object);
}

static void
confabd_limiter_class_init (ConfabdLimiterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_limiter_finalize;
}

static void
confabd_limiter_init (ConfabdLimiter *self)
{
  g_queue_init (&self->by_use);
  self->buckets =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) bucket_free);
}

/**
 * confabd_limiter_new:
 * @clock: where time comes from
 * @per_minute: how often a key may do the thing, also its burst; 0 for no limit at all
 * @max_keys: at most that many keys are remembered, at least 1
 *
 * Returns: (transfer full): a limiter, for one main context
 */
ConfabdLimiter *
confabd_limiter_new (ConfabClock *clock, guint per_minute, guint max_keys)
{
  ConfabdLimiter *self = g_object_new (CONFABD_TYPE_LIMITER, NULL);

  g_return_val_if_fail (max_keys > 0, self);

  self->clock = g_object_ref (clock);
  self->per_minute = per_minute;
  self->max_keys = max_keys;
  return self;
}

/**
 * confabd_limiter_take:
 * @self: a limiter
 * @key: who does it
 * @retry_after_s: (out) (optional): set on %FALSE, whole seconds until it is worth trying again
 *
 * Counts one use.
 *
 * Returns: whether @key may
 */
gboolean
confabd_limiter_take (ConfabdLimiter *self, const char *key, guint *retry_after_s)
{
  Bucket *bucket;

  if (self->per_minute == 0)
    return TRUE;

  bucket = g_hash_table_lookup (self->buckets, key);
  if (bucket == NULL) {
    bucket = add_bucket (self, key);
  } else {
    g_queue_unlink (&self->by_use, &bucket->link);
    g_queue_push_head_link (&self->by_use, &bucket->link);
    refill (self, bucket);
  }
  if (!has_token (self, bucket, retry_after_s))
    return FALSE;
  bucket->tokens -= 1;
  return TRUE;
}

/**
 * confabd_limiter_peek:
 * @self: a limiter
 * @key: who would do it
 * @retry_after_s: (out) (optional): as confabd_limiter_take()
 *
 * For things that count only when they fail, such as guessing codes: ask before, take after.
 *
 * Returns: whether @key has a use left
 */
gboolean
confabd_limiter_peek (ConfabdLimiter *self, const char *key, guint *retry_after_s)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, key);

  if (self->per_minute == 0 || bucket == NULL)
    return TRUE;
  refill (self, bucket);
  return has_token (self, bucket, retry_after_s);
}

/**
 * confabd_limiter_key_for_address:
 * @address: (nullable): a visitor's address; %NULL is one shared key
 *
 * IPv6 counts by /64, the least that anybody is given.
 *
 * Returns: (transfer full): a key
 */
char *
confabd_limiter_key_for_address (GInetAddress *address)
{
  guint8 prefix[16] = { 0 };
  g_autoptr (GInetAddress) network = NULL;

  if (address == NULL)
    return g_strdup ("unknown");
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6) {
    memcpy (prefix, g_inet_address_to_bytes (address), 8);
    network = g_inet_address_new_from_bytes (prefix, G_SOCKET_FAMILY_IPV6);
    return g_inet_address_to_string (network);
  }
  return g_inet_address_to_string (address);
}
