/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-context.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_KEEPER (confabd_keeper_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdKeeper, confabd_keeper, CONFABD, KEEPER, GObject)

ConfabdKeeper *confabd_keeper_new (GApplication *application,
                                   ConfabdContext *context,
                                   guint link_s);

G_END_DECLS
