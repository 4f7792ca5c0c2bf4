/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_SIGNING_KEY_BYTES 32 /* of a new one, and the least of any */

/* Longer ones are as good, and no better. */
#define CONFABD_SIGNING_KEY_MAX_BYTES 1024

/* A desktop's: reads the file, or makes it (0600) when there is none; without one a key that lives
 * as long as the process. */
GBytes *confabd_signing_key_load (const char *path, GError **error);
/* A desktop's, too: in the keyring of who sits there. */
GBytes *confabd_signing_key_load_from_keyring (const char *folder, GError **error);
/* A server's: there is no default. */
GBytes *confabd_signing_key_find (const char *path, GError **error);
GBytes *confabd_signing_key_read (const char *path, GError **error);
gboolean confabd_signing_key_generate (const char *path, GError **error);

G_END_DECLS
