/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-calls.h"
#include "confabd-jobs.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_WEBHOOKS (confabd_webhooks_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdWebhooks, confabd_webhooks, CONFABD, WEBHOOKS, GObject)

ConfabdWebhooks *confabd_webhooks_new (const char *const *urls,
                                       GBytes *secret,
                                       GTlsDatabase *authorities);
void confabd_webhooks_follow (ConfabdWebhooks *self, ConfabdCalls *calls, ConfabdJobs *jobs);

G_END_DECLS
