/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-vault.h"

G_BEGIN_DECLS

/* What one session has its vault keep and forget, in this order: a secret must not arrive after it
 * was to be forgotten. */
typedef struct _ConfabKeeper ConfabKeeper;

ConfabKeeper *confab_keeper_new (ConfabVault *vault, const char *server);
void confab_keeper_unref (ConfabKeeper *self);
ConfabVault *confab_keeper_get_vault (ConfabKeeper *self);
void confab_keeper_put (ConfabKeeper *self, const char *login, const char *secret);
void confab_keeper_wait (ConfabKeeper *self, GTask *task);

G_END_DECLS
