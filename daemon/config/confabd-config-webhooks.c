/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-webhooks.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigWebhooks, field)

#define MAX_URLS 8

/* Over TLS, or to this machine; without a name and a password, which would be in logs. */
static gboolean
is_good (const char *text)
{
  return g_regex_match_simple (
      "^(https://[A-Za-z0-9.-]+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\]))"
      "(:[0-9]{1,5})?(/[^\\s#@]*)?$",
      text, 0, 0);
}

static gpointer
parse_urls (const char *text, GError **error)
{
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    if (i >= MAX_URLS) {
      return confabd_setting_set_bad (error, "more than %d receivers", MAX_URLS);
    }
    if (!is_good (items[i])) {
      return confabd_setting_set_bad (error, "receiver %u is not like “https://HOST/PATH”", i + 1);
    }
  }
  return g_steal_pointer (&items);
}

static gpointer
parse_events (const char *text, GError **error)
{
  static const char *const known[] = { "call-created",       "call-started",     "call-ended",
                                       "participant-joined", "participant-left", NULL };
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    if (!g_strv_contains (known, items[i])) {
      return confabd_setting_set_bad (error, "there is no event “%s”", items[i]);
    }
  }
  return g_steal_pointer (&items);
}

/* Read here, so that a file that is none is a mistake of the configuration. */
static gpointer
read_authorities (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GTlsDatabase *authorities =
      g_path_is_absolute (path) ? g_tls_file_database_new (path, &local_error) : NULL;

  if (authorities == NULL) {
    return confabd_setting_set_bad (error, "“%s” has no certificates in PEM: %s", path,
                                    local_error != NULL ? local_error->message
                                                        : "it is no absolute path");
  }
  return authorities;
}

static char *
dup_contradiction (gconstpointer values)
{
  const ConfabdConfigWebhooks *self = values;

  return self->urls[0] != NULL && self->secret == NULL
             ? g_strdup ("urls: there is no secret to sign with, see secret-file")
             : NULL;
}

static const ConfabdSettingType type_urls = { parse_urls, (GDestroyNotify) g_strfreev };
static const ConfabdSettingType type_events = { parse_events, (GDestroyNotify) g_strfreev };
static const ConfabdSettingType type_authorities = { read_authorities, g_object_unref };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "urls", "", &type_urls, AT (urls) },
  { "events", "call-created;call-started;call-ended", &type_events, AT (events) },
  { "secret", NULL, &confabd_setting_secret, AT (secret) },
  { "secret-file", NULL, &confabd_setting_secret_file, AT (secret) },
  { "ca-file", NULL, &type_authorities, AT (authorities) },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_webhooks_group = {
  .name = "webhooks",
  .size = sizeof (ConfabdConfigWebhooks),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
  .dup_contradiction = dup_contradiction,
};

/**
 * confabd_config_get_webhooks:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [webhooks]
 */
const ConfabdConfigWebhooks *
confabd_config_get_webhooks (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_webhooks_group);
}
