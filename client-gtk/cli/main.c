/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "confab-cli-create.h"
#include "confab-cli-devices.h"
#include "confab-cli-join.h"
#include "confab-cli-printer.h"

#define EXIT_WRONG_OPTIONS 2

static int
refuse (const char *sentence)
{
  g_autofree char *with_hint = g_strdup_printf ("%s (try “confab-cli --help”)", sentence);

  confab_cli_complain (with_hint);
  return EXIT_WRONG_OPTIONS;
}

static int
say (const char *text)
{
  fputs (text, stdout);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (ConfabCliOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* who reads us may go: that is an error of write () */
  signal (SIGXFSZ, SIG_IGN); /* so is a recording that grows beyond a limit */
  if (argc < 2)
    return refuse ("What shall I do?");
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") ||
      g_str_equal (argv[1], "help"))
    return say (confab_cli_get_help ());
  if (g_str_equal (argv[1], "--version"))
    return say ("confab-cli " CONFAB_VERSION "\n");
  if (!confab_cli_is_command (argv[1])) {
    g_autofree char *sentence = g_strdup_printf ("There is no command “%s”", argv[1]);

    return refuse (sentence);
  }
  options = confab_cli_options_parse (argv + 1, &error);
  if (options == NULL)
    return refuse (error->message);
  switch (options->command) {
  case CONFAB_CLI_CREATE:
    return confab_cli_create (options);
  case CONFAB_CLI_DEVICES:
    return confab_cli_devices (options);
  case CONFAB_CLI_JOIN:
    break;
  }
  return confab_cli_join (options);
}
