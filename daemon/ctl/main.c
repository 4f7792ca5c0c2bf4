/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <signal.h>

#include "confabd-ctl.h"
#include "confabd-log.h"
#include "confabd-statements.h"

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a limit of file sizes is a full disk, not the end */
  confabd_log_install ();
  confabd_statements_set_slow_ms (
      G_MAXINT); /* the log of a server; here it would spoil an answer */
  return confabd_ctl_main (argc, argv);
}
