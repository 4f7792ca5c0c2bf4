/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_GUEST_PAGE (confabd_guest_page_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdGuestPage, confabd_guest_page, CONFABD, GUEST_PAGE, GObject)

ConfabdGuestPage *confabd_guest_page_new (GResource *resource);
void confabd_guest_page_add_routes (ConfabdGuestPage *self, ConfabdRouter *router);

G_END_DECLS
