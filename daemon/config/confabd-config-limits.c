/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-limits.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigLimits, field)

#define MIN_HOURS 0.001
#define MAX_HOURS 168.0

/* Like “12” or “0.5”; at least one second. */
static gboolean
read_hours (const ConfabdSetting *setting, const char *text, gpointer field, GError **error)
{
  char *end = NULL;
  double hours = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(hours >= MIN_HOURS && hours <= MAX_HOURS)) {
    confabd_setting_set_bad (error, "“%s” is not a number of hours from %g to %g", text, MIN_HOURS,
                             MAX_HOURS);
    return FALSE;
  }
  *(guint *) field = MAX (1, (guint) (hours * 3600.0 + 0.5));
  return TRUE;
}

static const ConfabdSettingType type_hours = { .read = read_hours };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "max-participants", "100", &confabd_setting_number, AT (max_participants), 2, 100 },
  { "max-connections", "10000", &confabd_setting_number, AT (max_connections), 1, 1000000 },
  { "max-connections-per-address", "256", &confabd_setting_number, AT (max_connections_per_address), 1, 1000000 },
  { "open-calls-per-user", "5", &confabd_setting_number, AT (open_calls_per_user), 1, 10000 },
  { "call-hours", "12", &type_hours, AT (call_s) },
  { "empty-room-s", "300", &confabd_setting_number, AT (empty_room_s), 0, 86400 },
  { "outbox-messages", "256", &confabd_setting_number, AT (outbox_messages), 1, 65536 },
  { "outbox-bytes", "1048576", &confabd_setting_number, AT (outbox_bytes), 65536, 67108864 },
  { "head-bytes", "16384", &confabd_setting_number, AT (head_bytes), 1024, 16384 },
  { "head-timeout-s", "10", &confabd_setting_number, AT (head_timeout_s), 1, 300 },
  { "body-bytes", "1048576", &confabd_setting_number, AT (body_bytes), 1024, 1048576 },
  { "request-timeout-s", "30", &confabd_setting_number, AT (request_timeout_s), 1, 3600 },
  { "ping-interval-s", "10", &confabd_setting_number, AT (ping_interval_s), 1, 3600 },
  { "dead-after-s", "25", &confabd_setting_number, AT (dead_after_s), 2, 7200 },
  { "sockets-per-user", "5", &confabd_setting_number, AT (sockets_per_user), 1, 1000 },
  { "anonymous-per-minute", "100", &confabd_setting_number, AT (anonymous_per_minute), 0, 1000000 },
  { "signed-in-per-hour", "1000", &confabd_setting_number, AT (signed_in_per_hour), 0, 1000000 },
  { "log-in-per-minute", "5", &confabd_setting_number, AT (log_in_per_minute), 0, 1000000 },
  { "register-per-hour", "10", &confabd_setting_number, AT (register_per_hour), 0, 1000000 },
  { "refresh-per-minute", "30", &confabd_setting_number, AT (refresh_per_minute), 0, 1000000 },
  { "letters-per-hour", "5", &confabd_setting_number, AT (letters_per_hour), 0, 1000000 },
  { "guest-per-minute", "30", &confabd_setting_number, AT (guest_per_minute), 0, 1000000 },
  { "create-per-minute", "10", &confabd_setting_number, AT (create_per_minute), 0, 1000000 },
  { "join-failures-per-minute", "20", &confabd_setting_number, AT (join_failures_per_minute), 0, 1000000 },
  { "client-errors-per-minute", "10", &confabd_setting_number, AT (client_errors_per_minute), 0, 1000000 },
};
/* clang-format on */

static char *
dup_contradiction (gconstpointer values)
{
  const ConfabdConfigLimits *self = values;

  if (self->dead_after_s > self->ping_interval_s) {
    return NULL;
  }
  return g_strdup ("dead-after-s: nobody answers a ping before it is sent, see ping-interval-s");
}

const ConfabdConfigGroup confabd_config_limits_group = {
  .name = "limits",
  .size = sizeof (ConfabdConfigLimits),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
  .dup_contradiction = dup_contradiction,
};

/**
 * confabd_config_get_limits:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [limits]
 */
const ConfabdConfigLimits *
confabd_config_get_limits (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_limits_group);
}
