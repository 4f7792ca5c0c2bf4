/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* What a person pasted: server (nullable: a bare code) and exactly one of code and secret. */
#define CONFAB_TYPE_JOIN_LINK (confab_join_link_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_join_link_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabJoinLink *confab_join_link_parse (const char *text, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabJoinLink *confab_join_link_ref (ConfabJoinLink *self);
CONFAB_AVAILABLE_IN_ALL
void confab_join_link_unref (ConfabJoinLink *self);
/* "http://host:port" without a trailing slash, or NULL */
CONFAB_AVAILABLE_IN_ALL
const char *confab_join_link_get_server (ConfabJoinLink *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_join_link_get_code (ConfabJoinLink *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_join_link_get_secret (ConfabJoinLink *self);
CONFAB_AVAILABLE_IN_ALL
char *confab_join_link_build (const char *server, const char *code_or_secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabJoinLink, confab_join_link_unref)

G_END_DECLS
