/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-bus-generated.h"
#include "confabd-calls.h"

G_BEGIN_DECLS

typedef struct _ConfabdBusRequest ConfabdBusRequest;

/* What to do once it is known who asks. Takes the request over. */
typedef void (*ConfabdBusStep) (ConfabdBusRequest *request);

/**
 * ConfabdBusRequest:
 *
 * A method call on its way to its answer. Holds the application, so that it does not leave without
 * having answered, and keeps what it needs alive when the bus object goes.
 */
struct _ConfabdBusRequest {
  GApplication *application;         /* (owned) held */
  ConfabdBusDaemon *skeleton;        /* (owned) */
  ConfabdCalls *calls;               /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) (nullable) NULL once answered */
  GCancellable *cancellable;         /* (owned) */
  char *user_name;                   /* (owned) (nullable) NULL: what the system calls them */
  char *link_base;                   /* (owned) */
  ConfabdBusStep step;

  ConfabdGrant *grant; /* (owned) (nullable) until it is known who asks */
  char *text;          /* (owned) (nullable) what the method says: a title, an id */
  guint max_participants;
};

void confabd_bus_request_free (ConfabdBusRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdBusRequest, confabd_bus_request_free)

void confabd_bus_request_identify (ConfabdBusRequest *self, ConfabdAccounts *accounts);
void confabd_bus_request_fail (ConfabdBusRequest *self, const GError *error);

void confabd_bus_request_get_token (ConfabdBusRequest *self);
void confabd_bus_request_create_call (ConfabdBusRequest *self);
void confabd_bus_request_list_calls (ConfabdBusRequest *self);
void confabd_bus_request_end_call (ConfabdBusRequest *self);

gboolean confabd_bus_request_read_options (ConfabdBusRequest *self,
                                           GVariant *options,
                                           GError **error);

G_END_DECLS
