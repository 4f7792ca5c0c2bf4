/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit.h"
#include "confabd-calls.h"
#include "confabd-presence-private.h"
#include "confabd-store-calls.h"
#include "confabd-store-participants.h"

G_BEGIN_DECLS

struct _ConfabdCalls {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabClock *clock;  /* (owned) */
  ConfabdCallLimits limits;
  ConfabdPresence *presence; /* (owned) */
};

void confabd_calls_note_created (ConfabdCalls *self, ConfabCall *call);
void confabd_calls_note_entered (ConfabdCalls *self, ConfabdEntry *entry);
void confabd_calls_note_left (ConfabdCalls *self, const char *participant_id);
void confabd_calls_note_changed (ConfabdCalls *self, ConfabCall *call);
void confabd_calls_note_ended (ConfabdCalls *self, ConfabCall *call);

GTask *confabd_calls_begin (ConfabdCalls *self,
                            gpointer source_tag,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean confabd_calls_refuse_unknown (GTask *task, const char *id);
char *confabd_calls_hash_secret (const char *secret);

G_END_DECLS
