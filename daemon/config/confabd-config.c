/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-config-errors.h"
#include "confabd-config-ice.h"
#include "confabd-config-limits.h"
#include "confabd-config-log.h"
#include "confabd-config-mail.h"
#include "confabd-config-retention.h"
#include "confabd-config-server.h"
#include "confabd-config-turn.h"
#include "confabd-config-webhooks.h"

/* clang-format off */
static const ConfabdConfigGroup *const groups[] = {
  &confabd_config_auth_group,
  &confabd_config_database_group,
  &confabd_config_errors_group,
  &confabd_config_ice_group,
  &confabd_config_limits_group,
  &confabd_config_log_group,
  &confabd_config_mail_group,
  &confabd_config_retention_group,
  &confabd_config_server_group,
  &confabd_config_turn_group,
  &confabd_config_webhooks_group,
};
/* clang-format on */

/**
 * ConfabdConfig:
 *
 * What an administrator decides: from a key file, from the environment
 * (`CONFAB_LIMITS_MAX_PARTICIPANTS`), from the command line, the later one winning. Each group has
 * a table of its settings and a struct of their values in a file of its own.
 *
 * Nothing fails at once. Each mistake becomes a line that says where it is, so that all of them can
 * be mended at a time; a setting with a mistake keeps its value from before.
 */
struct _ConfabdConfig {
  GObject parent_instance;

  GPtrArray *mistakes;                    /* (element-type utf8) (owned) */
  gpointer values[G_N_ELEMENTS (groups)]; /* (owned) of each group */
  GHashTable *texts; /* (element-type utf8 Text) (owned) by "group.key": what was set */
};

/* A setting as somebody wrote it. */
typedef struct {
  char *text;   /* (owned) */
  char *origin; /* (owned) where */
} Text;

static void
text_free (Text *self)
{
  g_free (self->text);
  g_free (self->origin);
  g_free (self);
}

G_DEFINE_FINAL_TYPE (ConfabdConfig, confabd_config, G_TYPE_OBJECT)

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
find_group (const char *name, guint *index)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    if (g_str_equal (groups[i]->name, name)) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

static const ConfabdSetting *
find_setting (const char *group, const char *key, guint *group_index)
{
  if (!find_group (group, group_index)) {
    return NULL;
  }
  for (gsize i = 0; i < groups[*group_index]->n_settings; i++) {
    if (g_str_equal (groups[*group_index]->settings[i].key, key)) {
      return &groups[*group_index]->settings[i];
    }
  }
  return NULL;
}

static gpointer
make_values (const ConfabdConfigGroup *group)
{
  gpointer values = g_malloc0 (group->size);

  if (group->set_defaults != NULL) {
    group->set_defaults (values);
  }
  for (gsize i = 0; i < group->n_settings; i++) {
    const ConfabdSetting *setting = &group->settings[i];
    gboolean is_good = setting->fallback == NULL ||
                       confabd_setting_apply (setting, setting->fallback, values, NULL);

    g_assert (is_good);
  }
  return values;
}

static void
free_values (const ConfabdConfigGroup *group, gpointer values)
{
  for (gsize i = 0; i < group->n_settings; i++) {
    confabd_setting_clear (&group->settings[i], values);
  }
  g_free (values);
}

static void
confabd_config_finalize (GObject *object)
{
  ConfabdConfig *self = CONFABD_CONFIG (object);

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    free_values (groups[i], self->values[i]);
  }
  g_clear_pointer (&self->mistakes, g_ptr_array_unref);
  g_clear_pointer (&self->texts, g_hash_table_unref);

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
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) text_free);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    self->values[i] = make_values (groups[i]);
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

/* Secrets are not kept a second time. */
static void
keep_text (ConfabdConfig *self,
           const char *group,
           const ConfabdSetting *setting,
           const char *value,
           const char *origin)
{
  gboolean is_secret = setting->type == &confabd_setting_secret;
  Text *text = g_new0 (Text, 1);

  text->text = g_strdup (is_secret ? "(a secret)" : value);
  text->origin = g_strdup (origin);
  g_hash_table_insert (self->texts, g_strdup_printf ("%s.%s", group, setting->key), text);
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
  const ConfabdSetting *setting = NULL;
  guint i = 0;

  g_return_if_fail (CONFABD_IS_CONFIG (self));
  g_return_if_fail (group != NULL && key != NULL && value != NULL && origin != NULL);

  setting = find_setting (group, key, &i);
  if (setting == NULL) {
    add_mistake (self, "%s: [%s] has no key “%s”", origin, group, key);
  } else if (!confabd_setting_apply (setting, value, self->values[i], &error)) {
    add_mistake (self, "%s: [%s] %s: %s", origin, group, key, error->message);
  } else {
    keep_text (self, group, setting, value, origin);
  }
}

static void
read_group (ConfabdConfig *self, GKeyFile *file, const char *group, const char *path)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  guint index = 0;

  if (!find_group (group, &index)) {
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
  g_auto (GStrv) names = NULL;

  g_return_if_fail (CONFABD_IS_CONFIG (self));
  g_return_if_fail (path != NULL);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error)) {
    add_mistake (self, "%s: %s", path, error->message);
    return;
  }
  names = g_key_file_get_groups (file, NULL);
  for (guint i = 0; names[i] != NULL; i++) {
    read_group (self, file, names[i], path);
  }
}

/* "CONFAB_LIMITS_MAX_PARTICIPANTS" to "limits" and "max-participants"; other names of that kind,
 * without a group of ours, belong to somebody else. */
static gboolean
parse_variable (const char *name, char **group, char **key)
{
  g_auto (GStrv) parts = NULL;
  guint index = 0;

  if (!g_str_has_prefix (name, "CONFAB_")) {
    return FALSE;
  }
  parts = g_strsplit (name + strlen ("CONFAB_"), "_", 2);
  if (g_strv_length (parts) != 2) {
    return FALSE;
  }
  *group = g_ascii_strdown (parts[0], -1);
  *key = g_strdelimit (g_ascii_strdown (parts[1], -1), "_", '-');
  return find_group (*group, &index);
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

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autofree char *contradiction = groups[i]->dup_contradiction != NULL
                                         ? groups[i]->dup_contradiction (self->values[i])
                                         : NULL;

    if (contradiction != NULL) {
      add_mistake (self, "[%s] %s", groups[i]->name, contradiction);
    }
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

/**
 * confabd_config_get_values:
 * @group: one of ours
 *
 * For the groups themselves, which know the type of their values.
 *
 * Returns: (transfer none): the values of @group; they live as long as the configuration
 */
gconstpointer
confabd_config_get_values (ConfabdConfig *self, const ConfabdConfigGroup *group)
{
  guint i = 0;

  g_return_val_if_fail (CONFABD_IS_CONFIG (self), NULL);

  while (groups[i] != group) {
    i++;
    g_assert (i < G_N_ELEMENTS (groups));
  }
  return self->values[i];
}

static void
show (ConfabdConfig *self,
      const char *group,
      const ConfabdSetting *setting,
      ConfabdConfigFunc function,
      gpointer user_data)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", group, setting->key);
  const Text *text = g_hash_table_lookup (self->texts, name);

  if (text != NULL) {
    function (group, setting->key, text->text, text->origin, user_data);
  } else {
    function (group, setting->key, setting->fallback, NULL, user_data);
  }
}

/**
 * confabd_config_foreach:
 * @self: a configuration
 * @function: (scope call): called with each setting there is
 * @user_data: for @function
 */
void
confabd_config_foreach (ConfabdConfig *self, ConfabdConfigFunc function, gpointer user_data)
{
  g_return_if_fail (CONFABD_IS_CONFIG (self));

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    for (gsize j = 0; j < groups[i]->n_settings; j++) {
      show (self, groups[i]->name, &groups[i]->settings[j], function, user_data);
    }
  }
}
