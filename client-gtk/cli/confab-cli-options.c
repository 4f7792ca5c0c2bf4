/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "confab-cli-options.h"
#include "confab-limits.h"

#define MAX_LOGIN_CHARS 254 /* an e-mail address, RFC 5321 */
#define MAX_DURATION_S  (7 * 24 * 60 * 60.0)

/* What GOption fills in. Names and titles are taken as file names are, byte by byte, and checked
 * here: GOption would turn them around by the locale, and a machine without one could call nobody
 * “Zoë”. */
typedef struct {
  char *duration;    /* (owned) (nullable) */
  char *talk_mode;   /* (owned) (nullable) */
  char *recording;   /* (owned) (nullable) */
  char **positional; /* (owned) (nullable) */
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->duration);
  g_free (raw->talk_mode);
  g_free (raw->recording);
  g_strfreev (raw->positional);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  if (error != NULL) {
    va_start (arguments, format);
    *error = g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, arguments);
    va_end (arguments);
  }
  return FALSE;
}

/* Without an argument an option that may have one would swallow the next word, which may be the
 * link. */
static void
close_optional_arguments (char **arguments)
{
  for (guint i = 0; arguments[i] != NULL && strcmp (arguments[i], "--") != 0; i++) {
    if (g_str_equal (arguments[i], "--mic") || g_str_equal (arguments[i], "--speaker")) {
      char *closed = g_strconcat (arguments[i], "=", NULL);

      g_free (arguments[i]);
      arguments[i] = closed;
    }
  }
}

static gboolean
check_text (const char *option, char *text, guint max_chars, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, "The value of %s is not UTF-8", option);
  if (*g_strstrip (text) == '\0')
    return refuse (error, "The value of %s is empty", option);
  if (g_utf8_strlen (text, -1) > (glong) max_chars)
    return refuse (error, "The value of %s is longer than %u characters", option, max_chars);
  return TRUE;
}

static gboolean
parse_duration (ConfabCliOptions *self, const char *text, GError **error)
{
  char *end = NULL;
  double seconds = 0;

  if (text == NULL)
    return TRUE;
  seconds = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (seconds) || seconds <= 0 ||
      seconds > MAX_DURATION_S)
    return refuse (error, "“%s” is no duration: a number of seconds, more than 0, at most a week",
                   text);
  self->duration_us = MAX (1, (gint64) (seconds * G_USEC_PER_SEC));
  return TRUE;
}

static gboolean
check_create (ConfabCliOptions *self, const Raw *raw, GError **error)
{
  if (raw->positional != NULL)
    return refuse (error, "What does “%s” mean here?", raw->positional[0]);
  if (self->server == NULL)
    return refuse (error, "Which server? Say --server URL");
  if (raw->recording != NULL &&
      !confab_recording_policy_from_string (raw->recording, &self->recording_policy))
    return refuse (error, "“%s” is not never, host or everyone", raw->recording);
  return check_text ("--title", self->title, CONFAB_LIMIT_TITLE_CHARS, error);
}

/* By name, or by whatever way two names lead to one file. */
static gboolean
is_same_file (GFile *one, GFile *other)
{
  const char *attribute = G_FILE_ATTRIBUTE_ID_FILE;
  g_autoptr (GFileInfo) one_info = g_file_query_info (one, attribute, 0, NULL, NULL);
  g_autoptr (GFileInfo) other_info = g_file_query_info (other, attribute, 0, NULL, NULL);

  if (one_info == NULL || other_info == NULL)
    return g_file_equal (one, other);
  return g_strcmp0 (g_file_info_get_attribute_string (one_info, attribute),
                    g_file_info_get_attribute_string (other_info, attribute)) == 0;
}

static gboolean
check_sources (const ConfabCliOptions *self, GError **error)
{
  int n_sources = (self->play_path != NULL) + self->is_echo + (self->microphone != NULL);

  if (n_sources > 1)
    return refuse (error, "Only one of --play, --echo and --mic can speak");
  if (self->is_looping && self->play_path == NULL)
    return refuse (error, "--loop means nothing without --play");
  return TRUE;
}

/* What is played would be overwritten before it was read to its end. */
static gboolean
check_files (const ConfabCliOptions *self, GError **error)
{
  g_autoptr (GFile) played = NULL;
  g_autoptr (GFile) recorded = NULL;

  if (self->play_path == NULL || self->record_path == NULL)
    return TRUE;
  played = g_file_new_for_path (self->play_path);
  recorded = g_file_new_for_path (self->record_path);
  if (is_same_file (played, recorded))
    return refuse (error, "--play and --record are the same file, “%s”", self->play_path);
  return TRUE;
}

static gboolean
parse_talk_mode (ConfabCliOptions *self, const char *text, GError **error)
{
  if (text == NULL || confab_audio_talk_mode_from_name (text, &self->talk_mode))
    return TRUE;
  return refuse (error, "“%s” is no way to talk: say open, push-to-talk or voice", text);
}

static gboolean
check_devices (const Raw *raw, GError **error)
{
  if (raw->positional != NULL)
    return refuse (error, "What does “%s” mean here?", raw->positional[0]);
  return TRUE;
}

static gboolean
check_join (ConfabCliOptions *self, const Raw *raw, GError **error)
{
  if (raw->positional == NULL)
    return refuse (error, "Which call? Say its link");
  if (raw->positional[1] != NULL)
    return refuse (error, "What does “%s” mean beside the link?", raw->positional[1]);
  self->link = g_strdup (raw->positional[0]);
  return check_sources (self, error) && check_files (self, error) &&
         parse_talk_mode (self, raw->talk_mode, error) &&
         parse_duration (self, raw->duration, error);
}

/* As whom: of each command that goes to a server. */
static GOptionGroup *
make_who_group (ConfabCliOptions *self)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &self->name, "What the others see of a guest", "NAME" },
    { "login", 0, 0, G_OPTION_ARG_FILENAME, &self->login, "Sign in with an account instead",
      "NAME" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &self->password_file,
      "Its password is the first line (“-”: of standard input; default: ask)", "FILE" },
    { NULL },
  };
  GOptionGroup *group =
      g_option_group_new ("who", "As whom:", "Show the options for signing in", NULL, NULL);

  g_option_group_add_entries (group, entries);
  return group;
}

static GOptionContext *
make_create_context (ConfabCliOptions *self, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_FILENAME, &self->server, "The server that holds the call",
      "URL" },
    { "title", 0, 0, G_OPTION_ARG_FILENAME, &self->title, "What the call is about", "TITLE" },
    { "recording", 0, 0, G_OPTION_ARG_STRING, &raw->recording,
      "Who may record it: never (the default), host or everyone", "WHO" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->positional, NULL, NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Creates a call and prints the link that lets others in.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, make_who_group (self));
  return context;
}

static GOptionContext *
make_join_context (ConfabCliOptions *self, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_FILENAME, &self->server, "The server, when only a code is given",
      "URL" },
    { "play", 0, 0, G_OPTION_ARG_FILENAME, &self->play_path, "Speak with a WAV file", "FILE" },
    { "loop", 0, 0, G_OPTION_ARG_NONE, &self->is_looping, "Play it over and over", NULL },
    { "record-folder", 0, 0, G_OPTION_ARG_FILENAME, &self->record_folder,
      "Record each person and the mix as Ogg Opus, announced to all, where the call allows it",
      "FOLDER" },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &self->record_path, "Record what is heard as WAV",
      "FILE" },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &self->is_echo, "Send back what is heard", NULL },
    { "mute", 0, 0, G_OPTION_ARG_NONE, &self->is_muted, "Stay silent, and say so", NULL },
    { "talk-mode", 0, 0, G_OPTION_ARG_FILENAME, &raw->talk_mode,
      "Be heard always (open), from SIGUSR1 to SIGUSR2 (push-to-talk), or when loud (voice)",
      "MODE" },
    { "mic", 0, 0, G_OPTION_ARG_FILENAME, &self->microphone,
      "Speak with a microphone (default: none)", "[DEVICE]" },
    { "speaker", 0, 0, G_OPTION_ARG_FILENAME, &self->speaker,
      "Hear through a speaker (default: none)", "[DEVICE]" },
    { "duration", 0, 0, G_OPTION_ARG_FILENAME, &raw->duration, "Leave after so long in the call",
      "SECONDS" },
    { "relay-only", 0, 0, G_OPTION_ARG_NONE, &self->is_relay_only,
      "Send sound through a relay or not at all", NULL },
    { "dump-dot", 0, 0, G_OPTION_ARG_FILENAME, &self->dump_folder,
      "Draw the pipelines for Graphviz when somebody is first heard, and at the end", "FOLDER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->is_json, "Print events as one JSON object a line",
      NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->positional, NULL, NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("LINK");

  g_option_context_set_summary (context,
                                "Joins a call, without a sound card unless told otherwise.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, make_who_group (self));
  g_option_context_add_group (context, confab_cli_voice_options_get_group (&self->voice));
  return context;
}

static GOptionContext *
make_devices_context (ConfabCliOptions *self, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->is_json, "Print one JSON object a line", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->positional, NULL, NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (context,
                                "Lists microphones and speakers, for --mic and --speaker.");
  g_option_context_add_main_entries (context, entries, NULL);
  return context;
}

static GOptionContext *
make_context (ConfabCliOptions *self, Raw *raw)
{
  switch (self->command) {
  case CONFAB_CLI_CREATE:
    return make_create_context (self, raw);
  case CONFAB_CLI_DEVICES:
    return make_devices_context (self, raw);
  case CONFAB_CLI_JOIN:
    break;
  }
  return make_join_context (self, raw);
}

static gboolean
check_who (const ConfabCliOptions *self, GError **error)
{
  if (self->name == NULL && self->login == NULL)
    return refuse (error, "Who are you? Say --name NAME, or --login NAME with an account");
  if (self->name != NULL && self->login != NULL)
    return refuse (error, "With --login the server knows your name: leave --name out");
  if (self->password_file != NULL && self->login == NULL)
    return refuse (error, "--password-file means nothing without --login");
  return check_text ("--name", self->name, CONFAB_LIMIT_NAME_CHARS, error) &&
         check_text ("--login", self->login, MAX_LOGIN_CHARS, error);
}

static gboolean
check (ConfabCliOptions *self, const Raw *raw, GError **error)
{
  switch (self->command) {
  case CONFAB_CLI_CREATE:
    return check_who (self, error) && check_create (self, raw, error);
  case CONFAB_CLI_DEVICES:
    return check_devices (raw, error);
  case CONFAB_CLI_JOIN:
    break;
  }
  return check_who (self, error) && check_join (self, raw, error);
}

static gboolean
find_command (const char *word, ConfabCliCommand *command)
{
  static const char *const words[] = {
    [CONFAB_CLI_CREATE] = "create",
    [CONFAB_CLI_DEVICES] = "devices",
    [CONFAB_CLI_JOIN] = "join",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_equal (word, words[i])) {
      *command = (ConfabCliCommand) i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_cli_is_command:
 *
 * Returns: whether @word is a command of confab-cli
 */
gboolean
confab_cli_is_command (const char *word)
{
  ConfabCliCommand command;

  return find_command (word, &command);
}

/**
 * confab_cli_options_parse:
 * @arguments: (array zero-terminated=1): a command and what follows it
 * @error: return location for a #GError
 *
 * Reads the command line. Prints the help of the command and ends the process when that is asked
 * for.
 *
 * Fails with a sentence for people, without a full stop.
 *
 * Returns: (transfer full): the options
 */
ConfabCliOptions *
confab_cli_options_parse (char **arguments, GError **error)
{
  g_autoptr (ConfabCliOptions) self = g_new0 (ConfabCliOptions, 1);
  g_auto (Raw) raw = { 0 };
  g_auto (GStrv) words = g_strdupv (arguments);
  g_autoptr (GOptionContext) context = NULL;
  g_autofree char *program = g_strconcat ("confab-cli ", arguments[0], NULL);

  self->voice = (ConfabCliVoiceOptions) CONFAB_CLI_VOICE_OPTIONS_INIT;
  if (!find_command (arguments[0], &self->command)) {
    refuse (error, "There is no command “%s”", arguments[0]);
    return NULL;
  }
  context = make_context (self, &raw);
  g_set_prgname (program);
  close_optional_arguments (words);
  if (!g_option_context_parse_strv (context, &words, error) || !check (self, &raw, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
confab_cli_options_free (ConfabCliOptions *self)
{
  g_free (self->server);
  g_free (self->name);
  g_free (self->login);
  g_free (self->password_file);
  g_free (self->title);
  g_free (self->link);
  g_free (self->play_path);
  g_free (self->record_path);
  g_free (self->record_folder);
  g_free (self->dump_folder);
  g_free (self->microphone);
  g_free (self->speaker);
  g_free (self);
}

/**
 * confab_cli_get_help:
 *
 * Returns: what confab-cli --help says
 */
const char *
confab_cli_get_help (void)
{
  return "Usage:\n"
         "  confab-cli create --server URL (--name NAME | --login NAME) [--title TITLE]\n"
         "  confab-cli devices [--json]\n"
         "  confab-cli join LINK (--name NAME | --login NAME) [OPTION…]\n"
         "\n"
         "Private group voice calls from the command line.\n"
         "\n"
         "Commands:\n"
         "  create     Create a call and print the link that lets others in\n"
         "  devices    List microphones and speakers\n"
         "  join       Join a call: play, record, echo, watch\n"
         "\n"
         "Options:\n"
         "  --help     Show this, or after a command its options\n"
         "  --version  Show the version\n";
}
