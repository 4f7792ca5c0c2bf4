/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-mail.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigMail, field)

static gpointer
parse_url (const char *text, GError **error)
{
  if (!g_regex_match_simple ("^smtps?://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$", text,
                             0, 0)) {
    return confabd_setting_set_bad (
        error, "“%s” is not like “smtp://HOST:PORT” or “smtps://HOST:PORT”", text);
  }
  return g_strdup (text);
}

/* The same address as in a letter, but for what is rare; confabd_mail_check_address () is above
 * this layer. */
static gpointer
parse_address (const char *text, GError **error)
{
  if (!g_regex_match_simple ("^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$", text, 0,
                             0)) {
    return confabd_setting_set_bad (error, "“%s” is no e-mail address", text);
  }
  return g_strdup (text);
}

static gpointer
parse_line (const char *text, GError **error)
{
  if (g_utf8_strlen (text, -1) > 64) {
    return confabd_setting_set_bad (error, "“%s” is longer than 64 characters", text);
  }
  return g_strdup (text);
}

static char *
dup_contradiction (gconstpointer values)
{
  const ConfabdConfigMail *self = values;

  if (self->url != NULL && self->from == NULL) {
    return g_strdup ("from: whom do letters come from?");
  }
  if ((self->user_name != NULL) != (self->password != NULL)) {
    return g_strdup ("user-name and password-file: there is one without the other");
  }
  return NULL;
}

static const ConfabdSettingType type_url = { parse_url, g_free };
static const ConfabdSettingType type_address = { parse_address, g_free };
static const ConfabdSettingType type_line = { parse_line, g_free };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "url", NULL, &type_url, AT (url) },
  { "from", NULL, &type_address, AT (from) },
  { "from-name", "Confab", &type_line, AT (from_name) },
  { "user-name", NULL, &type_line, AT (user_name) },
  { "password-file", NULL, &confabd_setting_secret_file, AT (password) },
  { "ca-file", NULL, &confabd_setting_path, AT (ca_file) },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_mail_group = {
  .name = "mail",
  .size = sizeof (ConfabdConfigMail),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
  .dup_contradiction = dup_contradiction,
};

/**
 * confabd_config_get_mail:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [mail]
 */
const ConfabdConfigMail *
confabd_config_get_mail (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_mail_group);
}
