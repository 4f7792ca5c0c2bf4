/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* What a hash costs whoever makes one. */
typedef struct {
  guint passes;
  guint memory_kib;
} ConfabdPasswordCost;

/* For tests: as cheap as Argon2id gets. */
#define CONFABD_PASSWORD_COST_LEAST ((ConfabdPasswordCost){ 1, 8 })

ConfabdPasswordCost confabd_password_cost_calibrate (void);
char *confabd_password_hash_make (const char *password, const ConfabdPasswordCost *cost);
gboolean confabd_password_hash_matches (const char *hash, const char *password);
gboolean confabd_password_hash_is_outdated (const char *hash, const ConfabdPasswordCost *cost);
guint confabd_password_hash_get_bcrypt_cost (const char *hash);
void confabd_password_hash_spend (const char *hash,
                                  const ConfabdPasswordCost *cost,
                                  guint bcrypt_cost);

G_END_DECLS
