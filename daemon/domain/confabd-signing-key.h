/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_SIGNING_KEY_BYTES 32

/* Reads the file, or makes it (0600) when there is none; without one a key that lives as long as
 * the process. */
GBytes *confabd_signing_key_load (const char *path, GError **error);

G_END_DECLS
