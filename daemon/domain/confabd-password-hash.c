/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-passwords"

#include "config.h"

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "confabd-password-hash-private.h"

/* What one hash may take, and the bounds within which a machine is asked to reach it: a fast one
 * makes more passes, a slow one uses less memory, none goes below OWASP's least (19 MiB, 2). */
#define TARGET_US      (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_MEMORY_KIB (64 * 1024)
#define MIN_MEMORY_KIB (19 * 1024)
#define MIN_PASSES     2
#define MAX_PASSES     8

#define BCRYPT_BYTES    72 /* what bcrypt looks at; libxcrypt refuses what is far longer */
#define BCRYPT_CHARS    60
#define MIN_BCRYPT_COST 4
#define MAX_BCRYPT_COST 16 /* several seconds */

/* A number per machine, not per start: unknown names take as long as names whose hash was made
 * before a restart. */
static const guint steps[] = { 2, 3, 4, 6, MAX_PASSES };

static gboolean
is_bcrypt (const char *hash)
{
  return g_str_has_prefix (hash, "$2a$") || g_str_has_prefix (hash, "$2b$") ||
         g_str_has_prefix (hash, "$2y$");
}

/* 0: it is none of bcrypt, or none that anybody keeps. */
static guint
read_bcrypt_cost (const char *hash)
{
  guint cost = 0;

  if (!is_bcrypt (hash) || strlen (hash) != BCRYPT_CHARS || sscanf (hash + 4, "%2u$", &cost) != 1 ||
      cost < MIN_BCRYPT_COST || cost > MAX_BCRYPT_COST) {
    return 0;
  }
  return cost;
}

static gint64
measure (guint memory_kib)
{
  gint64 best_us = G_MAXINT64;

  /* The better one: the other met somebody else's work. */
  for (guint i = 0; i < 2; i++) {
    const ConfabdPasswordCost once = { 1, memory_kib };
    gint64 start_us = g_get_monotonic_time ();
    g_autofree char *hash = confabd_password_hash_make ("how long does it take?", &once);

    g_assert (hash != NULL);
    best_us = MIN (best_us, g_get_monotonic_time () - start_us);
  }
  return MAX (best_us, 1);
}

/**
 * confabd_password_cost_calibrate:
 *
 * Measures this machine, for about a fifth of a second. For a thread that may.
 *
 * Returns: what a hash shall cost here
 */
ConfabdPasswordCost
confabd_password_cost_calibrate (void)
{
  ConfabdPasswordCost cost = { MIN_PASSES, MAX_MEMORY_KIB };
  gint64 pass_us = measure (cost.memory_kib);

  while (cost.memory_kib > MIN_MEMORY_KIB && pass_us * MIN_PASSES > 2 * TARGET_US) {
    cost.memory_kib = MAX (cost.memory_kib / 2, MIN_MEMORY_KIB);
    pass_us = measure (cost.memory_kib);
  }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (pass_us * steps[i] <= TARGET_US) {
      cost.passes = steps[i];
    }
  }
  return cost;
}

/**
 * confabd_password_hash_make:
 * @password: all of it counts
 * @cost: what to spend
 *
 * Hashes with Argon2id and a random salt. Takes time and memory: for a thread that may.
 *
 * Returns: (transfer full) (nullable): "$argon2id$v=19$m=…"; %NULL when there is no memory
 */
char *
confabd_password_hash_make (const char *password, const ConfabdPasswordCost *cost)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (hash, password, strlen (password), cost->passes,
                             (gsize) cost->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return NULL;
  }
  return g_strdup (hash);
}

static gboolean
bcrypt_matches (const char *hash, const char *password)
{
  g_autofree struct crypt_data *data = g_new0 (struct crypt_data, 1);
  g_autofree char *start = g_strndup (password, BCRYPT_BYTES);
  const char *own = crypt_rn (start, hash, data, (int) sizeof *data);
  gboolean matches =
      own != NULL && strlen (own) == strlen (hash) && sodium_memcmp (own, hash, strlen (hash)) == 0;

  explicit_bzero (start, strlen (start));
  explicit_bzero (data, sizeof *data);
  return matches;
}

/**
 * confabd_password_hash_matches:
 * @hash: of Argon2, or of bcrypt ("$2a$", "$2b$", "$2y$") as other servers keep it
 * @password: what somebody says
 *
 * For a thread that may take the time.
 *
 * Returns: whether the hash was made of @password
 */
gboolean
confabd_password_hash_matches (const char *hash, const char *password)
{
  return is_bcrypt (hash) ? bcrypt_matches (hash, password)
                          : crypto_pwhash_str_verify (hash, password, strlen (password)) == 0;
}

static gboolean
read_cost (const char *hash, ConfabdPasswordCost *cost)
{
  return sscanf (hash, "$argon2id$v=19$m=%u,t=%u,", &cost->memory_kib, &cost->passes) == 2;
}

/**
 * confabd_password_hash_is_outdated:
 *
 * Returns: whether a hash of @cost is worth making when the password comes by: this one is not of
 *   Argon2id, or costs less than half
 */
gboolean
confabd_password_hash_is_outdated (const char *hash, const ConfabdPasswordCost *cost)
{
  ConfabdPasswordCost own;

  return !read_cost (hash, &own) ||
         (guint64) own.memory_kib * own.passes * 2 < (guint64) cost->memory_kib * cost->passes;
}

/* What a check of @cost takes longer than one of @hash did, in passes. */
static guint
count_missing_passes (const char *hash, const ConfabdPasswordCost *cost)
{
  ConfabdPasswordCost own = { 0 };
  guint64 spent = read_cost (hash, &own) ? (guint64) own.memory_kib * own.passes : 0;
  guint64 whole = (guint64) cost->memory_kib * cost->passes;

  return spent < whole ? (guint) ((whole - spent + cost->memory_kib / 2) / cost->memory_kib) : 0;
}

static void
waste_bcrypt (guint cost)
{
  g_autofree struct crypt_data *data = g_new0 (struct crypt_data, 1);
  g_autofree char *setting = g_strdup_printf ("$2b$%02u$abcdefghijklmnopqrstuu", cost);

  crypt_rn ("nobody's password", setting, data, (int) sizeof *data);
}

/**
 * confabd_password_hash_get_bcrypt_cost:
 * @hash: what is kept of a password
 *
 * Returns: the logarithm of its rounds, 4..16; 0 when it is not of bcrypt
 */
guint
confabd_password_hash_get_bcrypt_cost (const char *hash)
{
  return read_bcrypt_cost (hash);
}

/**
 * confabd_password_hash_spend:
 * @hash: that was checked, and did not match
 * @cost: of hashes that are made now
 * @bcrypt_cost: of the dearest hash of bcrypt on this server; 0 for none
 *
 * Spends what checking a hash of either kind takes longer than checking @hash did, so that the time
 * of a refusal tells neither which names are known nor whose hash came from another server. Each
 * cost of bcrypt is twice the one before, so all from one up to another make up for the difference.
 */
void
confabd_password_hash_spend (const char *hash, const ConfabdPasswordCost *cost, guint bcrypt_cost)
{
  const ConfabdPasswordCost rest = { count_missing_passes (hash, cost), cost->memory_kib };
  guint own_bcrypt_cost = read_bcrypt_cost (hash);
  g_autofree char *waste = NULL;

  if (rest.passes > 0) {
    waste = confabd_password_hash_make ("nobody's password", &rest);
  }
  if (own_bcrypt_cost == 0 && bcrypt_cost > 0) {
    waste_bcrypt (bcrypt_cost);
  }
  for (guint i = own_bcrypt_cost; own_bcrypt_cost > 0 && i < bcrypt_cost; i++) {
    waste_bcrypt (i);
  }
}
