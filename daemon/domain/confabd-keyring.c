/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-keyring"

#include "config.h"

#include "confabd-keyring.h"

#define ID_CHARS 8

/**
 * ConfabdKeyring:
 *
 * The keys of access tokens: the one that signs, and while it is being changed for a new one the
 * one that signed before, so that nobody is signed out by it. Never changes; safe in any thread.
 */
struct _ConfabdKeyring {
  GObject parent_instance;

  GBytes *keys[CONFABD_KEYRING_KEYS]; /* (owned) wiped when the last one lets go */
  char *ids[CONFABD_KEYRING_KEYS];    /* (owned) */
  guint n_keys;
};

G_DEFINE_FINAL_TYPE (ConfabdKeyring, confabd_keyring, G_TYPE_OBJECT)

static void
add_key (ConfabdKeyring *self, GBytes *key)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (key, &size);
  g_autofree char *digest =
      g_compute_hmac_for_string (G_CHECKSUM_SHA256, bytes, size, "confab key id", -1);

  self->keys[self->n_keys] = g_bytes_ref (key);
  self->ids[self->n_keys] = g_strndup (digest, ID_CHARS);
  self->n_keys++;
}

static void
confabd_keyring_finalize (GObject *object)
{
  ConfabdKeyring *self = CONFABD_KEYRING (object);

  for (guint i = 0; i < self->n_keys; i++) {
    g_bytes_unref (self->keys[i]);
    g_free (self->ids[i]);
  }

  G_OBJECT_CLASS (confabd_keyring_parent_class)->finalize (object);
}

static void
confabd_keyring_class_init (ConfabdKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_keyring_finalize;
}

static void
confabd_keyring_init (ConfabdKeyring *self)
{
}

/**
 * confabd_keyring_new:
 * @current: what signs from now on, at least 32 bytes
 * @previous: (nullable): what signed before, and is still believed
 *
 * Returns: (transfer full): the keys
 */
ConfabdKeyring *
confabd_keyring_new (GBytes *current, GBytes *previous)
{
  ConfabdKeyring *self = g_object_new (CONFABD_TYPE_KEYRING, NULL);

  add_key (self, current);
  if (previous != NULL) {
    add_key (self, previous);
  }
  return self;
}

/**
 * confabd_keyring_get_n_keys:
 * @self: the keys
 *
 * Returns: 1 or 2
 */
guint
confabd_keyring_get_n_keys (ConfabdKeyring *self)
{
  g_return_val_if_fail (CONFABD_IS_KEYRING (self), 0);

  return self->n_keys;
}

/**
 * confabd_keyring_get_key:
 * @self: the keys
 * @index: which, 0 for the one that signs
 *
 * Returns: (transfer none): the key
 */
GBytes *
confabd_keyring_get_key (ConfabdKeyring *self, guint index)
{
  g_return_val_if_fail (CONFABD_IS_KEYRING (self) && index < self->n_keys, NULL);

  return self->keys[index];
}

/**
 * confabd_keyring_get_id:
 * @self: the keys
 * @index: which
 *
 * Returns: (transfer none): what tokens call the key (`kid`); it says nothing about it
 */
const char *
confabd_keyring_get_id (ConfabdKeyring *self, guint index)
{
  g_return_val_if_fail (CONFABD_IS_KEYRING (self) && index < self->n_keys, NULL);

  return self->ids[index];
}
