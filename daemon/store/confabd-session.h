/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef enum { CONFABD_SESSION_APP, CONFABD_SESSION_BROWSER } ConfabdSessionKind;

/* What a device is signed in with: a family of refresh tokens. An immutable value; read it, and
 * make a new one with confabd_session_new (). */
typedef struct {
  char *id;          /* (owned) */
  char *user_id;     /* (owned) */
  char *device_name; /* (owned) */
  ConfabdSessionKind kind;
  gboolean is_trusted;     /* stays signed in for longer */
  GDateTime *created_at;   /* (owned) */
  GDateTime *last_seen_at; /* (owned) when it was opened, or its token refreshed */
  GDateTime *expires_at;   /* (owned) */
} ConfabdSession;

/* The fields of a new session, each copied. */
ConfabdSession *confabd_session_new (const ConfabdSession *fields);
ConfabdSession *confabd_session_ref (ConfabdSession *self);
void confabd_session_unref (ConfabdSession *self);

const char *confabd_session_kind_to_string (ConfabdSessionKind kind);
gboolean confabd_session_kind_from_string (const char *text, ConfabdSessionKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSession, confabd_session_unref)

G_END_DECLS
