/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define CONFABD_KEYS_PER_USER 20

/* What a program shows instead of a person, without its secret. An immutable value. */
typedef struct {
  char *id;                /* (owned) */
  char *user_id;           /* (owned) whose */
  char *name;              /* (owned) */
  char *prefix;            /* (owned) how it begins, for people to tell them apart */
  char **scopes;           /* (owned) */
  GDateTime *created_at;   /* (owned) */
  GDateTime *expires_at;   /* (owned) (nullable) */
  GDateTime *last_used_at; /* (owned) (nullable) */
} ConfabdKey;

ConfabdKey *confabd_key_new (const ConfabdKey *fields);
ConfabdKey *confabd_key_ref (ConfabdKey *self);
void confabd_key_unref (ConfabdKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdKey, confabd_key_unref)

/* A key and its owner as they are now. */
typedef struct {
  ConfabdKey *key;  /* (owned) */
  ConfabUser *user; /* (owned) */
} ConfabdKeyOwner;

void confabd_key_owner_free (ConfabdKeyOwner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdKeyOwner, confabd_key_owner_free)

/* Which keys: of a user, of anybody when that is NULL. */
typedef struct {
  const char *user_id; /* (nullable) */
  const char *key_id;  /* (nullable) for a list */
  GDateTime *now;
} ConfabdKeyChoice;

/* What takes the place of a secret; the hash is hexadecimal SHA-256. */
typedef struct {
  const char *prefix;
  const char *hash;
} ConfabdKeySecret;

/* Each as a piece of work, for a daemon's store or a tool's database. */
ConfabdWork confabd_key_work_add (ConfabdKey *key, const char *hash);
ConfabdWork confabd_key_work_list (const ConfabdKeyChoice *choice);
ConfabdWork confabd_key_work_rotate (const ConfabdKeyChoice *choice,
                                     const ConfabdKeySecret *secret);
ConfabdWork confabd_key_work_revoke (const ConfabdKeyChoice *choice);
ConfabdWork confabd_key_work_find (const char *hash, GDateTime *now);
ConfabdWork confabd_key_work_note_use (const char *key_id, GDateTime *now);

void confabd_store_write_key_async (ConfabdStore *self,
                                    const ConfabdWork *work,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void confabd_store_read_key_async (ConfabdStore *self,
                                   const ConfabdWork *work,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gpointer confabd_store_key_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
