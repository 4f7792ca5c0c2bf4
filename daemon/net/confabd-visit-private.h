/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-crowd-private.h"
#include "confabd-gate.h"
#include "confabd-peer-private.h"

G_BEGIN_DECLS

typedef struct _ConfabdVisit ConfabdVisit;
typedef void (*ConfabdVisitGoneFunc) (ConfabdVisit *visit, gpointer user_data);

typedef enum {
  CONFABD_VISIT_HEAD,    /* its head is being waited for */
  CONFABD_VISIT_LINGER,  /* refused; the answer is on its way */
  CONFABD_VISIT_REQUEST, /* with whoever answers requests */
  CONFABD_VISIT_SOCKET,  /* a WebSocket */
} ConfabdVisitState;

/* What all visits of a gate share. Part of the gate. */
typedef struct {
  ConfabdGate *gate;     /* (unowned) this is part of it */
  ConfabdPoller *poller; /* (owned) */
  ConfabdCrowd *crowd;   /* (owned) */
  guint64 n_refused;     /* connections that never became anything */
  ConfabdGateOptions options;
  const ConfabdGateHandler *handler;   /* (unowned) static */
  gpointer handler_data;               /* (unowned) the owner of the gate */
  ConfabdVisitGoneFunc gone;           /* called as the last thing a visit does; frees it */
  char peeked[CONFABD_HEAD_MAX_BYTES]; /* one buffer for all, since nobody keeps anything in it */
} ConfabdVisitHost;

ConfabdVisit *confabd_visit_new (ConfabdVisitHost *host,
                                 int fd,
                                 const ConfabdPeer *peer,
                                 gboolean is_proxy);
void confabd_visit_free (ConfabdVisit *self);
GList *confabd_visit_get_link (ConfabdVisit *self);
ConfabdVisitState confabd_visit_get_state (ConfabdVisit *self);
void confabd_visit_start (ConfabdVisit *self);
void confabd_visit_leave (ConfabdVisit *self, guint close_code);
void confabd_visit_cut (ConfabdVisit *self);

G_END_DECLS
