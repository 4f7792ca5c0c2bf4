/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "confab-message.h"
#include "confabd-principal.h"
#include "confabd-trace.h"

G_BEGIN_DECLS

typedef struct _ConfabdRoute ConfabdRoute;

#define CONFABD_TYPE_REQUEST (confabd_request_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdRequest, confabd_request, CONFABD, REQUEST, GObject)

ConfabdRequest *confabd_request_new (SoupServerMessage *message);
void confabd_request_set_route (ConfabdRequest *self, const ConfabdRoute *route, char **arguments);
void confabd_request_set_principal (ConfabdRequest *self, ConfabdPrincipal *principal);
void confabd_request_hold (ConfabdRequest *self);

const char *confabd_request_get_id (ConfabdRequest *self);
ConfabdTrace *confabd_request_get_trace (ConfabdRequest *self);
const ConfabdRoute *confabd_request_get_route (ConfabdRequest *self);
gint64 confabd_request_get_started_mono_us (ConfabdRequest *self);
guint confabd_request_get_status (ConfabdRequest *self);
const char *confabd_request_get_method (ConfabdRequest *self);
const char *confabd_request_get_path (ConfabdRequest *self);
const char *confabd_request_get_argument (ConfabdRequest *self, guint index);
char *confabd_request_dup_query (ConfabdRequest *self, const char *name);
const char *confabd_request_get_header (ConfabdRequest *self, const char *name);
ConfabdPrincipal *confabd_request_get_principal (ConfabdRequest *self);
ConfabUser *confabd_request_get_user (ConfabdRequest *self);
GSocketFamily confabd_request_get_family (ConfabdRequest *self);
GInetAddress *confabd_request_get_address (ConfabdRequest *self);
char *confabd_request_dup_address (ConfabdRequest *self);
char *confabd_request_dup_address_key (ConfabdRequest *self);
ConfabMessage *confabd_request_read_body (ConfabdRequest *self, GError **error);
gboolean confabd_request_is_answered (ConfabdRequest *self);

void confabd_request_set_header (ConfabdRequest *self, const char *name, const char *value);
void confabd_request_add_header (ConfabdRequest *self, const char *name, const char *value);
void confabd_request_reply (ConfabdRequest *self, guint status, ConfabMessage *body);
void confabd_request_reply_bytes (ConfabdRequest *self,
                                  guint status,
                                  const char *content_type,
                                  GBytes *body);
void confabd_request_fail (ConfabdRequest *self, const GError *error);
void confabd_request_fail_status (ConfabdRequest *self,
                                  guint status,
                                  const char *code,
                                  const char *detail);
void confabd_request_fail_too_many (ConfabdRequest *self, guint retry_after_s);

G_END_DECLS
