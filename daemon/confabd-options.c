/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-options"

#include "config.h"

#include "confabd-options.h"

#define MAX_IDLE_TIMEOUT_S (24 * 60 * 60)

/*
 * The command line, and with it the whole configuration: file, environment, options.
 */

typedef struct {
  char *config;   /* (owned) (nullable) */
  char **listen;  /* (owned) (nullable) */
  char *database; /* (owned) (nullable) */
  char *base_url; /* (owned) (nullable) */
  int idle_timeout_s;
  gboolean on_session_bus;
  gboolean only_checks;
  gboolean is_verbose;
  gboolean wants_version;
} CommandLine;

static void
command_line_clear (CommandLine *line)
{
  g_free (line->config);
  g_strfreev (line->listen);
  g_free (line->database);
  g_free (line->base_url);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommandLine, command_line_clear)

static gboolean
parse_line (CommandLine *line, char ***arguments, GError **error)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &line->config, "Read settings from FILE", "FILE" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &line->listen, "Listen there (repeatable); port 0 takes a free one", "ADDRESS:PORT" },
    { "database", 'd', 0, G_OPTION_ARG_STRING, &line->database, "Keep data there: sqlite:///PATH or postgresql://HOST/NAME", "URL" },
    { "base-url", 0, 0, G_OPTION_ARG_STRING, &line->base_url, "What join links begin with", "URL" },
    { "session-bus", 0, 0, G_OPTION_ARG_NONE, &line->on_session_bus, "Serve this desktop, and leave when idle", NULL },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &line->idle_timeout_s, "Stay so long without need (with --session-bus)", "SECONDS" },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &line->only_checks, "Say what is wrong with the configuration", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &line->is_verbose, "Log more", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &line->wants_version, "Print the version", NULL },
    { NULL },
  };
  /* clang-format on */
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  line->idle_timeout_s = CONFABD_IDLE_TIMEOUT_S;
  g_option_context_set_summary (context, "The daemon of Confab: private group voice calls.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if (g_strv_length (*arguments) > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "No argument “%s” is known",
                 (*arguments)[1]);
    return FALSE;
  }
  if (line->idle_timeout_s < 0 || line->idle_timeout_s > MAX_IDLE_TIMEOUT_S) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--idle-timeout: “%d” is no number of seconds", line->idle_timeout_s);
    return FALSE;
  }
  return TRUE;
}

static void
set_from_line (ConfabdConfig *config, const CommandLine *line)
{
  if (line->listen != NULL) {
    g_autofree char *listen = g_strjoinv (";", line->listen);

    confabd_config_set (config, "server", "listen", listen, "--listen");
  }
  if (line->base_url != NULL)
    confabd_config_set (config, "server", "base-url", line->base_url, "--base-url");
  if (line->database != NULL)
    confabd_config_set (config, "database", "url", line->database, "--database");
  if (line->is_verbose)
    confabd_config_set (config, "log", "level", "info", "--verbose");
}

static ConfabdConfig *
read_config (const CommandLine *line)
{
  g_auto (GStrv) environment = g_get_environ ();
  ConfabdConfig *config = confabd_config_new ();

  if (line->config != NULL)
    confabd_config_read_file (config, line->config);
  confabd_config_read_environment (config, (const char *const *) environment);
  set_from_line (config, line);
  confabd_config_check (config);
  return config;
}

static gboolean
print_mistakes (ConfabdConfig *config)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (config);

  for (guint i = 0; i < mistakes->len; i++)
    g_printerr ("confabd: %s\n", (const char *) mistakes->pdata[i]);
  return mistakes->len > 0;
}

/**
 * confabd_options_parse:
 * @arguments: (inout): the command line; what was understood is taken out
 * @exit_status: (out): what to exit with when there is nothing to run
 *
 * Reads the configuration from everywhere. Prints each mistake on standard error, and what was
 * asked for (`--version`, `--check-config`) on standard output.
 *
 * Returns: (transfer full) (nullable): what to run with; %NULL when there is nothing to run
 */
ConfabdOptions *
confabd_options_parse (char ***arguments, int *exit_status)
{
  g_auto (CommandLine) line = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdOptions) self = g_new0 (ConfabdOptions, 1);

  self->arguments = g_strdupv (*arguments);
  *exit_status = 1;
  if (!parse_line (&line, arguments, &error)) {
    g_printerr ("confabd: %s\n", error->message);
    return NULL;
  }
  if (line.wants_version) {
    g_print ("confabd %s\n", CONFAB_VERSION);
    *exit_status = 0;
    return NULL;
  }
  self->config = read_config (&line);
  self->on_session_bus = line.on_session_bus;
  self->idle_timeout_s = (guint) line.idle_timeout_s;
  if (print_mistakes (self->config))
    return NULL;
  *exit_status = 0;
  if (!line.only_checks)
    return g_steal_pointer (&self);
  g_print ("The configuration is good.\n");
  return NULL;
}

/**
 * confabd_options_read_config:
 * @self: options
 *
 * Reads the configuration again from everywhere: what the file says now, under the same environment
 * and command line. Waits for the disk; any thread.
 *
 * Returns: (transfer full): a configuration, maybe with mistakes
 */
ConfabdConfig *
confabd_options_read_config (const ConfabdOptions *self)
{
  g_auto (CommandLine) line = { NULL };
  g_auto (GStrv) arguments = g_strdupv (self->arguments);

  parse_line (&line, &arguments, NULL); /* as it did the first time */
  return read_config (&line);
}

/**
 * confabd_options_free:
 * @self: (transfer full): options
 */
void
confabd_options_free (ConfabdOptions *self)
{
  g_clear_object (&self->config);
  g_strfreev (self->arguments);
  g_free (self);
}
