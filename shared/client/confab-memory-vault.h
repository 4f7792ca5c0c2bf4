/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-vault.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_MEMORY_VAULT (confab_memory_vault_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabMemoryVault, confab_memory_vault, CONFAB, MEMORY_VAULT, GObject)

CONFAB_AVAILABLE_IN_ALL
ConfabVault *confab_memory_vault_new (void);

G_END_DECLS
