/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confabd-transport.h"

G_BEGIN_DECLS

/* What one session is told, numbered without a hole. Embedded in the session. */
typedef struct {
  ConfabdTransport *transport; /* (unowned) the session's */
  guint64 last_seq;            /* of what was sent */
} ConfabdSequencer;

void confabd_sequencer_send (ConfabdSequencer *self, const char *from, GBytes *body);
void confabd_sequencer_send_message (ConfabdSequencer *self, ConfabMessage *message);
void confabd_sequencer_send_error (ConfabdSequencer *self, const GError *error, const char *about);

G_END_DECLS
