/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

/* Small equivalents of what GLib learnt after our baseline, 2.74. Each names the version that makes
 * it superfluous. */

/* g_set_str (), GLib 2.76: TRUE when the string changed. */
static inline gboolean
confab_set_str (char **str_pointer, const char *new_str)
{
  char *copy = NULL;

  if (g_strcmp0 (*str_pointer, new_str) == 0)
    return FALSE;
  copy = g_strdup (new_str);
  g_free (*str_pointer);
  *str_pointer = copy;
  return TRUE;
}

/* g_clear_fd (), GLib 2.76: closes once and keeps errno. */
static inline void
confab_clear_fd (int *fd_pointer)
{
  int saved_errno = errno;

  if (*fd_pointer >= 0)
    g_close (g_steal_fd (fd_pointer), NULL);
  errno = saved_errno;
}

/* g_autofd, GLib 2.76 */
#define confab_autofd __attribute__ ((cleanup (confab_clear_fd)))
