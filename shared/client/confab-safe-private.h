/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Secrets in the memory of this process, wiped when let go. */
typedef struct _ConfabSafe ConfabSafe;

ConfabSafe *confab_safe_new (void);
void confab_safe_free (ConfabSafe *self);
void confab_safe_put (ConfabSafe *self, const char *server, const char *login, const char *secret);
char *confab_safe_dup (ConfabSafe *self, const char *server, const char *login);

G_END_DECLS
