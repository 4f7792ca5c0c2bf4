/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-context.h"
#include "confabd-options.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_RELOADER (confabd_reloader_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdReloader, confabd_reloader, CONFABD, RELOADER, GObject)

ConfabdReloader *confabd_reloader_new (const ConfabdOptions *options, ConfabdContext *context);
void confabd_reloader_reload (ConfabdReloader *self);
gboolean confabd_reloader_is_busy (ConfabdReloader *self);

G_END_DECLS
