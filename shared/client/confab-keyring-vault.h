/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-vault.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_KEYRING_VAULT (confab_keyring_vault_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabKeyringVault, confab_keyring_vault, CONFAB, KEYRING_VAULT, GObject)

CONFAB_AVAILABLE_IN_ALL
ConfabVault *confab_keyring_vault_new (guint deadline_ms);

G_END_DECLS
