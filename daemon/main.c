/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <signal.h>

#include "confabd-application.h"
#include "confabd-docs-resources.h"
#include "confabd-guest-resources.h"
#include "confabd-log.h"

int
main (int argc, char *argv[])
{
  g_autoptr (ConfabdApplication) application = NULL;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a limit of file sizes is a full disk, not the end */
  confabd_log_install ();
  confabd_docs_register_resource ();
  confabd_guest_register_resource ();
  application = confabd_application_new ();
  return confabd_application_run (application, argc, argv);
}
