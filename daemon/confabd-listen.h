/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-gate.h"

G_BEGIN_DECLS

char *confabd_listen (ConfabdGate *gate,
                      GPtrArray *addresses,
                      const char *port_folder,
                      GError **error);
char *confabd_listen_guess_base_url (const char *address);

G_END_DECLS
