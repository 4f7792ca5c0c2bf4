/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"
#include "confabd-session.h"

G_BEGIN_DECLS

/* What signing in gives. */
typedef struct {
  ConfabUser *user;        /* (owned) */
  ConfabdSession *session; /* (owned) (nullable) guests and the desktop have none that is kept */
  char *session_id;        /* (owned) */
  char *token;             /* (owned) for the Authorization header */
  GDateTime *expires_at;   /* (owned) until when the token holds */
  char *refresh_token;     /* (owned) (nullable) for the next token, good once */
  GDateTime *refresh_expires_at; /* (owned) (nullable) */
} ConfabdGrant;

void confabd_grant_free (ConfabdGrant *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdGrant, confabd_grant_free)

G_END_DECLS
