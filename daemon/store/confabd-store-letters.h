/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store.h"

G_BEGIN_DECLS

/* What a letter carries, kept as a hash: good once, for a while, and only the newest of a kind. The
 * others stay until they go by age, to be counted. */

typedef enum {
  CONFABD_LETTER_RESET,  /* whoever has it may set a new password */
  CONFABD_LETTER_VERIFY, /* whoever has it reads the letters to an address */
} ConfabdLetterPurpose;

typedef struct {
  ConfabdLetterPurpose purpose;
  const char *hash;    /* of the token */
  const char *user_id; /* whose */
  const char *email;   /* (nullable) where it goes */
  GDateTime *created_at;
  GDateTime *expires_at;
  guint most_per_hour; /* of that purpose to that user; 0 for any number */
} ConfabdLetterProof;

void confabd_store_add_letter_async (ConfabdStore *self,
                                     const ConfabdLetterProof *letter,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean confabd_store_add_letter_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

/* password_hash: (nullable): to be set, for CONFABD_LETTER_RESET */
void confabd_store_redeem_letter_async (ConfabdStore *self,
                                        ConfabdLetterPurpose purpose,
                                        const char *hash,
                                        const char *password_hash,
                                        GDateTime *now,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
char *confabd_store_redeem_letter_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
