/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-members.h"
#include "confabd-people.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_PEOPLE (confabd_api_people_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiPeople, confabd_api_people, CONFABD, API_PEOPLE, GObject)

ConfabdApiPeople *confabd_api_people_new (ConfabdPeople *people, ConfabdMembers *members);
void confabd_api_people_add_routes (ConfabdApiPeople *self, ConfabdRouter *router);

/* For who looks after accounts, too. */
void confabd_api_people_search (ConfabdRequest *request,
                                ConfabdPeople *people,
                                gboolean is_administrator);

G_END_DECLS
