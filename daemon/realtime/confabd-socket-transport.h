/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-socket.h"
#include "confabd-transport.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_SOCKET_TRANSPORT (confabd_socket_transport_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdSocketTransport, confabd_socket_transport, CONFABD, SOCKET_TRANSPORT, GObject)

ConfabdTransport *confabd_socket_transport_new (ConfabdSocket *socket);

G_END_DECLS
