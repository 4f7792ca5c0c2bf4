/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-limiter"

#include "config.h"

#include <math.h>
#include <string.h>

#include "confabd-limiter.h"

/*
 * Token buckets, one a key (an address, a user). A bucket holds as many tokens as a period brings,
 * so a quiet visitor may do a period's worth at once and goes on at the even rate from there.
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
  guint amount;        /* 0: no limit */
  guint period_s;
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
  bucket->tokens = self->amount;
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
  double seconds = (double) (now_mono_us - bucket->filled_at_mono_us) / G_USEC_PER_SEC;

  bucket->tokens =
      MIN (bucket->tokens + seconds * self->amount / self->period_s, (double) self->amount);
  bucket->filled_at_mono_us = now_mono_us;
}

/* How long it takes until so many tokens have come. */
static guint
seconds_for (ConfabdLimiter *self, double tokens)
{
  return tokens > 0 ? (guint) ceil (tokens * self->period_s / self->amount) : 0;
}

static void
describe (ConfabdLimiter *self, double tokens, ConfabdQuota *quota)
{
  if (quota == NULL)
    return;
  *quota = (ConfabdQuota){
    .amount = self->amount,
    .period_s = self->period_s,
    .remaining = (guint) tokens,
    .reset_s = seconds_for (self, self->amount - tokens),
    .retry_after_s = tokens < 1 ? MAX (1, seconds_for (self, 1 - tokens)) : 0,
  };
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
 * @amount: how often a key may do the thing in a period, also its burst; 0 for no limit at all
 * @period_s: how long a period is, at least 1
 * @max_keys: at most that many keys are remembered, at least 1
 *
 * Returns: (transfer full): a limiter, for one main context
 */
ConfabdLimiter *
confabd_limiter_new (ConfabClock *clock, guint amount, guint period_s, guint max_keys)
{
  ConfabdLimiter *self = g_object_new (CONFABD_TYPE_LIMITER, NULL);

  g_return_val_if_fail (period_s > 0 && max_keys > 0, self);

  self->clock = g_object_ref (clock);
  self->amount = amount;
  self->period_s = period_s;
  self->max_keys = max_keys;
  return self;
}

/**
 * confabd_limiter_set_amount:
 * @self: a limiter
 * @amount: how often from now on, also the burst; 0 for no limit at all
 *
 * What was used stays used, as far as the new amount goes.
 */
void
confabd_limiter_set_amount (ConfabdLimiter *self, guint amount)
{
  g_return_if_fail (CONFABD_IS_LIMITER (self));

  self->amount = amount;
}

static Bucket *
use_bucket (ConfabdLimiter *self, const char *key)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, key);

  if (bucket == NULL)
    return add_bucket (self, key);
  g_queue_unlink (&self->by_use, &bucket->link);
  g_queue_push_head_link (&self->by_use, &bucket->link);
  refill (self, bucket);
  return bucket;
}

/**
 * confabd_limiter_take:
 * @self: a limiter
 * @key: who does it
 * @quota: (out) (optional): what is left after it
 *
 * Counts one use, unless there is none left.
 *
 * Returns: whether @key may
 */
gboolean
confabd_limiter_take (ConfabdLimiter *self, const char *key, ConfabdQuota *quota)
{
  Bucket *bucket = NULL;
  gboolean is_allowed;

  if (quota != NULL)
    *quota = (ConfabdQuota){ 0 };
  if (self->amount == 0)
    return TRUE;
  bucket = use_bucket (self, key);
  is_allowed = bucket->tokens >= 1;
  if (is_allowed)
    bucket->tokens -= 1;
  describe (self, bucket->tokens, quota);
  return is_allowed;
}

/**
 * confabd_limiter_peek:
 * @self: a limiter
 * @key: who would do it
 * @quota: (out) (optional): what is left
 *
 * For things that count only when they fail, such as guessing codes: ask before, take after.
 *
 * Returns: whether @key has a use left
 */
gboolean
confabd_limiter_peek (ConfabdLimiter *self, const char *key, ConfabdQuota *quota)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, key);

  if (quota != NULL)
    *quota = (ConfabdQuota){ 0 };
  if (self->amount == 0)
    return TRUE;
  if (bucket != NULL)
    refill (self, bucket);
  describe (self, bucket != NULL ? bucket->tokens : self->amount, quota);
  return bucket == NULL || bucket->tokens >= 1;
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
