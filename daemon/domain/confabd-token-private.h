/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-keyring.h"
#include "confabd-principal.h"

G_BEGIN_DECLS

char *confabd_token_new (ConfabdKeyring *keyring,
                         ConfabdPrincipal *principal,
                         GDateTime *now,
                         GDateTime *expires_at);
ConfabdPrincipal *confabd_token_verify (ConfabdKeyring *keyring,
                                        const char *token,
                                        GDateTime *now,
                                        gint64 *issued_at_s,
                                        gint64 *expires_at_s,
                                        GError **error);

G_END_DECLS
