/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"
#include "confabd-envelope.h"
#include "confabd-leg-state.h"

G_BEGIN_DECLS

/* What a client may say. */
typedef enum {
  CONFABD_LEG_KIND_SIGNAL, /* relayed without being decoded */
  CONFABD_LEG_KIND_PING,
  CONFABD_LEG_KIND_ACK,
  CONFABD_LEG_KIND_STATE,
  CONFABD_LEG_KIND_QUALITY,
  CONFABD_LEG_KIND_HELLO,
  CONFABD_LEG_KIND_JOIN,
  CONFABD_LEG_KIND_LEAVE,
  CONFABD_LEG_KIND_END,
  CONFABD_LEG_KIND_UNKNOWN, /* whatever else */
} ConfabdLegKind;

#define CONFABD_N_LEG_KINDS CONFABD_LEG_KIND_UNKNOWN

ConfabdLegKind confabd_leg_kind_find (const ConfabdEnvelope *envelope, GBytes *text);
const char *confabd_leg_kind_to_string (ConfabdLegKind kind);
gboolean confabd_leg_kind_check (ConfabdLegKind kind, ConfabdLegState state, GError **error);
gboolean confabd_leg_kind_is_fatal (ConfabdLegKind kind,
                                    ConfabdLegState state,
                                    ConfabError mistake);

G_END_DECLS
