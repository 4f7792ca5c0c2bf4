/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"

G_BEGIN_DECLS

/* What one has to know of a server before one signs in. */
typedef struct {
  const char *registration; /* "open", "invite" or "closed" */
  ConfabGuestAccess guests;
  gboolean has_telegram; /* one can sign in from there */
  gboolean has_mail;     /* letters are sent */
} ConfabdServerInfo;

#define CONFABD_TYPE_API_SERVER_INFO (confabd_api_server_info_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdApiServerInfo, confabd_api_server_info, CONFABD, API_SERVER_INFO, GObject)

ConfabdApiServerInfo *confabd_api_server_info_new (const ConfabdServerInfo *info);
void confabd_api_server_info_add_routes (ConfabdApiServerInfo *self, ConfabdRouter *router);

G_END_DECLS
