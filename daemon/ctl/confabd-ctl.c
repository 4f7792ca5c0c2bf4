/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include <locale.h>

#include "confabd-audit-chain.h"
#include "confabd-ctl.h"
#include "confabd-log.h"

/* confabctl: what an administrator does beside the daemon. Each group of commands has a file. */

#define EXIT_REFUSED     1
#define EXIT_WRONG_USAGE 2

/* clang-format off */
static const ConfabdCtlCommand *const groups[] = {
  confabd_ctl_audit_commands,
  confabd_ctl_call_commands,
  confabd_ctl_config_commands,
  confabd_ctl_db_commands,
  confabd_ctl_doctor_commands,
  confabd_ctl_generate_key_commands,
  confabd_ctl_import_commands,
  confabd_ctl_job_commands, confabd_ctl_key_commands, confabd_ctl_user_commands,
};
/* clang-format on */

G_DEFINE_QUARK (confabd - ctl - usage - error - quark, confabd_ctl_usage_error)

static const char *const synopsis =
    "Usage: confabctl [--config FILE] [--database URL] [--json] GROUP COMMAND [ARGUMENT…]\n"
    "\n"
    "Looks after the data of a Confab server. Exits with 0 on success, 1 on refusal or failure,\n"
    "2 on wrong usage.\n"
    "\n"
    "  -c, --config FILE     read settings from FILE, as confabd does\n"
    "  -d, --database URL    sqlite:///PATH or postgresql://HOST/NAME\n"
    "  -j, --json            print JSON\n"
    "  -h, --help            say this; behind GROUP COMMAND: what it takes\n"
    "      --version         print the version\n";

static char *
join (const ConfabdCtlCommand *command)
{
  return g_strconcat (command->group, *command->name != '\0' ? " " : "", command->name, NULL);
}

static void
print_command (const ConfabdCtlCommand *command)
{
  g_autofree char *words = join (command);

  g_print ("  confabctl %s%s%s\n        %s\n", words, *command->usage != '\0' ? " " : "",
           command->usage, command->summary);
}

static void
print_commands (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    if (group != NULL && !g_str_equal (groups[i]->group, group)) {
      continue;
    }
    for (const ConfabdCtlCommand *command = groups[i]; command->name != NULL; command++) {
      print_command (command);
    }
  }
}

static const ConfabdCtlCommand *
find_group (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (groups); i++) {
    if (g_str_equal (groups[i]->group, name)) {
      return groups[i];
    }
  }
  return NULL;
}

/* A group without names has one command, and whatever stands behind it is an argument. */
static const ConfabdCtlCommand *
find_command (const ConfabdCtlCommand *group, const char *name)
{
  if (*group->name == '\0') {
    return group;
  }
  for (; name != NULL && group->name != NULL; group++) {
    if (g_str_equal (group->name, name)) {
      return group;
    }
  }
  return NULL;
}

typedef struct {
  char *config;   /* (owned) (nullable) */
  char *database; /* (owned) (nullable) */
  gboolean as_json;
  gboolean wants_help;
  gboolean wants_version;
} Globals;

static void
globals_clear (Globals *self)
{
  g_free (self->config);
  g_free (self->database);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Globals, globals_clear)

/* What it does not know belongs to the command. */
static gboolean
parse_globals (Globals *globals, char ***arguments, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &globals->config, NULL, NULL },
    { "database", 'd', 0, G_OPTION_ARG_STRING, &globals->database, NULL, NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &globals->as_json, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &globals->wants_help, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &globals->wants_version, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  return g_option_context_parse_strv (context, arguments, error);
}

static ConfabdConfig *
read_config (const Globals *globals)
{
  g_auto (GStrv) environment = g_get_environ ();
  ConfabdConfig *config = confabd_config_new ();

  if (globals->config != NULL) {
    confabd_config_read_file (config, globals->config);
  }
  confabd_config_read_environment (config, (const char *const *) environment);
  if (globals->database != NULL) {
    confabd_config_set (config, "database", "url", globals->database, "--database");
  }
  confabd_config_check (config);
  return config;
}

static gboolean
is_usable (const ConfabdCtlCommand *command, ConfabdConfig *config, GError **error)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (config);

  if (command->takes_mistakes || mistakes->len == 0) {
    return TRUE;
  }
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       g_ptr_array_index (mistakes, 0));
  return FALSE;
}

/**
 * confabd_ctl_parse:
 * @entries: (nullable): the options of the command
 * @n_arguments: how many words it takes besides
 * @error: return location for a #GError
 *
 * Takes the options out of the arguments of @ctl.
 *
 * Returns: whether they are as the command wants them
 */
gboolean
confabd_ctl_parse (ConfabdCtl *ctl, const GOptionEntry *entries, guint n_arguments, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) local_error = NULL;
  guint n;

  if (entries != NULL) {
    g_option_context_add_main_entries (context, entries, NULL);
  }
  g_option_context_set_help_enabled (context, FALSE);
  if (!g_option_context_parse_strv (context, &ctl->arguments, &local_error)) {
    g_set_error_literal (error, CONFABD_CTL_USAGE_ERROR, 0, local_error->message);
    return FALSE;
  }
  n = g_strv_length (ctl->arguments) - 1; /* without the name of the program */
  if (n != n_arguments) {
    g_set_error (error, CONFABD_CTL_USAGE_ERROR, 0,
                 n < n_arguments ? "Something is missing" : "“%s” is too much",
                 n > n_arguments ? ctl->arguments[n_arguments + 1] : "");
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_ctl_print_json:
 * @builder: with one complete value
 *
 * Prints it on a line of its own.
 */
void
confabd_ctl_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
}

/**
 * confabd_ctl_write_down:
 * @database: open
 * @action: what was done
 * @target: to what: an id, a file
 * @detail: by which command
 * @error: return location for a #GError
 *
 * Writes into the audit log what the user of this machine did, and waits for the disk.
 *
 * Returns: whether it is there
 */
gboolean
confabd_ctl_write_down (ConfabdDatabase *database,
                        ConfabdAuditAction action,
                        const char *target,
                        const char *detail,
                        GError **error)
{
  const ConfabdAuditFacts facts = { .action = action,
                                    .actor = g_get_user_name (),
                                    .target = target,
                                    .is_success = TRUE,
                                    .detail = detail };

  return confabd_audit_chain_append_sync (database, &facts, g_get_real_time (), error);
}

/**
 * confabd_ctl_add_string:
 * @builder: in an object
 * @member: its name
 * @value: (nullable): without one nothing is added
 */
void
confabd_ctl_add_string (JsonBuilder *builder, const char *member, const char *value)
{
  if (value == NULL) {
    return;
  }
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

static int
refuse_usage (const char *sentence, const ConfabdCtlCommand *command)
{
  g_autofree char *words = command != NULL ? join (command) : NULL;
  g_autofree char *hint = words != NULL ? g_strdup_printf ("confabctl %s --help", words)
                                        : g_strdup ("confabctl --help");

  g_printerr ("confabctl: %s (try “%s”)\n", sentence, hint);
  return EXIT_WRONG_USAGE;
}

static int
run_command (const ConfabdCtlCommand *command, const Globals *globals, char **arguments)
{
  ConfabdCtl ctl = { NULL, globals->as_json, NULL };
  g_autoptr (ConfabdConfig) config = read_config (globals);
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;

  if (is_usable (command, config, &error)) {
    ctl.config = config;
    ctl.arguments = g_strdupv (arguments);
    is_done = command->run (&ctl, &error);
    g_strfreev (ctl.arguments);
  }
  if (is_done) {
    return 0;
  }
  if (error->domain == CONFABD_CTL_USAGE_ERROR) {
    return refuse_usage (error->message, command);
  }
  g_printerr ("confabctl: %s\n", error->message);
  return EXIT_REFUSED;
}

static int
print_help (const ConfabdCtlCommand *group, const ConfabdCtlCommand *command)
{
  if (command != NULL) {
    print_command (command);
    return 0;
  }
  g_print ("%s\n", synopsis);
  print_commands (group != NULL ? group->group : NULL);
  return 0;
}

/**
 * confabd_ctl_main:
 *
 * Does what the command line says.
 *
 * Returns: what to exit with
 */
int
confabd_ctl_main (int argc, char **argv)
{
  g_auto (Globals) globals = { NULL };
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) error = NULL;
  const ConfabdCtlCommand *group = NULL;
  const ConfabdCtlCommand *command = NULL;
  guint n;

  if (!parse_globals (&globals, &arguments, &error)) {
    return refuse_usage (error->message, NULL);
  }
  n = g_strv_length (arguments);
  group = n > 1 ? find_group (arguments[1]) : NULL;
  command = group != NULL ? find_command (group, n > 2 ? arguments[2] : NULL) : NULL;
  if (globals.wants_version) {
    g_print ("confabctl %s\n", CONFAB_VERSION);
    return 0;
  }
  if (globals.wants_help) {
    return print_help (group, command);
  }
  if (n < 2) {
    return refuse_usage ("What shall I do?", NULL);
  }
  if (command == NULL) {
    g_autofree char *words = g_strjoinv (" ", arguments + 1);
    g_autofree char *sentence = g_strdup_printf ("There is no command “%s”", words);

    return refuse_usage (sentence, NULL);
  }
  return run_command (command, &globals, arguments + (*command->name != '\0' ? 2 : 1));
}
