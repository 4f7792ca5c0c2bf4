/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-token-memory"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "confabd-token-memory-private.h"

#define HASH_BYTES 32

/*
 * Access tokens that were found good, so that the next request with one need not prove it again: a
 * tenth of what a small request costs. They are kept as keyed hashes, of which a stranger can guess
 * nothing by measuring time. Only good tokens get in, and there is a most; whether one was revoked
 * is for whoever asks to find out each time.
 */
struct _ConfabdTokenMemory {
  GObject parent_instance;

  GHashTable *tokens; /* (element-type Known) (owned) a set */
  guint max_tokens;
  guint8 key[crypto_generichash_KEYBYTES];
};

typedef struct {
  guint8 hash[HASH_BYTES];
  ConfabdPrincipal *principal; /* (owned) */
  gint64 issued_at_s;
  gint64 expires_at_s;
} Known;

G_DEFINE_FINAL_TYPE (ConfabdTokenMemory, confabd_token_memory, G_TYPE_OBJECT)

static void
known_free (Known *known)
{
  confabd_principal_unref (known->principal);
  g_free (known);
}

static guint
known_hash (gconstpointer pointer)
{
  const Known *known = pointer;
  guint value;

  memcpy (&value, known->hash, sizeof value);
  return value;
}

static gboolean
known_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Known *) a)->hash, ((const Known *) b)->hash, HASH_BYTES) == 0;
}

static void
compute_hash (ConfabdTokenMemory *self, const char *token, guint8 *hash)
{
  crypto_generichash (hash, HASH_BYTES, (const guint8 *) token, strlen (token), self->key,
                      sizeof self->key);
}

static void
confabd_token_memory_finalize (GObject *object)
{
  ConfabdTokenMemory *self = CONFABD_TOKEN_MEMORY (object);

  g_hash_table_unref (self->tokens);
  sodium_memzero (self->key, sizeof self->key);

  G_OBJECT_CLASS (confabd_token_memory_parent_class)->finalize (object);
}

static void
confabd_token_memory_class_init (ConfabdTokenMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_token_memory_finalize;
}

static void
confabd_token_memory_init (ConfabdTokenMemory *self)
{
  self->tokens = g_hash_table_new_full (known_hash, known_equal, (GDestroyNotify) known_free, NULL);
  crypto_generichash_keygen (self->key);
}

/**
 * confabd_token_memory_new:
 * @max_tokens: when there are more, all are forgotten, and proved again as they come
 *
 * Returns: (transfer full): an empty memory
 */
ConfabdTokenMemory *
confabd_token_memory_new (guint max_tokens)
{
  ConfabdTokenMemory *self = g_object_new (CONFABD_TYPE_TOKEN_MEMORY, NULL);

  self->max_tokens = max_tokens;
  return self;
}

/**
 * confabd_token_memory_keep:
 * @self: the memory
 * @token: was found good
 * @principal: whom it speaks for
 * @issued_at_s: since when
 * @expires_at_s: until when
 */
void
confabd_token_memory_keep (ConfabdTokenMemory *self,
                           const char *token,
                           ConfabdPrincipal *principal,
                           gint64 issued_at_s,
                           gint64 expires_at_s)
{
  Known *known = g_new0 (Known, 1);

  if (g_hash_table_size (self->tokens) >= self->max_tokens)
    g_hash_table_remove_all (self->tokens);
  compute_hash (self, token, known->hash);
  known->principal = confabd_principal_ref (principal);
  known->issued_at_s = issued_at_s;
  known->expires_at_s = expires_at_s;
  g_hash_table_replace (self->tokens, known, known);
}

/**
 * confabd_token_memory_find:
 * @self: the memory
 * @token: (nullable): what a stranger sent
 * @now_s: what time it is
 * @issued_at_s: (out): since when the token is good
 *
 * Returns: (transfer full) (nullable): whom it speaks for, when it is known and has not expired
 */
ConfabdPrincipal *
confabd_token_memory_find (ConfabdTokenMemory *self,
                           const char *token,
                           gint64 now_s,
                           gint64 *issued_at_s)
{
  Known probe = { { 0 }, NULL, 0, 0 };
  const Known *known;

  if (token == NULL)
    return NULL;
  compute_hash (self, token, probe.hash);
  known = g_hash_table_lookup (self->tokens, &probe);
  if (known == NULL)
    return NULL;
  if (known->expires_at_s <= now_s) {
    g_hash_table_remove (self->tokens, &probe);
    return NULL;
  }
  *issued_at_s = known->issued_at_s;
  return confabd_principal_ref (known->principal);
}
