/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-profile.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* People as a whole: from another house, on their way out, and with all that is kept of them. */

/* What another house vouches for. Texts are valid, or NULL when it did not say. */
typedef struct {
  gint64 telegram_id;
  const char *login_name;   /* (nullable) wanted; they have none when it is taken */
  const char *display_name; /* (nullable) */
  const char *avatar_url;   /* (nullable) */
  const char *proof_hash;   /* good once */
  GDateTime *proof_expires_at;
  gboolean may_register;   /* without an invitation */
  const char *invite_hash; /* (nullable) */
} ConfabdTelegramSignIn;

void confabd_store_sign_in_telegram_async (ConfabdStore *self,
                                           const ConfabdTelegramSignIn *sign_in,
                                           GDateTime *now,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
ConfabProfile *confabd_store_sign_in_telegram_finish (ConfabdStore *self,
                                                      GAsyncResult *result,
                                                      GError **error);

void confabd_store_delete_user_async (ConfabdStore *self,
                                      const char *user_id,
                                      GDateTime *now,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean confabd_store_delete_user_finish (ConfabdStore *self,
                                           GAsyncResult *result,
                                           GError **error);

G_END_DECLS
