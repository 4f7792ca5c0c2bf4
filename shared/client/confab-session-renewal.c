/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-client-private.h"
#include "confab-error.h"
#include "confab-keepalive-private.h"
#include "confab-session-private.h"

/* The tokens of a session: a new one before the old one is too old, and when it is refused. */

#define SPARE_US         (5 * G_TIME_SPAN_MINUTE) /* for a slow network and a clock that is wrong */
#define SPARE_SHARE      4                        /* of a short life: a quarter */
#define LONGEST_WAIT_US  G_TIME_SPAN_DAY
#define RETRY_FIRST_MS   2000
#define RETRY_LONGEST_MS (5 * 60 * 1000)

void
confab_session_init_renewal (ConfabSession *self)
{
  self->backoff = (ConfabBackoff) CONFAB_BACKOFF_INIT (RETRY_FIRST_MS, RETRY_LONGEST_MS);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabSession *self = user_data;

  confab_timer_stop (&self->timer);
  confab_session_renew_async (self, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
renew_after (ConfabSession *self, gint64 delay_us)
{
  guint delay_ms = (guint) (MIN (delay_us, LONGEST_WAIT_US) / G_TIME_SPAN_MILLISECOND);

  confab_timer_stop (&self->timer);
  self->timer = confab_timer_start (delay_ms, on_timer, self);
}

/* By a clock that is ahead of the server's every token is old already: then its refusal has to tell
 * us, or we would ask for a new one without end. */
void
confab_session_plan_renewal (ConfabSession *self, GDateTime *expires_at)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  gint64 life_us = expires_at != NULL ? g_date_time_difference (expires_at, now) : 0;

  confab_timer_stop (&self->timer);
  confab_backoff_reset (&self->backoff);
  if (self->refresh_token != NULL && life_us > 0)
    renew_after (self, life_us - MIN (life_us / SPARE_SHARE, SPARE_US));
}

static void
answer_waiting (ConfabSession *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++) {
    if (error == NULL)
      g_task_return_boolean (waiting->pdata[i], TRUE);
    else
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
  }
}

static GError *
make_signed_out_error (void)
{
  return g_error_new (CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED, "Nobody is signed in");
}

/* Whatever is still answered to the request that is under way means nothing any more. */
void
confab_session_stop_renewal (ConfabSession *self)
{
  g_autoptr (GCancellable) renewing = g_steal_pointer (&self->renewing);
  g_autoptr (GError) error = NULL;

  confab_timer_stop (&self->timer);
  if (renewing == NULL)
    return;
  g_cancellable_cancel (renewing);
  error = make_signed_out_error ();
  answer_waiting (self, error);
}

/* The server has looked at the token, and does not want it. All else passes. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST) ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED) ||
         (error->domain == CONFAB_ERROR &&
          confab_error_get_http_status ((ConfabError) error->code) == SOUP_STATUS_UNAUTHORIZED);
}

static void
take_failure (ConfabSession *self, const GError *error)
{
  guint pause_ms = confab_backoff_next_ms (&self->backoff, g_random_double ());

  if (is_refusal (error)) {
    confab_session_end (self, error);
    return;
  }
  confab_session_set_offline (self, TRUE);
  renew_after (self, pause_ms * G_TIME_SPAN_MILLISECOND);
}

static void
on_renewed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabSession) self = user_data;
  g_autoptr (ConfabMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *login = g_strdup (self->login);

  reply = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_task_get_cancellable (G_TASK (result)) != self->renewing)
    return;
  g_clear_object (&self->renewing);
  if (reply == NULL || !confab_session_adopt (self, reply, login, self->is_kept, &error))
    take_failure (self, error);
  answer_waiting (self, error);
}

static void
ask_for_token (ConfabSession *self)
{
  ConfabMessage *body = confab_message_new (NULL);

  confab_message_set_string (body, "refresh_token", self->refresh_token);
  self->renewing = g_cancellable_new ();
  confab_client_send_anonymous (
      self->client, SOUP_METHOD_POST, "/auth/refresh", body,
      g_task_new (self->client, self->renewing, on_renewed, g_object_ref (self)));
}

/* Gets another token; however many ask, the server is asked once. A session without a way to do so,
 * a guest's, is over with its token. The callback is optional; it gets a GTask with a boolean. */
void
confab_session_renew_async (ConfabSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, confab_session_renew_async);
  g_ptr_array_add (self->waiting, task);
  if (self->renewing != NULL)
    return;
  if (self->refresh_token != NULL) {
    ask_for_token (self);
    return;
  }
  error = make_signed_out_error ();
  confab_session_end (self, error);
  answer_waiting (self, error);
}
