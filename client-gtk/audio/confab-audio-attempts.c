/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-attempts"

#include "config.h"

#include "confab-audio-attempts.h"
#include "confab-audio-context.h"
#include "confab-backoff.h"
#include "confab-error.h"

struct _ConfabAudioAttempts {
  GMainContext *context;           /* (owned) */
  const ConfabAudioTiming *timing; /* (unowned) the engine's */
  ConfabAudioAttemptsEvents events;
  gpointer user_data; /* (unowned) owns us */
  guint n_failed;     /* in a row */
  ConfabBackoff backoff;
  GSource *timer; /* (owned) (nullable) deadline of an attempt, or the pause before the next */
};

static void
arm (ConfabAudioAttempts *self, guint interval_ms, GSourceFunc func)
{
  confab_audio_context_clear_source (&self->timer);
  self->timer = confab_audio_context_add_timeout (self->context, interval_ms, func, self);
}

static gboolean
on_deadline (gpointer user_data)
{
  ConfabAudioAttempts *self = user_data;
  g_autoptr (GError) error =
      g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "No sound came within %u seconds",
                   (self->timing->attempt_ms + 999) / 1000);

  confab_audio_context_clear_source (&self->timer);
  self->events.timed_out (error, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  ConfabAudioAttempts *self = user_data;

  confab_audio_context_clear_source (&self->timer);
  self->events.again (self->user_data);
  return G_SOURCE_REMOVE;
}

/**
 * confab_audio_attempts_begin:
 * @self: the attempts
 *
 * One begins, in place of one that is under way: it has so long as the timing says.
 */
void
confab_audio_attempts_begin (ConfabAudioAttempts *self)
{
  arm (self, self->timing->attempt_ms, on_deadline);
}

/**
 * confab_audio_attempts_fail:
 * @self: the attempts
 *
 * One came to nothing; the next follows after a pause.
 *
 * Returns: whether it follows soon; %FALSE: there were so many that there is one now and then, in
 *   case the other side comes back
 */
gboolean
confab_audio_attempts_fail (ConfabAudioAttempts *self)
{
  gboolean is_soon = ++self->n_failed < self->timing->max_attempts;

  arm (self,
       is_soon ? confab_backoff_next_ms (&self->backoff, g_random_double ())
               : self->timing->slow_retry_ms,
       on_pause_over);
  return is_soon;
}

/**
 * confab_audio_attempts_settle:
 * @self: the attempts
 *
 * One was of use: those before do not count any more.
 */
void
confab_audio_attempts_settle (ConfabAudioAttempts *self)
{
  confab_audio_attempts_stop (self);
  confab_backoff_reset (&self->backoff);
  self->n_failed = 0;
}

/**
 * confab_audio_attempts_stop:
 * @self: the attempts
 *
 * None follows of itself.
 */
void
confab_audio_attempts_stop (ConfabAudioAttempts *self)
{
  confab_audio_context_clear_source (&self->timer);
}

/**
 * confab_audio_attempts_are_under_way:
 * @self: the attempts
 *
 * Returns: whether one is being made, or follows of itself
 */
gboolean
confab_audio_attempts_are_under_way (ConfabAudioAttempts *self)
{
  return self->timer != NULL;
}

/**
 * confab_audio_attempts_new:
 * @context: where @events are called
 * @timing: (transfer none): how long to wait for what; outlives the attempts
 * @events: what is due
 * @user_data: for @events; lives until the attempts are freed or stopped
 *
 * Returns: (transfer full): no attempt yet
 */
ConfabAudioAttempts *
confab_audio_attempts_new (GMainContext *context,
                           const ConfabAudioTiming *timing,
                           const ConfabAudioAttemptsEvents *events,
                           gpointer user_data)
{
  ConfabAudioAttempts *self = g_new0 (ConfabAudioAttempts, 1);

  self->context = g_main_context_ref (context);
  self->timing = timing;
  self->events = *events;
  self->user_data = user_data;
  self->backoff =
      (ConfabBackoff) CONFAB_BACKOFF_INIT (timing->retry_first_ms, timing->retry_limit_ms);
  return self;
}

void
confab_audio_attempts_free (ConfabAudioAttempts *self)
{
  confab_audio_attempts_stop (self);
  g_main_context_unref (self->context);
  g_free (self);
}
