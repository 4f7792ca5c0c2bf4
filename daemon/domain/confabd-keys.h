/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-audit.h"
#include "confabd-principal.h"
#include "confabd-store-keys.h"

G_BEGIN_DECLS

#define CONFABD_KEY_PREFIX "cfk_" /* how every API key begins */

/* What somebody wants of a new key. */
typedef struct {
  const char *name;          /* one line */
  const char *const *scopes; /* at least one that their role has */
  GDateTime *expires_at;     /* (nullable) in the future */
} ConfabdKeyRequest;

ConfabdKey *confabd_key_make (ConfabUser *user,
                              const ConfabdKeyRequest *request,
                              GDateTime *now,
                              char **secret,
                              GError **error);
char *confabd_key_make_secret (char **prefix);
char *confabd_key_hash (const char *secret);

#define CONFABD_TYPE_KEYS (confabd_keys_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdKeys, confabd_keys, CONFABD, KEYS, GObject)

ConfabdKeys *confabd_keys_new (ConfabdStore *store, ConfabClock *clock, ConfabdAudit *audit);

/* address: (nullable) where they ask from, for the audit */
void confabd_keys_create_async (ConfabdKeys *self,
                                ConfabdPrincipal *principal,
                                const ConfabdKeyRequest *request,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void confabd_keys_rotate_async (ConfabdKeys *self,
                                ConfabdPrincipal *principal,
                                const char *key_id,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void confabd_keys_revoke_async (ConfabdKeys *self,
                                ConfabdPrincipal *principal,
                                const char *key_id,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Of each of these. secret: (out) (optional) (transfer full) of a key that was made or rotated */
ConfabdKey *confabd_keys_change_finish (ConfabdKeys *self,
                                        GAsyncResult *result,
                                        char **secret,
                                        GError **error);

void confabd_keys_list_async (ConfabdKeys *self,
                              const char *user_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
GPtrArray *confabd_keys_list_finish (ConfabdKeys *self, GAsyncResult *result, GError **error);

void confabd_keys_verify_async (ConfabdKeys *self,
                                const char *secret,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabdPrincipal *confabd_keys_verify_finish (ConfabdKeys *self,
                                              GAsyncResult *result,
                                              GError **error);

G_END_DECLS
