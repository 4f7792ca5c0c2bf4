/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "confab-ui-application.h"

int
main (int argc, char **argv)
{
  const char *localedir = g_getenv ("CONFAB_LOCALEDIR"); /* to run from a build tree */
  g_autoptr (ConfabUiApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, localedir != NULL ? localedir : CONFAB_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = confab_ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
