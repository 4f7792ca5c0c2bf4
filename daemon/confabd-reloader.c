/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-reloader"

#include "config.h"

#include "confab-error.h"
#include "confabd-reloader.h"

/**
 * ConfabdReloader:
 *
 * Takes over what an administrator changed in the configuration while the daemon runs. All of it is
 * read on a thread, keys too, and checked as at the start: with a mistake in it nothing changes.
 * What needs the next start is named in the log.
 */
struct _ConfabdReloader {
  GObject parent_instance;

  const ConfabdOptions
      *options;            /* (unowned) the application's, which waits until we are not busy */
  ConfabdContext *context; /* (unowned) likewise */
  ConfabdConfig *config;   /* (owned) what was taken over last */
  gboolean is_busy;
  gboolean is_wanted_again;
};

G_DEFINE_FINAL_TYPE (ConfabdReloader, confabd_reloader, G_TYPE_OBJECT)

/* What a thread found. */
typedef struct {
  ConfabdConfig *config;   /* (owned) without mistakes */
  ConfabdKeyring *keyring; /* (owned) (nullable) */
} Found;

static void
found_free (Found *self)
{
  g_clear_object (&self->config);
  g_clear_object (&self->keyring);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Found, found_free)

/* A group, or one key of a group, that is looked at again. */
/* clang-format off */
static const struct {
  const char *group;
  const char *key; /* (nullable) all of them */
} reloadable[] = {
  { "auth", "key-file" },
  { "auth", "previous-key-file" },
  { "database", "slow-statement-ms" },
  { "ice", NULL },
  { "limits", NULL },
  { "log", NULL },
  { "retention", NULL },
  { "server", "allowed-origins" },
  { "turn", NULL },
};
/* clang-format on */

static gboolean
is_reloadable (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (reloadable); i++) {
    if (g_str_equal (reloadable[i].group, group) &&
        (reloadable[i].key == NULL || g_str_equal (reloadable[i].key, key)))
      return TRUE;
  }
  return FALSE;
}

static void
add_start_setting (
    const char *group, const char *key, const char *text, const char *origin, gpointer user_data)
{
  if (!is_reloadable (group, key))
    g_hash_table_insert (user_data, g_strdup_printf ("[%s] %s", group, key), g_strdup (text));
}

static GHashTable *
list_start_settings (ConfabdConfig *config)
{
  GHashTable *settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  confabd_config_foreach (config, add_start_setting, settings);
  return settings;
}

static void
tell_what_waits (ConfabdConfig *before, ConfabdConfig *after)
{
  g_autoptr (GHashTable) old = list_start_settings (before);
  g_autoptr (GHashTable) new = list_start_settings (after);
  GHashTableIter iter;
  gpointer name;
  gpointer text;

  g_hash_table_iter_init (&iter, new);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    if (g_strcmp0 (g_hash_table_lookup (old, name), text) != 0)
      g_message ("%s changes at the next start", (const char *) name);
  }
}

static gboolean
check_config (ConfabdConfig *config, GError **error)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (config);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < mistakes->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", (const char *) mistakes->pdata[i]);
  if (mistakes->len > 0)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, text->str);
  return mistakes->len == 0;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ConfabdReloader *self = CONFABD_RELOADER (source);
  g_autoptr (Found) found = g_new0 (Found, 1);
  GError *error = NULL;

  found->config = confabd_options_read_config (self->options);
  if (!check_config (found->config, &error) ||
      !confabd_context_read_keyring (self->context, found->config, &found->keyring, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) found_free);
}

static void
take_over (ConfabdReloader *self, const Found *found)
{
  tell_what_waits (self->config, found->config);
  confabd_context_reload (self->context, found->config, found->keyring);
  g_set_object (&self->config, found->config);
  g_message ("The configuration was read again");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabdReloader *self = CONFABD_RELOADER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (Found) found = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_busy = FALSE;
  if (found != NULL)
    take_over (self, found);
  else
    g_warning ("The configuration stays as it is: %s", error->message);
  if (self->is_wanted_again)
    confabd_reloader_reload (self);
}

static void
confabd_reloader_dispose (GObject *object)
{
  g_clear_object (&CONFABD_RELOADER (object)->config);

  G_OBJECT_CLASS (confabd_reloader_parent_class)->dispose (object);
}

static void
confabd_reloader_class_init (ConfabdReloaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_reloader_dispose;
}

static void
confabd_reloader_init (ConfabdReloader *self)
{
}

/**
 * confabd_reloader_new:
 * @options: what the process was started with
 * @context: what it runs; like @options it has to be there until the reloader is not busy any more
 *
 * Returns: (transfer full): the reloader
 */
ConfabdReloader *
confabd_reloader_new (const ConfabdOptions *options, ConfabdContext *context)
{
  ConfabdReloader *self = g_object_new (CONFABD_TYPE_RELOADER, NULL);

  self->options = options;
  self->context = context;
  self->config = g_object_ref (options->config);
  return self;
}

/**
 * confabd_reloader_reload:
 * @self: the reloader
 *
 * Reads the configuration again and takes it over when it is good. Asked for while that is under
 * way, it is done once more afterwards.
 */
void
confabd_reloader_reload (ConfabdReloader *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_RELOADER (self));

  self->is_wanted_again = self->is_busy;
  if (self->is_busy)
    return;
  self->is_busy = TRUE;
  task = g_task_new (self, NULL, on_read, NULL);
  g_task_set_source_tag (task, confabd_reloader_reload);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * confabd_reloader_is_busy:
 * @self: the reloader
 *
 * Returns: whether it is reading
 */
gboolean
confabd_reloader_is_busy (ConfabdReloader *self)
{
  g_return_val_if_fail (CONFABD_IS_RELOADER (self), FALSE);

  return self->is_busy;
}
