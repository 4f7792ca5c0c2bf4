/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-settings"

#include "config.h"

#include "confab-ui-settings.h"

#define MAX_NAME_CHARS 64 /* what a server accepts */

/**
 * ConfabUiSettings:
 *
 * What the app remembers from one start to the next: a small key file, read at the start and
 * written without waiting.
 *
 * A key file rather than GSettings, so that the app runs from a build tree or a home without an
 * installed schema.
 */
struct _ConfabUiSettings {
  GObject parent_instance;

  GFile *file;                        /* (owned) */
  char *values[CONFAB_UI_N_SETTINGS]; /* (owned) never NULL */
  gboolean is_writing;
  gboolean is_stale; /* changed since the write began */
};

static const struct {
  const char *group;
  const char *key;
} places[CONFAB_UI_N_SETTINGS] = {
  [CONFAB_UI_SETTING_NAME] = { "user", "name" },
  [CONFAB_UI_SETTING_MICROPHONE] = { "devices", "microphone" },
  [CONFAB_UI_SETTING_SPEAKER] = { "devices", "speaker" },
};

G_DEFINE_FINAL_TYPE (ConfabUiSettings, confab_ui_settings, G_TYPE_OBJECT)

static GBytes *
encode (ConfabUiSettings *self)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  gsize size = 0;
  char *text = NULL;

  for (ConfabUiSetting i = 0; i < CONFAB_UI_N_SETTINGS; i++)
    g_key_file_set_string (keys, places[i].group, places[i].key, self->values[i]);
  text = g_key_file_to_data (keys, &size, NULL);
  return g_bytes_new_take (text, size);
}

static void on_written (GObject *source, GAsyncResult *result, gpointer user_data);

/* One write at a time, so that an older one never overtakes a newer. */
static void
save (ConfabUiSettings *self)
{
  g_autoptr (GBytes) bytes = NULL;

  self->is_stale = self->is_writing;
  if (self->is_writing)
    return;

  self->is_writing = TRUE;
  bytes = encode (self);
  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                       on_written, g_object_ref (self));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiSettings) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_writing = FALSE;
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_message ("The settings could not be saved: %s", error->message);
  if (self->is_stale)
    save (self);
}

/* The name that the account on this computer bears. */
static char *
make_default_name (void)
{
  const char *name = g_get_real_name ();

  if (name == NULL || name[0] == '\0' || g_str_equal (name, "Unknown"))
    name = g_get_user_name ();
  return g_utf8_make_valid (name, -1);
}

/* A name as a server takes it: no space around it, not too long; NULL when nothing is left. */
static char *
tidy_name (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_utf8_make_valid (text, -1));

  if (stripped[0] == '\0')
    return NULL;
  return g_utf8_substring (stripped, 0, MIN (g_utf8_strlen (stripped, -1), MAX_NAME_CHARS));
}

static void
load (ConfabUiSettings *self)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  const char *path = g_file_peek_path (self->file);
  g_autofree char *name = NULL;
  g_autofree char *fallback = make_default_name ();

  /* that there is no such file is how everybody starts */
  g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
  for (ConfabUiSetting i = 0; i < CONFAB_UI_N_SETTINGS; i++) {
    self->values[i] = g_key_file_get_string (keys, places[i].group, places[i].key, NULL);
    if (self->values[i] == NULL)
      self->values[i] = g_strdup ("");
  }

  name = tidy_name (self->values[CONFAB_UI_SETTING_NAME]);
  g_free (self->values[CONFAB_UI_SETTING_NAME]);
  self->values[CONFAB_UI_SETTING_NAME] =
      name != NULL ? g_steal_pointer (&name) : tidy_name (fallback);
}

static void
confab_ui_settings_finalize (GObject *object)
{
  ConfabUiSettings *self = CONFAB_UI_SETTINGS (object);

  for (ConfabUiSetting i = 0; i < CONFAB_UI_N_SETTINGS; i++)
    g_free (self->values[i]);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (confab_ui_settings_parent_class)->finalize (object);
}

static void
confab_ui_settings_class_init (ConfabUiSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_ui_settings_finalize;
}

static void
confab_ui_settings_init (ConfabUiSettings *self)
{
}

/**
 * confab_ui_settings_new:
 * @file: (transfer none): a local file, whose folder exists; the file itself need not
 *
 * Reads the settings, once and at once: call it before the main loop has anything to do.
 *
 * A file that cannot be read counts as empty.
 *
 * Returns: (transfer full): the settings
 */
ConfabUiSettings *
confab_ui_settings_new (GFile *file)
{
  ConfabUiSettings *self = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (CONFAB_UI_TYPE_SETTINGS, NULL);
  self->file = g_object_ref (file);
  load (self);
  return self;
}

/**
 * confab_ui_settings_get:
 * @self: the settings
 * @setting: which one
 *
 * Returns: (transfer none): the value, UTF-8; empty for the default, but a name is never empty
 */
const char *
confab_ui_settings_get (ConfabUiSettings *self, ConfabUiSetting setting)
{
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (self), NULL);

  return self->values[setting];
}

/**
 * confab_ui_settings_set:
 * @self: the settings
 * @setting: which one
 * @value: the new value, UTF-8; a name that is empty is ignored and one that is too long is cut
 *
 * Changes a setting and saves it in the background.
 */
void
confab_ui_settings_set (ConfabUiSettings *self, ConfabUiSetting setting, const char *value)
{
  g_autofree char *tidied = NULL;

  g_return_if_fail (CONFAB_UI_IS_SETTINGS (self));
  g_return_if_fail (value != NULL);

  tidied = setting == CONFAB_UI_SETTING_NAME ? tidy_name (value) : g_strdup (value);
  if (tidied == NULL || g_str_equal (tidied, self->values[setting]))
    return;

  g_free (self->values[setting]);
  self->values[setting] = g_steal_pointer (&tidied);
  save (self);
}
