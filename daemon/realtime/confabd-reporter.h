/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confab-participant.h"
#include "confabd-hub.h"

G_BEGIN_DECLS

#define CONFABD_REPORTER_PAUSE_S                                   \
  5 /* between two reports of one session; clients take twice that \
     */

/* What one session tells of how it hears the others. */
typedef struct {
  gint64 next_mono_us; /* the earliest time for another report */
} ConfabdReporter;

gboolean confabd_reporter_take (ConfabdReporter *self,
                                const ConfabdHubParts *parts,
                                ConfabdRoom *room,
                                ConfabParticipant *participant,
                                ConfabMessage *message,
                                GError **error);

G_END_DECLS
