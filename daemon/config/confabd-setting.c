/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-setting.h"

#define MIN_SECRET_BYTES 8
#define MAX_SECRET_BYTES 1024

/**
 * confabd_setting_set_bad:
 * @error: return location for a #GError
 * @format: what is wrong with the text of a setting
 *
 * Returns: (nullable): %NULL, for a parser to return
 */
gpointer
confabd_setting_set_bad (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (
      error, g_error_new_valist (CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, format, arguments));
  va_end (arguments);
  return NULL;
}

/**
 * confabd_setting_split:
 * @text: a list with “;” between its items
 *
 * Returns: (transfer full): the items, without the spaces around and without what is empty
 */
char **
confabd_setting_split (const char *text)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_strstrip (parts[i]);
    if (*parts[i] != '\0') {
      g_ptr_array_add (items, g_strdup (parts[i]));
    }
  }
  g_ptr_array_add (items, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&items), FALSE);
}

static gboolean
read_number (const ConfabdSetting *setting, const char *text, gpointer field, GError **error)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, setting->min, setting->max, &value, NULL)) {
    confabd_setting_set_bad (error, "“%s” is not a number from %u to %u", text, setting->min,
                             setting->max);
    return FALSE;
  }
  *(guint *) field = (guint) value;
  return TRUE;
}

/* "“debug”, “info” or “warning”" */
static char *
describe_choices (const ConfabdChoice *choices)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; choices[i].name != NULL; i++) {
    gboolean is_last = choices[i + 1].name == NULL;

    g_string_append_printf (names, "%s“%s”",
                            i == 0    ? ""
                            : is_last ? " or "
                                      : ", ",
                            choices[i].name);
  }
  return g_string_free (names, FALSE);
}

static gboolean
read_choice (const ConfabdSetting *setting, const char *text, gpointer field, GError **error)
{
  g_autofree char *names = NULL;

  for (const ConfabdChoice *choice = setting->choices; choice->name != NULL; choice++) {
    if (g_str_equal (choice->name, text)) {
      *(int *) field = choice->value;
      return TRUE;
    }
  }
  names = describe_choices (setting->choices);
  confabd_setting_set_bad (error, "“%s” is not %s", text, names);
  return FALSE;
}

static gpointer
parse_path (const char *text, GError **error)
{
  if (!g_path_is_absolute (text)) {
    return confabd_setting_set_bad (error, "“%s” is not an absolute path", text);
  }
  return g_strdup (text);
}

static void
wipe (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

/* Without the space around it; errors do not quote the text. */
static gpointer
parse_secret (const char *text, GError **error)
{
  char *secret = g_strstrip (g_strdup (text));
  gsize size = strlen (secret);

  if (size < MIN_SECRET_BYTES || size > MAX_SECRET_BYTES) {
    wipe (secret);
    return confabd_setting_set_bad (error, "a secret has %d to %d characters", MIN_SECRET_BYTES,
                                    MAX_SECRET_BYTES);
  }
  return g_bytes_new_with_free_func (secret, size, wipe, secret);
}

static gpointer
read_secret (const char *path, GError **error)
{
  g_autoptr (GBytes) secret = NULL;
  gsize size = 0;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, &size, error)) {
    return NULL;
  }
  secret = parse_secret (text, error);
  explicit_bzero (text, size);
  g_free (text);
  return g_steal_pointer (&secret);
}

const ConfabdSettingType confabd_setting_number = { .read = read_number };
const ConfabdSettingType confabd_setting_choice = { .read = read_choice };
const ConfabdSettingType confabd_setting_path = { .parse = parse_path, .free = g_free };
const ConfabdSettingType confabd_setting_secret = {
  .parse = parse_secret,
  .free = (GDestroyNotify) g_bytes_unref,
};
const ConfabdSettingType confabd_setting_secret_file = {
  .parse = read_secret,
  .free = (GDestroyNotify) g_bytes_unref,
};

/**
 * confabd_setting_apply:
 * @self: a setting
 * @text: as in the key file
 * @values: of its group
 * @error: return location for a #GError
 *
 * Puts what @text says in its field; leaves the field alone when that is a mistake.
 *
 * Returns: whether @text is good
 */
gboolean
confabd_setting_apply (const ConfabdSetting *self,
                       const char *text,
                       gpointer values,
                       GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (values, self->offset);
  gpointer value = NULL;

  if (self->type->read != NULL) {
    return self->type->read (self, text, field, error);
  }
  value = self->type->parse (text, error);
  if (value == NULL) {
    return FALSE;
  }
  confabd_setting_clear (self, values);
  *(gpointer *) field = value;
  return TRUE;
}

/**
 * confabd_setting_clear:
 * @self: a setting
 * @values: of its group
 *
 * Frees what its field owns.
 */
void
confabd_setting_clear (const ConfabdSetting *self, gpointer values)
{
  if (self->type->free != NULL) {
    g_clear_pointer ((gpointer *) G_STRUCT_MEMBER_P (values, self->offset), self->type->free);
  }
}
