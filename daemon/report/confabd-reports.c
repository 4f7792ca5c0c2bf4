/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-reports"

#include "config.h"

#include <libsoup/soup.h>

#include "confabd-crash.h"
#include "confabd-dsn.h"
#include "confabd-log-format.h"
#include "confabd-log.h"
#include "confabd-report.h"
#include "confabd-reports.h"
#include "confabd-stack.h"

#define MAX_WAITING       32 /* 300 kB; whoever has that many at once has one reason for all of them */
#define TIMEOUT_S         10
#define PAUSE_S           60 /* when the server says that it is too much, and not for how long */
#define MAX_PAUSE_S       3600
#define TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup 3.2 has no name for it */
#define LISTENER_FRAMES   4   /* of the log itself */

/*
 * Tells a server that speaks Sentry's protocol what went wrong: warnings and worse of the log with
 * their stacks, and the crash of the process before this one. Redacted like the log, bounded in
 * number and rate; what cannot be sent is counted and forgotten.
 *
 * Reports are made on the thread where it happened and sent from the context of the object.
 */
struct _ConfabdReports {
  GObject parent_instance;

  char *endpoint;         /* (owned) */
  char *credentials;      /* (owned) the field X-Sentry-Auth */
  char *environment;      /* (owned) */
  SoupSession *session;   /* (owned) */
  GMainContext *context;  /* (owned) where to send from */
  GCancellable *stopping; /* (owned) */
  GSource *pause;         /* (owned) (nullable) while nothing is sent */
  gboolean is_sending;
  gboolean is_listening;

  GMutex mutex;
  GQueue waiting; /* (element-type GBytes) (owned) under the mutex, as what follows */
  double tokens;
  guint per_minute;
  gint64 filled_at_mono_us;
  ConfabdReportCounts counts;
};

G_DEFINE_FINAL_TYPE (ConfabdReports, confabd_reports, G_TYPE_OBJECT)

static void send_next (ConfabdReports *self);

/* Under the mutex. */
static gboolean
take_token (ConfabdReports *self)
{
  gint64 now_mono_us = g_get_monotonic_time ();
  double minutes = (double) (now_mono_us - self->filled_at_mono_us) / G_TIME_SPAN_MINUTE;

  self->filled_at_mono_us = now_mono_us;
  self->tokens = MIN (self->tokens + minutes * self->per_minute, (double) self->per_minute);
  if (self->tokens < 1)
    return FALSE;
  self->tokens -= 1;
  return TRUE;
}

static gboolean
may_report (ConfabdReports *self)
{
  gboolean may;

  g_mutex_lock (&self->mutex);
  may = self->waiting.length < MAX_WAITING && take_token (self);
  self->counts.n_dropped += !may;
  g_mutex_unlock (&self->mutex);
  return may;
}

static gboolean
on_something_waits (gpointer user_data)
{
  send_next (CONFABD_REPORTS (user_data));
  return G_SOURCE_REMOVE;
}

/* Never from within the log. */
static void
wake (ConfabdReports *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_something_waits, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
}

static void
add_report (ConfabdReports *self, ConfabdReport *report)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  report->environment = self->environment;
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->waiting, confabd_report_render (report, now));
  g_mutex_unlock (&self->mutex);
  wake (self);
}

static const char *
get_level (GLogLevelFlags level)
{
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    return "fatal";
  return (level & G_LOG_LEVEL_CRITICAL) != 0 ? "error" : "warning";
}

/* There is no time to send the last words of a process. */
static void
note_last_words (const GLogField *fields, gsize n_fields)
{
  const char *message = confabd_log_find_text (fields, n_fields, "MESSAGE");
  g_autofree char *redacted = confabd_log_redact_field ("MESSAGE", message != NULL ? message : "");

  confabd_crash_note (redacted);
}

static void
on_logged (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  ConfabdReports *self = CONFABD_REPORTS (user_data);
  g_autoptr (GPtrArray) stack = NULL;
  ConfabdReport report = { .level = get_level (level), .fields = fields, .n_fields = n_fields };

  if ((level & G_LOG_LEVEL_ERROR) != 0)
    note_last_words (fields, n_fields);
  else if (may_report (self)) {
    report.stack = stack = confabd_stack_capture (LISTENER_FRAMES);
    add_report (self, &report);
  }
}

static gboolean
on_pause_over (gpointer user_data)
{
  ConfabdReports *self = CONFABD_REPORTS (user_data);

  g_clear_pointer (&self->pause, g_source_unref);
  send_next (self);
  return G_SOURCE_REMOVE;
}

static void
pause_sending (ConfabdReports *self, const char *retry_after)
{
  guint64 seconds = PAUSE_S;

  if (retry_after != NULL)
    g_ascii_string_to_unsigned (retry_after, 10, 1, MAX_PAUSE_S, &seconds, NULL);
  self->pause = g_timeout_source_new_seconds ((guint) seconds);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, self->context);
}

static void
note_result (ConfabdReports *self, gboolean is_sent)
{
  g_mutex_lock (&self->mutex);
  if (is_sent)
    self->counts.n_sent++;
  else
    self->counts.n_failed++;
  g_mutex_unlock (&self->mutex);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdReports) self = CONFABD_REPORTS (user_data);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
      soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  guint status = body != NULL ? soup_message_get_status (message) : 0;

  self->is_sending = FALSE;
  note_result (self, SOUP_STATUS_IS_SUCCESSFUL (status));
  if (g_cancellable_is_cancelled (self->stopping))
    return;
  if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    g_message ("A report of an error was not taken: %s",
               error != NULL ? error->message : soup_status_get_phrase (status));
  if (status == TOO_MANY_REQUESTS)
    pause_sending (self, soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                       "Retry-After"));
  else
    send_next (self);
}

static GBytes *
take_next (ConfabdReports *self)
{
  GBytes *envelope;

  g_mutex_lock (&self->mutex);
  envelope = g_queue_pop_head (&self->waiting);
  g_mutex_unlock (&self->mutex);
  return envelope;
}

/* One at a time, in order. */
static void
send_next (ConfabdReports *self)
{
  g_autoptr (GBytes) envelope = NULL;
  g_autoptr (SoupMessage) message = NULL;

  if (self->is_sending || self->pause != NULL || g_cancellable_is_cancelled (self->stopping))
    return;
  envelope = take_next (self);
  if (envelope == NULL)
    return;
  self->is_sending = TRUE;
  message = soup_message_new (SOUP_METHOD_POST, self->endpoint);
  soup_message_headers_append (soup_message_get_request_headers (message), "X-Sentry-Auth",
                               self->credentials);
  soup_message_set_request_body_from_bytes (message, "application/x-sentry-envelope", envelope);
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_LOW, self->stopping, on_sent,
                                    g_object_ref (self));
}

static void
confabd_reports_dispose (GObject *object)
{
  ConfabdReports *self = CONFABD_REPORTS (object);

  if (self->is_listening)
    confabd_log_set_listener (NULL, NULL);
  self->is_listening = FALSE;
  if (self->pause != NULL)
    g_source_destroy (self->pause);
  g_clear_pointer (&self->pause, g_source_unref);
  g_cancellable_cancel (self->stopping);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (confabd_reports_parent_class)->dispose (object);
}

static void
confabd_reports_finalize (GObject *object)
{
  ConfabdReports *self = CONFABD_REPORTS (object);

  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->context);
  g_object_unref (self->stopping);
  g_free (self->endpoint);
  g_free (self->credentials);
  g_free (self->environment);

  G_OBJECT_CLASS (confabd_reports_parent_class)->finalize (object);
}

static void
confabd_reports_class_init (ConfabdReportsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_reports_dispose;
  object_class->finalize = confabd_reports_finalize;
}

static void
confabd_reports_init (ConfabdReports *self)
{
  g_mutex_init (&self->mutex);
  g_queue_init (&self->waiting);
  self->context = g_main_context_ref_thread_default ();
  self->stopping = g_cancellable_new ();
}

/**
 * confabd_reports_new:
 * @dsn: where reports go: “https://KEY@HOST/PROJECT”
 * @environment: what the server calls this one: “production”
 * @per_minute: how many at most, also at once
 * @error: return location for a #GError
 *
 * Returns: (transfer full): reports, which are sent from the thread-default main context
 */
ConfabdReports *
confabd_reports_new (const char *dsn, const char *environment, guint per_minute, GError **error)
{
  g_autoptr (ConfabdReports) self = g_object_new (CONFABD_TYPE_REPORTS, NULL);
  g_autofree char *key = NULL;

  if (!confabd_dsn_parse (dsn, &self->endpoint, &key, error))
    return NULL;
  self->credentials = g_strdup_printf (
      "Sentry sentry_version=7, sentry_client=confabd/" CONFAB_VERSION ", sentry_key=%s", key);
  self->environment = g_strdup (environment);
  self->per_minute = per_minute;
  self->tokens = per_minute;
  self->filled_at_mono_us = g_get_monotonic_time ();
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S, "max-conns", 1, NULL);
  return g_steal_pointer (&self);
}

/**
 * confabd_reports_listen:
 * @self: reports
 *
 * From now on, until the object goes, warnings and worse of the log are reported.
 */
void
confabd_reports_listen (ConfabdReports *self)
{
  self->is_listening = TRUE;
  confabd_log_set_listener (on_logged, self);
}

/* The first line says what happened, others may be the last words. */
static char *
dup_words (const char *left_behind)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (left_behind, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] != '\0' && !g_str_has_suffix (lines[i], "]"))
      g_string_append_printf (words, "%s%s", words->len > 0 ? "; " : "", lines[i]);
  }
  return g_strdup (words->str);
}

/**
 * confabd_reports_watch_crashes:
 * @self: reports
 * @path: of a file of this daemon's own
 *
 * Reports how the process before this one crashed, and sees to it that the next one can. Waits for
 * the disk; once a process, at its start.
 */
void
confabd_reports_watch_crashes (ConfabdReports *self, const char *path)
{
  g_autofree char *left_behind = NULL;
  g_autofree char *words = NULL;
  g_autoptr (GPtrArray) stack = NULL;
  g_autoptr (GError) error = NULL;
  GLogField fields[] = { { "GLIB_DOMAIN", "confabd-crash", -1 }, { "MESSAGE", NULL, -1 } };
  ConfabdReport report = { .level = "fatal", .fields = fields, .n_fields = 2 };

  if (!confabd_crash_watch (path, &left_behind, &error)) {
    g_message ("Crashes will not be reported: %s", error->message);
    return;
  }
  if (left_behind == NULL || !may_report (self))
    return;
  words = dup_words (left_behind);
  fields[1].value = words;
  report.stack = stack = confabd_stack_parse (left_behind);
  add_report (self, &report);
}

/**
 * confabd_reports_get_counts:
 * @self: reports
 * @counts: (out caller-allocates): since the object was made
 */
void
confabd_reports_get_counts (ConfabdReports *self, ConfabdReportCounts *counts)
{
  g_mutex_lock (&self->mutex);
  *counts = self->counts;
  g_mutex_unlock (&self->mutex);
}
