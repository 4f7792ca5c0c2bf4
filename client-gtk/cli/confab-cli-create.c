/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <stdio.h>

#include "confab-cli-create.h"
#include "confab-cli-entry.h"
#include "confab-cli-printer.h"
#include "confab-session.h"

typedef struct {
  const ConfabCliOptions *options; /* (unowned) */
  GMainLoop *loop;                 /* (owned) */
  ConfabSession *session;          /* (owned) (nullable) */
  char *link;                      /* (owned) (nullable) */
  GError *error;                   /* (owned) (nullable) */
} Creation;

static void
creation_clear (Creation *self)
{
  g_main_loop_unref (self->loop);
  g_clear_object (&self->session);
  g_free (self->link);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Creation, creation_clear)

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Creation *self = user_data;
  g_autoptr (ConfabCall) call = NULL;

  call = confab_client_create_call_finish (confab_session_get_client (self->session), result,
                                           &self->link, &self->error);
  g_main_loop_quit (self->loop);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Creation *self = user_data;

  if (!confab_cli_entry_finish (self->session, result, &self->error))
    g_main_loop_quit (self->loop);
  else
    confab_client_create_call_async (confab_session_get_client (self->session),
                                     self->options->title, 0, self->options->recording_policy, NULL,
                                     on_created, self);
}

/**
 * confab_cli_create:
 * @options: of the command “create”
 *
 * Signs in, creates a call and prints its link alone.
 *
 * Returns: 0, or 1 when it failed, which was said on standard error
 */
int
confab_cli_create (const ConfabCliOptions *options)
{
  g_autoptr (ConfabClient) client = NULL;
  g_auto (Creation) self = { .options = options, .loop = g_main_loop_new (NULL, FALSE) };

  client = confab_client_new (options->server, &self.error);
  if (client != NULL) {
    self.session = confab_session_new (client, NULL);
    if (confab_cli_entry_begin (self.session, options, NULL, on_signed_in, &self, &self.error)) {
      g_main_loop_run (self.loop);
      confab_cli_entry_leave (self.session);
    }
  }
  if (self.error != NULL) {
    confab_cli_complain (self.error->message);
    return 1;
  }
  if (printf ("%s\n", self.link) < 0 || fflush (stdout) != 0) {
    confab_cli_complain ("The link cannot be printed");
    return 1;
  }
  return 0;
}
