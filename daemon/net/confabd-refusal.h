/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"

G_BEGIN_DECLS

/* Why a request is not let in: everything its answer says. */
typedef struct {
  guint status;       /* of HTTP, 400..599 */
  ConfabError code;   /* gives the stable `code` of the answer */
  const char *detail; /* (unowned) one sentence, static */
} ConfabdRefusal;

GBytes *confabd_refusal_render (guint status, ConfabError code, const char *detail);
GBytes *confabd_refusal_cut_body (GBytes *answer);

G_END_DECLS
