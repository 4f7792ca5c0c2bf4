/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* Who is in which call of this daemon right now. */
typedef struct _ConfabdPresence ConfabdPresence;

ConfabdPresence *confabd_presence_new (void);
void confabd_presence_free (ConfabdPresence *self);
void confabd_presence_add (ConfabdPresence *self, const char *participant_id, const char *call_id);
const char *confabd_presence_find_call (ConfabdPresence *self, const char *participant_id);
gboolean confabd_presence_remove (ConfabdPresence *self, const char *participant_id);
gboolean confabd_presence_remove_call (ConfabdPresence *self, const char *call_id);
guint confabd_presence_get_n_participants (ConfabdPresence *self);
guint confabd_presence_get_n_calls (ConfabdPresence *self);

G_END_DECLS
