/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-calls.h"
#include "confabd-jobs.h"

G_BEGIN_DECLS

/**
 * ConfabdWebhooksSetup:
 * @urls: whom to tell
 * @events: of what
 * @secret: what they know us by
 * @authorities: (nullable): who vouches for them; %NULL for those whom the system knows
 */
typedef struct {
  const char *const *urls;
  const char *const *events;
  GBytes *secret;
  GTlsDatabase *authorities;
} ConfabdWebhooksSetup;

#define CONFABD_TYPE_WEBHOOKS (confabd_webhooks_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdWebhooks, confabd_webhooks, CONFABD, WEBHOOKS, GObject)

ConfabdWebhooks *confabd_webhooks_new (const ConfabdWebhooksSetup *setup);
void confabd_webhooks_follow (ConfabdWebhooks *self, ConfabdCalls *calls, ConfabdJobs *jobs);

G_END_DECLS
