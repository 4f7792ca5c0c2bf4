/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-members.h"
#include "confabd-people.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_CREDENTIALS (confabd_api_credentials_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdApiCredentials, confabd_api_credentials, CONFABD, API_CREDENTIALS, GObject)

ConfabdApiCredentials *confabd_api_credentials_new (ConfabdMembers *members, ConfabdPeople *people);
void confabd_api_credentials_add_routes (ConfabdApiCredentials *self, ConfabdRouter *router);

G_END_DECLS
