/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-principal.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_TOKEN_MEMORY (confabd_token_memory_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdTokenMemory, confabd_token_memory, CONFABD, TOKEN_MEMORY, GObject)

/* Times are seconds since 1970. */
ConfabdTokenMemory *confabd_token_memory_new (guint max_tokens);
void confabd_token_memory_keep (ConfabdTokenMemory *self,
                                const char *token,
                                ConfabdPrincipal *principal,
                                gint64 issued_at_s,
                                gint64 expires_at_s);
ConfabdPrincipal *confabd_token_memory_find (ConfabdTokenMemory *self,
                                             const char *token,
                                             gint64 now_s,
                                             gint64 *issued_at_s);

G_END_DECLS
