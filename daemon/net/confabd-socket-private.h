/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-socket.h"

G_BEGIN_DECLS

/* For the gate: called once the descriptor is closed, after the handler's closed. */
typedef void (*ConfabdSocketGoneFunc) (ConfabdSocket *self, gpointer user_data);

void confabd_socket_set_gone_func (ConfabdSocket *self,
                                   ConfabdSocketGoneFunc func,
                                   gpointer user_data);
void confabd_socket_abort (ConfabdSocket *self);

G_END_DECLS
