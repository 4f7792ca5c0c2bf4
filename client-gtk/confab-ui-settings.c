/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-settings"

#include "config.h"

#include "confab-error.h"
#include "confab-ui-settings.h"

#define SCHEMA_FOLDER  CONFAB_DATADIR "/glib-2.0/schemas"
#define MAX_NAME_CHARS 64 /* what a server accepts */

/**
 * ConfabUiSettings:
 *
 * What the app remembers from one start to the next: a #GSettings, found where the app was
 * installed too, and the name, which is never empty.
 */
struct _ConfabUiSettings {
  GObject parent_instance;

  GSettings *store; /* (owned) */
  char *name;       /* (owned) what the store has, made fit */
};

G_DEFINE_FINAL_TYPE (ConfabUiSettings, confab_ui_settings, G_TYPE_OBJECT)

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

/* Where GSettings looks by itself, then where we were installed: a prefix of one's own is not among
 * the former. g_settings_new() would end the process instead of saying so. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) installed = NULL;
  GSettingsSchema *schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, CONFAB_APP_ID, TRUE);
  if (schema != NULL)
    return schema;
  installed = g_settings_schema_source_new_from_directory (SCHEMA_FOLDER, source, TRUE, NULL);
  if (installed != NULL)
    schema = g_settings_schema_source_lookup (installed, CONFAB_APP_ID, TRUE);
  return schema;
}

static void
on_name_changed (ConfabUiSettings *self)
{
  g_autofree char *kept = g_settings_get_string (self->store, CONFAB_UI_KEY_NAME);
  g_autofree char *fallback = make_default_name ();

  g_free (self->name);
  self->name = tidy_name (kept);
  if (self->name == NULL)
    self->name = tidy_name (fallback);
}

static void
confab_ui_settings_dispose (GObject *object)
{
  g_clear_object (&CONFAB_UI_SETTINGS (object)->store);
  G_OBJECT_CLASS (confab_ui_settings_parent_class)->dispose (object);
}

static void
confab_ui_settings_finalize (GObject *object)
{
  g_free (CONFAB_UI_SETTINGS (object)->name);
  G_OBJECT_CLASS (confab_ui_settings_parent_class)->finalize (object);
}

static void
confab_ui_settings_class_init (ConfabUiSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_settings_dispose;
  G_OBJECT_CLASS (klass)->finalize = confab_ui_settings_finalize;
}

static void
confab_ui_settings_init (ConfabUiSettings *self)
{
}

/**
 * confab_ui_settings_new:
 * @error: return location for a #GError
 *
 * Opens the settings. Fails with %CONFAB_ERROR_FAILED when their schema is not installed; a build
 * tree is run with `GSETTINGS_SCHEMA_DIR=build/data`.
 *
 * Returns: (transfer full): the settings
 */
ConfabUiSettings *
confab_ui_settings_new (GError **error)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();
  ConfabUiSettings *self = NULL;

  if (schema == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The schema “%s” of the settings is not installed", CONFAB_APP_ID);
    return NULL;
  }
  self = g_object_new (CONFAB_UI_TYPE_SETTINGS, NULL);
  self->store = g_settings_new_full (schema, NULL, NULL);
  g_signal_connect_object (self->store, "changed::" CONFAB_UI_KEY_NAME,
                           G_CALLBACK (on_name_changed), self, G_CONNECT_SWAPPED);
  on_name_changed (self);
  return self;
}

/**
 * confab_ui_settings_get_store:
 * @self: the settings
 *
 * Returns: (transfer none): all of them, to bind to and to follow
 */
GSettings *
confab_ui_settings_get_store (ConfabUiSettings *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (self), NULL);

  return self->store;
}

/**
 * confab_ui_settings_get_name:
 * @self: the settings
 *
 * Returns: (transfer none): what others call the user, UTF-8, never empty, at most 64 characters
 */
const char *
confab_ui_settings_get_name (ConfabUiSettings *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (self), NULL);

  return self->name;
}

/**
 * confab_ui_settings_set_name:
 * @self: the settings
 * @name: UTF-8; one that is empty is ignored and one that is too long is cut
 *
 * Changes what others call the user.
 */
void
confab_ui_settings_set_name (ConfabUiSettings *self, const char *name)
{
  g_autofree char *tidied = NULL;

  g_return_if_fail (CONFAB_UI_IS_SETTINGS (self));
  g_return_if_fail (name != NULL);

  tidied = tidy_name (name);
  if (tidied != NULL)
    g_settings_set_string (self->store, CONFAB_UI_KEY_NAME, tidied);
}
