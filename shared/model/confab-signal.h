/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_SIGNAL_OFFER,
  CONFAB_SIGNAL_ANSWER,
  CONFAB_SIGNAL_CANDIDATE,
  CONFAB_SIGNAL_END_OF_CANDIDATES,
  CONFAB_SIGNAL_REBUILD, /* asks the offering side to build the next generation */
  CONFAB_SIGNAL_REVEAL,  /* opens the commitment of the offer, for the safety code */
} ConfabSignalKind;

#define CONFAB_TYPE_SIGNAL (confab_signal_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_signal_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_new_description (ConfabSignalKind kind,
                                             guint generation,
                                             const char *sdp);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_new_candidate (guint generation,
                                           const char *candidate,
                                           guint sdp_mline_index,
                                           const char *sdp_mid);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_new_plain (ConfabSignalKind kind, guint generation);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_new_reveal (guint generation, const char *nonce);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_with_safety (ConfabSignal *self, const char *safety);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_ref (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
void confab_signal_unref (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
ConfabSignalKind confab_signal_get_kind (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
guint confab_signal_get_generation (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_signal_get_sdp (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_signal_get_candidate (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
guint confab_signal_get_sdp_mline_index (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_signal_get_sdp_mid (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_signal_get_safety (ConfabSignal *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_signal_kind_to_string (ConfabSignalKind kind);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_signal_kind_from_string (const char *text, ConfabSignalKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabSignal, confab_signal_unref)

G_END_DECLS
