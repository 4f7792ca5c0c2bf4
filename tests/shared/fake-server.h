/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "confab-message.h"

G_BEGIN_DECLS

/* What the fake does with a session. */
typedef enum {
  FAKE_WELCOME,      /* and answers each ping */
  FAKE_MUTE_WELCOME, /* and is silent ever after */
  FAKE_SILENT,       /* takes “hello” and says nothing */
  FAKE_REFUSE, /* closes with close_code after “hello”, saying error_code first if there is one */
} FakeMode;

/* A server in this process, with scripted replies: it knows the wire and no rules. */
typedef struct {
  GSocketService *service;  /* (owned) */
  SoupServer *server;       /* (owned) */
  char *url;                /* (owned) "http://127.0.0.1:PORT" */
  GHashTable *replies;      /* (element-type utf8 FakeReply) (owned) by path */
  char *last_uri;           /* (owned) (nullable) */
  char *last_authorization; /* (owned) (nullable) */
  char *last_body;          /* (owned) (nullable) */

  char *accepted_token;   /* (owned) (nullable) if set, any other is refused outside of /auth/ */
  GHashTable *n_requests; /* (element-type utf8 uint) (owned) by path */

  FakeMode mode;
  gushort close_code;
  const char *error_code; /* (unowned) a literal (nullable) */
  guint n_tickets;
  guint n_sessions;
  SoupWebsocketConnection *connection; /* (owned) (nullable) the latest */
  GPtrArray *received;                 /* (element-type ConfabMessage) (owned) of all sessions */
  gint64 seq;
  gint64 clock_ahead_us; /* of its server_time */
} FakeServer;

FakeServer *fake_server_new (void);
void fake_server_free (FakeServer *self);
void fake_server_set_reply (FakeServer *self, const char *path, guint status, const char *body);
void fake_server_set_problem (FakeServer *self, const char *path, guint status, const char *code);
void fake_server_set_hanging (FakeServer *self, const char *path);
void fake_server_set_redirect (FakeServer *self, const char *path, const char *location);
void fake_server_accept (FakeServer *self, const char *token);
guint fake_server_count_requests (FakeServer *self, const char *path);
void fake_server_send (FakeServer *self, const char *json);
void fake_server_send_raw (FakeServer *self, const char *text);
void fake_server_close (FakeServer *self, gushort close_code);
void fake_server_cut (FakeServer *self);
ConfabMessage *fake_server_find (FakeServer *self, const char *kind);
guint fake_server_count (FakeServer *self, const char *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeServer, fake_server_free)

G_END_DECLS
