/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* All of libconfab. */
#include "confab-backoff.h"
#include "confab-call-state.h"
#include "confab-call.h"
#include "confab-client.h"
#include "confab-clock.h"
#include "confab-codec.h"
#include "confab-enum-types.h"
#include "confab-error.h"
#include "confab-ice-server.h"
#include "confab-id.h"
#include "confab-invite.h"
#include "confab-join-link.h"
#include "confab-limits.h"
#include "confab-link-state.h"
#include "confab-live-call.h"
#include "confab-live-participant.h"
#include "confab-message.h"
#include "confab-participant.h"
#include "confab-permission.h"
#include "confab-quality-sample.h"
#include "confab-redact.h"
#include "confab-signal.h"
#include "confab-signaling.h"
#include "confab-time.h"
#include "confab-types.h"
#include "confab-user.h"
#include "confab-version.h"
#include "confab-wire-model.h"
