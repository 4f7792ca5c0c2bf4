/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_KEYRING_KEYS 2

#define CONFABD_TYPE_KEYRING (confabd_keyring_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdKeyring, confabd_keyring, CONFABD, KEYRING, GObject)

ConfabdKeyring *confabd_keyring_new (GBytes *current, GBytes *previous);

guint confabd_keyring_get_n_keys (ConfabdKeyring *self);
GBytes *confabd_keyring_get_key (ConfabdKeyring *self, guint index);
const char *confabd_keyring_get_id (ConfabdKeyring *self, guint index);

G_END_DECLS
