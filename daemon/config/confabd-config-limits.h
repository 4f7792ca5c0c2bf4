/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [limits] */
typedef struct {
  guint max_participants;
  guint max_connections;
  guint max_connections_per_address;
  guint open_calls_per_user;
  guint call_s; /* of “call-hours” */
  guint empty_room_s;
  guint outbox_messages;
  guint outbox_bytes;
  guint head_bytes;
  guint head_timeout_s;
  guint body_bytes;
  guint request_timeout_s;
  guint ping_interval_s;
  guint dead_after_s;
  guint sockets_per_user;
  guint anonymous_per_minute; /* of these, 0 is no limit */
  guint signed_in_per_hour;
  guint log_in_per_minute;
  guint register_per_hour;
  guint refresh_per_minute;
  guint letters_per_hour;
  guint guest_per_minute;
  guint create_per_minute;
  guint join_failures_per_minute;
  guint client_errors_per_minute;
} ConfabdConfigLimits;

extern const ConfabdConfigGroup confabd_config_limits_group;

const ConfabdConfigLimits *confabd_config_get_limits (ConfabdConfig *self);

G_END_DECLS
