/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "confab-client.h"

G_BEGIN_DECLS

SoupSession *confab_client_get_session (ConfabClient *self);
SoupMessage *confab_client_make_signaling_request (ConfabClient *self);
void confab_client_set_deadline_ms (ConfabClient *self, guint deadline_ms);

G_END_DECLS
