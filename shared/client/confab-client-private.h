/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "confab-client.h"
#include "confab-message.h"

G_BEGIN_DECLS

typedef void (*ConfabRenewFunc) (gpointer renewer,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

void confab_client_set_token (ConfabClient *self, const char *token);
void confab_client_set_renewal (ConfabClient *self, ConfabRenewFunc renew, gpointer renewer);
SoupSession *confab_client_get_session (ConfabClient *self);
SoupMessage *confab_client_make_signaling_request (ConfabClient *self);
GTask *confab_client_new_task (ConfabClient *self,
                               gpointer tag,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void confab_client_send_request (
    ConfabClient *self, const char *method, const char *path, ConfabMessage *body, GTask *task);
void confab_client_send_anonymous (
    ConfabClient *self, const char *method, const char *path, ConfabMessage *body, GTask *task);
ConfabMessage *confab_client_finish_request (ConfabClient *self,
                                             GAsyncResult *result,
                                             gpointer tag,
                                             GError **error);
void confab_client_set_deadline_ms (ConfabClient *self, guint deadline_ms);

G_END_DECLS
