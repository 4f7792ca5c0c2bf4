/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-people.h"

G_BEGIN_DECLS

#define CONFABD_TELEGRAM_MAX_AGE_HOURS 24

/* What Telegram vouched for. */
typedef struct {
  ConfabdTelegramSignIn sign_in; /* its texts and time are (owned) */
} ConfabdTelegramProof;

void confabd_telegram_proof_free (ConfabdTelegramProof *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTelegramProof, confabd_telegram_proof_free)

ConfabdTelegramProof *confabd_telegram_check (const char *init_data,
                                              GBytes *bot_token,
                                              GDateTime *now,
                                              GError **error);

G_END_DECLS
