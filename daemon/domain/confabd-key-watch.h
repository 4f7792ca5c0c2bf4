/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_KEY_WATCH (confabd_key_watch_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdKeyWatch, confabd_key_watch, CONFABD, KEY_WATCH, GObject)

ConfabdKeyWatch *confabd_key_watch_new (ConfabdStore *store, ConfabClock *clock);
void confabd_key_watch_add (ConfabdKeyWatch *self, const char *key_id);
void confabd_key_watch_remove (ConfabdKeyWatch *self, const char *key_id);
void confabd_key_watch_look (ConfabdKeyWatch *self);

G_END_DECLS
