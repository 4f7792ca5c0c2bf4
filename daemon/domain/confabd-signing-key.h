/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_SIGNING_KEY_BYTES 32

/* Reads FOLDER/secret.key, or makes it (0600) when there is none; without a folder a key that lives
 * as long as the daemon. The bytes are wiped when the last reference goes. */
GBytes *confabd_signing_key_load (const char *folder, GError **error);

G_END_DECLS
