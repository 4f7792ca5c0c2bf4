/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confabd-config-value-private.h"
#include "confabd-config.h"

typedef enum {
  LISTEN,
  BASE_URL,
  ALLOWED_ORIGINS,
  DATABASE_URL,
  AUTH_KEY_FILE,
  MAX_PARTICIPANTS,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_ADDRESS,
  OPEN_CALLS_PER_USER,
  CALL_HOURS,
  EMPTY_ROOM_S,
  OUTBOX_MESSAGES,
  OUTBOX_BYTES,
  GUEST_PER_MINUTE,
  CREATE_PER_MINUTE,
  JOIN_FAILURES_PER_MINUTE,
  ICE_SERVERS,
  TURN_URLS,
  TURN_SECRET,
  TURN_SECRET_FILE,
  TURN_LIFETIME_S,
  LOG_LEVEL,
} SettingId;

#define N_SETTINGS (LOG_LEVEL + 1)

typedef struct {
  const char *group;
  const char *key;
  const char *fallback; /* NULL: nothing is set */
  guint64 min, max;     /* of whole numbers */
} Setting;

/* clang-format off */
static const Setting settings[] = {
  [LISTEN] = { "server", "listen", "127.0.0.1:0" },
  [BASE_URL] = { "server", "base-url", NULL },
  [ALLOWED_ORIGINS] = { "server", "allowed-origins", "" },
  [DATABASE_URL] = { "database", "url", NULL },
  [AUTH_KEY_FILE] = { "auth", "key-file", NULL },
  [MAX_PARTICIPANTS] = { "limits", "max-participants", "100", 2, 100 },
  [MAX_CONNECTIONS] = { "limits", "max-connections", "10000", 1, 1000000 },
  [MAX_CONNECTIONS_PER_ADDRESS] = { "limits", "max-connections-per-address", "256", 1, 1000000 },
  [OPEN_CALLS_PER_USER] = { "limits", "open-calls-per-user", "5", 1, 10000 },
  [CALL_HOURS] = { "limits", "call-hours", "12" },
  [EMPTY_ROOM_S] = { "limits", "empty-room-s", "300", 0, 86400 },
  [OUTBOX_MESSAGES] = { "limits", "outbox-messages", "256", 1, 65536 },
  [OUTBOX_BYTES] = { "limits", "outbox-bytes", "1048576", 65536, 67108864 },
  [GUEST_PER_MINUTE] = { "limits", "guest-per-minute", "30", 1, 1000000 },
  [CREATE_PER_MINUTE] = { "limits", "create-per-minute", "10", 1, 1000000 },
  [JOIN_FAILURES_PER_MINUTE] = { "limits", "join-failures-per-minute", "20", 1, 1000000 },
  [ICE_SERVERS] = { "ice", "servers", "" },
  [TURN_URLS] = { "turn", "urls", "" },
  [TURN_SECRET] = { "turn", "secret", NULL },
  [TURN_SECRET_FILE] = { "turn", "secret-file", NULL },
  [TURN_LIFETIME_S] = { "turn", "lifetime-s", "3600", 60, 86400 },
  [LOG_LEVEL] = { "log", "level", "message" },
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (settings) == N_SETTINGS);

/**
 * ConfabdConfig:
 *
 * What an administrator decides: from a key file, from the environment
 * (`CONFAB_LIMITS_MAX_PARTICIPANTS`), from the command line, the later one winning.
 *
 * Nothing fails at once. Each mistake becomes a line that says where it is, so that all of them can
 * be mended at a time; a setting with a mistake keeps its value from before.
 */
struct _ConfabdConfig {
  GObject parent_instance;

  GPtrArray *mistakes; /* (element-type utf8) (owned) */

  GPtrArray *listen;      /* (element-type GSocketAddress) (owned) */
  char *base_url;         /* (owned) (nullable) */
  char **origins;         /* (owned) */
  char *database_url;     /* (owned) */
  char *key_file;         /* (owned) (nullable) */
  GPtrArray *ice_servers; /* (element-type ConfabIceServer) (owned) */
  char **turn_urls;       /* (owned) */
  GBytes *turn_secret;    /* (owned) (nullable) */
  GLogLevelFlags log_level;
  guint call_s;
  guint64 numbers[N_SETTINGS]; /* of those that are whole numbers */
};

G_DEFINE_FINAL_TYPE (ConfabdConfig, confabd_config, G_TYPE_OBJECT)

static gboolean
take_array (GPtrArray **field, GPtrArray *value)
{
  if (value == NULL) {
    return FALSE;
  }
  g_clear_pointer (field, g_ptr_array_unref);
  *field = value;
  return TRUE;
}

static gboolean
take_text (char **field, char *value)
{
  if (value == NULL) {
    return FALSE;
  }
  g_free (*field);
  *field = value;
  return TRUE;
}

static gboolean
take_texts (char ***field, char **value)
{
  if (value == NULL) {
    return FALSE;
  }
  g_strfreev (*field);
  *field = value;
  return TRUE;
}

static gboolean
take_bytes (GBytes **field, GBytes *value)
{
  if (value == NULL) {
    return FALSE;
  }
  g_clear_pointer (field, g_bytes_unref);
  *field = value;
  return TRUE;
}

static gboolean
apply (ConfabdConfig *self, SettingId id, const char *text, GError **error)
{
  const Setting *setting = &settings[id];

  switch (id) {
  case LISTEN:
    return take_array (&self->listen, confabd_config_value_parse_listen (text, error));
  case BASE_URL:
    return take_text (&self->base_url, confabd_config_value_parse_base_url (text, error));
  case ALLOWED_ORIGINS:
    return take_texts (&self->origins, confabd_config_value_parse_origins (text, error));
  case DATABASE_URL:
    return take_text (&self->database_url, confabd_config_value_parse_database (text, error));
  case AUTH_KEY_FILE:
    return take_text (&self->key_file, confabd_config_value_parse_path (text, error));
  case ICE_SERVERS:
    return take_array (&self->ice_servers, confabd_config_value_parse_ice (text, error));
  case TURN_URLS:
    return take_texts (&self->turn_urls, confabd_config_value_parse_turn_urls (text, error));
  case TURN_SECRET:
    return take_bytes (&self->turn_secret, confabd_config_value_parse_secret (text, error));
  case TURN_SECRET_FILE:
    return take_bytes (&self->turn_secret, confabd_config_value_read_secret (text, error));
  case LOG_LEVEL:
    return confabd_config_value_parse_level (text, &self->log_level, error);
  case CALL_HOURS:
    return confabd_config_value_parse_hours (text, &self->call_s, error);
  case MAX_PARTICIPANTS:
  case MAX_CONNECTIONS:
  case MAX_CONNECTIONS_PER_ADDRESS:
  case OPEN_CALLS_PER_USER:
  case EMPTY_ROOM_S:
  case OUTBOX_MESSAGES:
  case OUTBOX_BYTES:
  case GUEST_PER_MINUTE:
  case CREATE_PER_MINUTE:
  case JOIN_FAILURES_PER_MINUTE:
  case TURN_LIFETIME_S:
    return confabd_config_value_parse_number (text, setting->min, setting->max, &self->numbers[id],
                                              error);
  default:
    g_assert_not_reached ();
  }
}

G_GNUC_PRINTF (2, 3)
static void
add_mistake (ConfabdConfig *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->mistakes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static gboolean
find_setting (const char *group, const char *key, SettingId *id)
{
  for (guint i = 0; i < N_SETTINGS; i++) {
    if (g_str_equal (settings[i].group, group) && g_str_equal (settings[i].key, key)) {
      *id = (SettingId) i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_group (const char *group)
{
  for (guint i = 0; i < N_SETTINGS; i++) {
    if (g_str_equal (settings[i].group, group)) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
confabd_config_finalize (GObject *object)
{
  ConfabdConfig *self = CONFABD_CONFIG (object);

  g_clear_pointer (&self->mistakes, g_ptr_array_unref);
  g_clear_pointer (&self->listen, g_ptr_array_unref);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->origins, g_strfreev);
  g_clear_pointer (&self->turn_urls, g_strfreev);
  g_clear_pointer (&self->turn_secret, g_bytes_unref);
  g_free (self->base_url);
  g_free (self->database_url);
  g_free (self->key_file);

  G_OBJECT_CLASS (confabd_config_parent_class)->finalize (object);
}

static void
confabd_config_class_init (ConfabdConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_config_finalize;
}

static void
confabd_config_init (ConfabdConfig *self)
{
  self->mistakes = g_ptr_array_new_with_free_func (g_free);
  self->database_url = g_strconcat ("sqlite://", g_get_user_data_dir (), "/confab/confab.db", NULL);
  for (guint i = 0; i < N_SETTINGS; i++) {
    if (settings[i].fallback != NULL) {
      gboolean is_valid = apply (self, (SettingId) i, settings[i].fallback, NULL);

      g_assert (is_valid);
    }
  }
}

/**
 * confabd_config_new:
 *
 * Returns: (transfer full): the defaults
 */
ConfabdConfig *
confabd_config_new (void)
{
  return g_object_new (CONFABD_TYPE_CONFIG, NULL);
}

/**
 * confabd_config_set:
 * @group: as in the key file
 * @key: as in the key file
 * @value: as in the key file; a list has its items between semicolons
 * @origin: where it comes from, as an administrator would look for it: a file, `--listen`
 *
 * Sets one setting, or notes the mistake.
 */
void
confabd_config_set (
    ConfabdConfig *self, const char *group, const char *key, const char *value, const char *origin)
{
  g_autoptr (GError) error = NULL;
  SettingId id;

  g_return_if_fail (CONFABD_IS_CONFIG (self));
  g_return_if_fail (group != NULL && key != NULL && value != NULL && origin != NULL);

  if (!find_setting (group, key, &id)) {
    add_mistake (self, "%s: [%s] has no key “%s”", origin, group, key);
  } else if (!apply (self, id, value, &error)) {
    add_mistake (self, "%s: [%s] %s: %s", origin, group, key, error->message);
  }
}

static void
read_group (ConfabdConfig *self, GKeyFile *file, const char *group, const char *path)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  if (!has_group (group)) {
    add_mistake (self, "%s: there is no group [%s]", path, group);
    return;
  }
  for (guint i = 0; keys[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *value = g_key_file_get_string (file, group, keys[i], &error);

    if (value == NULL) {
      add_mistake (self, "%s: [%s] %s: %s", path, group, keys[i], error->message);
    } else {
      confabd_config_set (self, group, keys[i], value, path);
    }
  }
}

/**
 * confabd_config_read_file:
 * @path: a key file
 *
 * Reads all of it; that there is none is a mistake like any other.
 */
void
confabd_config_read_file (ConfabdConfig *self, const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) groups = NULL;

  g_return_if_fail (CONFABD_IS_CONFIG (self));
  g_return_if_fail (path != NULL);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error)) {
    add_mistake (self, "%s: %s", path, error->message);
    return;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    read_group (self, file, groups[i], path);
  }
}

/* "CONFAB_LIMITS_MAX_PARTICIPANTS" to "limits" and "max-participants"; other names of that kind,
 * without a group of ours, belong to somebody else. */
static gboolean
parse_variable (const char *name, char **group, char **key)
{
  g_auto (GStrv) parts = NULL;

  if (!g_str_has_prefix (name, "CONFAB_")) {
    return FALSE;
  }
  parts = g_strsplit (name + strlen ("CONFAB_"), "_", 2);
  if (g_strv_length (parts) != 2) {
    return FALSE;
  }
  *group = g_ascii_strdown (parts[0], -1);
  *key = g_strdelimit (g_ascii_strdown (parts[1], -1), "_", '-');
  return has_group (*group);
}

/**
 * confabd_config_read_environment:
 * @environment: (array zero-terminated=1): of g_get_environ()
 *
 * Reads the variables that are named like a setting.
 */
void
confabd_config_read_environment (ConfabdConfig *self, const char *const *environment)
{
  g_return_if_fail (CONFABD_IS_CONFIG (self));
  g_return_if_fail (environment != NULL);

  for (guint i = 0; environment[i] != NULL; i++) {
    const char *equals = strchr (environment[i], '=');
    g_autofree char *name = NULL;
    g_autofree char *group = NULL;
    g_autofree char *key = NULL;

    if (equals == NULL) {
      continue;
    }
    name = g_strndup (environment[i], equals - environment[i]);
    if (parse_variable (name, &group, &key)) {
      confabd_config_set (self, group, key, equals + 1, name);
    }
  }
}

/**
 * confabd_config_check:
 *
 * After everything was read: notes what does not go together.
 */
void
confabd_config_check (ConfabdConfig *self)
{
  g_return_if_fail (CONFABD_IS_CONFIG (self));

  if (self->turn_urls[0] != NULL && self->turn_secret == NULL) {
    add_mistake (self, "[turn] urls: there is no secret for them, see secret-file");
  }
}

/**
 * confabd_config_get_mistakes:
 *
 * Returns: (transfer none) (element-type utf8): one line each, in the order of reading
 */
GPtrArray *
confabd_config_get_mistakes (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->mistakes;
}

GPtrArray *
confabd_config_get_listen (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->listen;
}

const char *
confabd_config_get_base_url (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->base_url;
}

const char *const *
confabd_config_get_allowed_origins (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return (const char *const *) self->origins;
}

const char *
confabd_config_get_database_url (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->database_url;
}

/**
 * confabd_config_get_key_file:
 *
 * Returns: (nullable): an absolute path; %NULL for `secret.key` beside the database
 */
const char *
confabd_config_get_key_file (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->key_file;
}

static guint64
get_number (ConfabdConfig *self, SettingId id)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), 0);

  return self->numbers[id];
}

guint
confabd_config_get_max_participants (ConfabdConfig *self)
{
  return (guint) get_number (self, MAX_PARTICIPANTS);
}

guint
confabd_config_get_max_connections (ConfabdConfig *self)
{
  return (guint) get_number (self, MAX_CONNECTIONS);
}

guint
confabd_config_get_max_connections_per_address (ConfabdConfig *self)
{
  return (guint) get_number (self, MAX_CONNECTIONS_PER_ADDRESS);
}

guint
confabd_config_get_open_calls_per_user (ConfabdConfig *self)
{
  return (guint) get_number (self, OPEN_CALLS_PER_USER);
}

guint
confabd_config_get_call_s (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), 0);

  return self->call_s;
}

guint
confabd_config_get_empty_room_s (ConfabdConfig *self)
{
  return (guint) get_number (self, EMPTY_ROOM_S);
}

guint
confabd_config_get_outbox_messages (ConfabdConfig *self)
{
  return (guint) get_number (self, OUTBOX_MESSAGES);
}

gsize
confabd_config_get_outbox_bytes (ConfabdConfig *self)
{
  return (gsize) get_number (self, OUTBOX_BYTES);
}

guint
confabd_config_get_guest_per_minute (ConfabdConfig *self)
{
  return (guint) get_number (self, GUEST_PER_MINUTE);
}

guint
confabd_config_get_create_per_minute (ConfabdConfig *self)
{
  return (guint) get_number (self, CREATE_PER_MINUTE);
}

guint
confabd_config_get_join_failures_per_minute (ConfabdConfig *self)
{
  return (guint) get_number (self, JOIN_FAILURES_PER_MINUTE);
}

GPtrArray *
confabd_config_get_ice_servers (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->ice_servers;
}

const char *const *
confabd_config_get_turn_urls (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return (const char *const *) self->turn_urls;
}

GBytes *
confabd_config_get_turn_secret (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  return self->turn_secret;
}

guint
confabd_config_get_turn_lifetime_s (ConfabdConfig *self)
{
  return (guint) get_number (self, TURN_LIFETIME_S);
}

GLogLevelFlags
confabd_config_get_log_level (ConfabdConfig *self)
{
  g_return_val_if_fail (CONFABD_IS_CONFIG (self), G_LOG_LEVEL_MESSAGE);

  return self->log_level;
}
