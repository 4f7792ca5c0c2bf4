/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-request.h"

G_BEGIN_DECLS

/* Which page of a list somebody asks for: `limit` and `cursor` of the query. */
typedef struct {
  guint limit;
  char **parts; /* (owned) (nullable) of the cursor; NULL: the first page */
} ConfabdPage;

gboolean confabd_page_read (ConfabdRequest *request,
                            guint n_parts,
                            ConfabdPage *page,
                            GError **error);
void confabd_page_clear (ConfabdPage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdPage, confabd_page_clear)

char *confabd_page_make_cursor (const char *const *parts);

G_END_DECLS
