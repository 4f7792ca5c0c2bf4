/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-crash"

#include "config.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "confabd-crash.h"
#include "confabd-stack.h"

#define MAX_BYTES (64 * 1024) /* of what was left behind; a stack has a tenth of it */

/*
 * What a process can still do when it crashes: write its stack into a file that is open already.
 * The next one finds it there. One crash a process, so there is one of everything here.
 */

static const struct {
  int number;
  const char *text;
} fatal_signals[] = {
  { SIGSEGV, "Crashed: SIGSEGV\n" }, { SIGBUS, "Crashed: SIGBUS\n" },
  { SIGILL, "Crashed: SIGILL\n" },   { SIGFPE, "Crashed: SIGFPE\n" },
  { SIGABRT, "Crashed: SIGABRT\n" }, { SIGTRAP, "Crashed: SIGTRAP\n" },
};

static int crash_fd = -1;
/* A stack that ran over has no room for its own obituary. */
static char signal_stack[64 * 1024];

static void
write_all (const char *text)
{
  gssize written = write (crash_fd, text, strlen (text));

  (void) written; /* there is nobody left to tell */
}

/* Only what signal-safety(7) allows; backtrace () does, once its library is loaded. */
static void
on_fatal_signal (int number)
{
  void *addresses[CONFABD_STACK_MAX_FRAMES];

  for (guint i = 0; i < G_N_ELEMENTS (fatal_signals); i++) {
    if (fatal_signals[i].number == number)
      write_all (fatal_signals[i].text);
  }
  backtrace_symbols_fd (addresses, backtrace (addresses, CONFABD_STACK_MAX_FRAMES), crash_fd);
  raise (number); /* SA_RESETHAND: this time it ends the process, with a core if one is wanted */
}

static void
install_handlers (void)
{
  const stack_t stack = { .ss_sp = signal_stack, .ss_size = sizeof signal_stack };
  const struct sigaction action = {
    .sa_handler = on_fatal_signal,
    .sa_flags = (int) (SA_RESETHAND | SA_NODEFER | SA_ONSTACK),
  };
  void *address = NULL;

  backtrace (&address, 1); /* loads its library now */
  sigaltstack (&stack, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fatal_signals); i++)
    sigaction (fatal_signals[i].number, &action, NULL);
}

static char *
read_left_behind (int fd)
{
  g_autofree char *text = g_malloc0 (MAX_BYTES + 1);

  if (pread (fd, text, MAX_BYTES, 0) <= 0)
    return NULL;
  return g_utf8_make_valid (text, -1);
}

/**
 * confabd_crash_watch:
 * @path: of a file; its folder is made when it is missing
 * @left_behind: (out) (transfer full) (nullable): what a process before this one wrote there when
 *   it crashed
 * @error: return location for a #GError
 *
 * From now on a crash is written down. Waits for the disk; once a process, from its first thread.
 *
 * Returns: whether it can be
 */
gboolean
confabd_crash_watch (const char *path, char **left_behind, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int saved_errno;

  g_mkdir_with_parents (folder, 0700);
  crash_fd = g_open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  saved_errno = errno;
  if (crash_fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                 "“%s” cannot be opened: %s", path, g_strerror (saved_errno));
    return FALSE;
  }
  *left_behind = read_left_behind (crash_fd);
  if (ftruncate (crash_fd, 0) != 0)
    g_message ("“%s” cannot be emptied", path);
  install_handlers ();
  return TRUE;
}

/**
 * confabd_crash_note:
 * @message: the last words of a process that is about to end itself, redacted
 */
void
confabd_crash_note (const char *message)
{
  g_autofree char *line = g_strconcat (message, "\n", NULL);

  if (crash_fd >= 0)
    write_all (line);
}
