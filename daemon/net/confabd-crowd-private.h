/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-peer-private.h"

G_BEGIN_DECLS

typedef struct _ConfabdCrowd ConfabdCrowd;

ConfabdCrowd *confabd_crowd_new (guint max_per_address);
void confabd_crowd_free (ConfabdCrowd *self);
void confabd_crowd_set_max_per_address (ConfabdCrowd *self, guint max_per_address);
gboolean confabd_crowd_enter (ConfabdCrowd *self, const ConfabdPeer *peer);
void confabd_crowd_leave (ConfabdCrowd *self, const ConfabdPeer *peer);

G_END_DECLS
