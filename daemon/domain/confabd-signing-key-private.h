/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A new one; bytes that are wiped with their last reference. */
GBytes *confabd_signing_key_make (GError **error);
/* The same of what was kept elsewhere; NULL when that is too short or too long. */
GBytes *confabd_signing_key_copy (const guint8 *bytes, gsize size);

G_END_DECLS
