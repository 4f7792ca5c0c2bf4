/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-auth.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigAuth, field)

static const ConfabdChoice registrations[] = {
  { "open", CONFABD_REGISTRATION_OPEN },
  { "invite", CONFABD_REGISTRATION_INVITE },
  { "closed", CONFABD_REGISTRATION_CLOSED },
  { NULL },
};

static const ConfabdChoice guest_accesses[] = {
  { "none", CONFAB_GUEST_ACCESS_NONE },
  { "join", CONFAB_GUEST_ACCESS_JOIN },
  { "create", CONFAB_GUEST_ACCESS_CREATE },
  { NULL },
};

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "registration", "invite", &confabd_setting_choice, AT (registration), .choices = registrations },
  { "guests", "join", &confabd_setting_choice, AT (guests), .choices = guest_accesses },
  { "telegram-token-file", NULL, &confabd_setting_secret_file, AT (telegram_token) },
  { "key-file", NULL, &confabd_setting_path, AT (key_file) },
  { "previous-key-file", NULL, &confabd_setting_path, AT (previous_key_file) },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_auth_group = {
  .name = "auth",
  .size = sizeof (ConfabdConfigAuth),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_registration_to_string:
 *
 * Returns: (transfer none): how the configuration and the API call it
 */
const char *
confabd_registration_to_string (ConfabdRegistration registration)
{
  return registrations[registration].name;
}

/**
 * confabd_config_get_auth:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [auth]
 */
const ConfabdConfigAuth *
confabd_config_get_auth (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_auth_group);
}
