/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-head.h"
#include "confabd-proxies.h"
#include "confabd-socket.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_GATE (confabd_gate_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdGate, confabd_gate, CONFABD, GATE, GObject)

typedef struct {
  guint max_connections;             /* in all, of every kind */
  guint max_connections_per_address; /* an IPv4 address or an IPv6 /64 */
  gsize head_bytes;                  /* at most CONFABD_HEAD_MAX_BYTES */
  guint head_timeout_ms;             /* from accept to the end of the head */
  guint request_timeout_ms;          /* from the head to the end of the answer */
  guint64 body_bytes;                /* of a plain request */
  ConfabdProxies *proxies;           /* (nullable): who speaks for others */
  const char *websocket_path;        /* (nullable): where upgrades are ours */
  const char *websocket_protocol;    /* (nullable): the sub-protocol a client has to offer */
  ConfabdSocketLimits socket;
} ConfabdGateOptions;

#define CONFABD_GATE_OPTIONS_INIT                                       \
  {                                                                     \
    .max_connections = 10000, .max_connections_per_address = 1000,      \
    .head_bytes = CONFABD_HEAD_MAX_BYTES, .head_timeout_ms = 10 * 1000, \
    .request_timeout_ms = 30 * 1000, .body_bytes = 1024 * 1024,         \
    .socket = CONFABD_SOCKET_LIMITS_INIT,                               \
  }

/* Who gets what comes through. Called from the poller's context; arguments are lent. */
typedef struct {
  /* A plain request whose head is good and not yet read; its body may still be on its way. The
   * connection is for this one request: the gate shuts it down at its deadline and counts it until
   * it is finalized. @remote is who asks, also behind a proxy. */
  void (*request) (ConfabdGate *self,
                   ConfabdHead *head,
                   GSocketConnection *connection,
                   GSocketAddress *remote,
                   gpointer user_data);
  /* A WebSocket after its handshake: take a reference, give it a handler; or send and
   * confabd_socket_close () it. */
  void (*socket) (ConfabdGate *self, ConfabdHead *head, ConfabdSocket *socket, gpointer user_data);
} ConfabdGateHandler;

ConfabdGate *confabd_gate_new (ConfabdPoller *poller,
                               const ConfabdGateOptions *options,
                               const ConfabdGateHandler *handler,
                               gpointer user_data);
void confabd_gate_set_limits (ConfabdGate *self, const ConfabdGateOptions *options);
GSocketAddress *confabd_gate_listen (ConfabdGate *self, GSocketAddress *address, GError **error);

void confabd_gate_stop_async (ConfabdGate *self,
                              guint close_code,
                              guint drain_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean confabd_gate_stop_finish (ConfabdGate *self, GAsyncResult *result, GError **error);

guint confabd_gate_get_n_connections (ConfabdGate *self);
guint64 confabd_gate_get_n_refused (ConfabdGate *self);

G_END_DECLS
