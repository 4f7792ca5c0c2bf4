/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-request.h"

G_BEGIN_DECLS

/* A browser takes a cookie of such a name from us alone: with Secure, for this host, for all paths.
 * Source: RFC 6265bis, 4.1.3.2. */
#define CONFABD_COOKIE_ACCESS  "__Host-confab-access"
#define CONFABD_COOKIE_REFRESH "__Host-confab-refresh"

char *confabd_cookies_dup (ConfabdRequest *request, const char *name);
gboolean confabd_cookies_are_sent (ConfabdRequest *request);
void confabd_cookies_set (ConfabdRequest *request,
                          const char *name,
                          const char *value,
                          GDateTime *expires_at);
void confabd_cookies_clear (ConfabdRequest *request);

G_END_DECLS
