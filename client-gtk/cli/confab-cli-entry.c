/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "confab-cli-entry.h"
#include "confab-error.h"

#define MAX_PASSWORD_BYTES (4 * 1024 + 2) /* 1024 characters and the end of the line */
#define GOODBYE_MS         2000

/* As whom one is on a server: a guest, or somebody with an account. A password comes from a file,
 * from standard input or from whoever sits at the terminal; never from the command line, which
 * every process can read. */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, sentence);
  return FALSE;
}

/* The first line. */
static gboolean
read_line (FILE *stream, char *password, GError **error)
{
  if (fgets (password, MAX_PASSWORD_BYTES, stream) == NULL)
    return refuse (error, "There is no password to read");
  password[strcspn (password, "\r\n")] = '\0';
  if (*password == '\0')
    return refuse (error, "The password is empty");
  if (!g_utf8_validate (password, -1, NULL))
    return refuse (error, "The password is not UTF-8");
  return TRUE;
}

static gboolean
ask_at_terminal (const char *login, char *password, GError **error)
{
  struct termios shown;
  struct termios hidden;
  gboolean is_read = FALSE;

  if (tcgetattr (STDIN_FILENO, &shown) != 0)
    return refuse (error, "The terminal cannot hide the password");
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  fprintf (stderr, "Password of %s: ", login);
  is_read = read_line (stdin, password, error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  fputc ('\n', stderr);
  return is_read;
}

static gboolean
read_file (const char *path, char *password, GError **error)
{
  FILE *stream = fopen (path, "re");
  gboolean is_read = FALSE;

  if (stream == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "“%s” cannot be read: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  setvbuf (stream, NULL, _IONBF, 0); /* no copy is left behind */
  is_read = read_line (stream, password, error);
  fclose (stream);
  return is_read;
}

static gboolean
read_password (const ConfabCliOptions *options, char *password, GError **error)
{
  if (options->password_file != NULL && strcmp (options->password_file, "-") != 0)
    return read_file (options->password_file, password, error);
  if (options->password_file == NULL && isatty (STDIN_FILENO))
    return ask_at_terminal (options->login, password, error);
  return read_line (stdin, password, error);
}

/**
 * confab_cli_entry_begin:
 * @session: where nobody is signed in
 * @options: as whom
 * @cancellable: (nullable): to give up
 * @callback: called when done
 * @user_data: for @callback
 * @error: return location for a #GError: %CONFAB_ERROR_BAD_REQUEST or %CONFAB_ERROR_BAD_FILE when
 *   there is no password to be had
 *
 * Signs in. Waits here for whoever has to type a password.
 *
 * Returns: whether @callback will be called
 */
gboolean
confab_cli_entry_begin (ConfabSession *session,
                        const ConfabCliOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data,
                        GError **error)
{
  char password[MAX_PASSWORD_BYTES] = "";
  gboolean is_read = FALSE;

  if (options->login == NULL) {
    confab_session_sign_in_guest_async (session, options->name, cancellable, callback, user_data);
    return TRUE;
  }
  is_read = read_password (options, password, error);
  if (is_read)
    confab_session_sign_in_async (session, options->login, password, "confab-cli", FALSE,
                                  cancellable, callback, user_data);
  explicit_bzero (password, sizeof password);
  return is_read;
}

/**
 * confab_cli_entry_finish:
 * @session: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Returns: whether somebody is signed in
 */
gboolean
confab_cli_entry_finish (ConfabSession *session, GAsyncResult *result, GError **error)
{
  gpointer tag = g_task_get_source_tag (G_TASK (result));
  g_autoptr (ConfabUser) user = tag == confab_session_sign_in_async
                                    ? confab_session_sign_in_finish (session, result, error)
                                    : confab_session_sign_in_guest_finish (session, result, error);

  return user != NULL;
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_done = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_session_sign_out_finish (CONFAB_SESSION (source), result, &error))
    g_debug ("The server was not told that we signed out: %s", error->message);
  *is_done = TRUE;
}

static gboolean
on_too_late (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * confab_cli_entry_leave:
 * @session: (nullable): a session
 *
 * Signs out, so that the list of somebody's sessions does not grow with each command. Guests just
 * go. Returns within two seconds.
 */
void
confab_cli_entry_leave (ConfabSession *session)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean is_done = FALSE;
  guint timer = 0;

  if (session == NULL || confab_session_get_login (session) == NULL)
    return;
  timer = g_timeout_add (GOODBYE_MS, on_too_late, cancellable);
  confab_session_sign_out_async (session, cancellable, on_left, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}
