/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void confabd_problem_reply_set (SoupServerMessage *message,
                                const GError *error,
                                const char *request_id);
void confabd_problem_reply_set_status (SoupServerMessage *message,
                                       guint status,
                                       const char *code,
                                       const char *detail,
                                       const char *request_id);

G_END_DECLS
