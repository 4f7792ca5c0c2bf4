/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-post"

#include "config.h"

#include <libsoup/soup.h>

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-time.h"
#include "confabd-webhooks.h"

#define TIMEOUT_S      20
#define MAX_BODY_CHARS 16384
#define N_AT_ONCE      16 /* not fewer than jobs at once: a job that waits for a connection is late */

/**
 * ConfabdWebhooks:
 *
 * Tells other servers what happens: a job for each event and each of them, and the doing of these
 * jobs.
 *
 * Where to is the administrator's word alone, and only as long as it is in the configuration. No
 * redirect is followed, no proxy asked, no answer read. Source: docs/webhooks.md.
 */
struct _ConfabdWebhooks {
  GObject parent_instance;

  char **urls;          /* (owned) */
  char **events;        /* (owned) */
  GBytes *secret;       /* (owned) */
  SoupSession *session; /* (owned) */
  ConfabdJobs *jobs;    /* (unowned) (nullable) they own us; there when it follows calls */
};

static void confabd_webhooks_handler_init (ConfabdJobHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdWebhooks,
                               confabd_webhooks,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_JOB_HANDLER,
                                                      confabd_webhooks_handler_init))

/* ---- telling ---- */

/* “t=1772356570,v1=5f3a…”: HMAC-SHA256 over “1772356570.” and the body. */
static char *
sign (ConfabdWebhooks *self, const char *body)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT ".%s", now_s, body);
  gsize size = 0;
  gconstpointer key = g_bytes_get_data (self->secret, &size);
  g_autofree char *digest = g_compute_hmac_for_string (G_CHECKSUM_SHA256, key, size, text, -1);

  return g_strdup_printf ("t=%" G_GINT64_FORMAT ",v1=%s", now_s, digest);
}

static GError *
judge (guint status)
{
  if (status >= 200 && status < 300) {
    return NULL;
  }
  if (status == SOUP_STATUS_GONE) {
    return g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                                "The receiver wants no more of them (410)");
  }
  return g_error_new (CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE, "The receiver says %u", status);
}

static void
on_sent (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GInputStream) stream =
      soup_session_send_finish (SOUP_SESSION (object), result, &error);

  if (error == NULL) {
    error = judge (soup_message_get_status (g_task_get_task_data (task)));
  }
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

static SoupMessage *
make_message (
    ConfabdWebhooks *self, const char *id, const char *url, const char *event, const char *body)
{
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, url);
  SoupMessageHeaders *fields = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autofree char *signature = sign (self, body);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_message_headers_replace (fields, "Confab-Event", event);
  soup_message_headers_replace (fields, "Confab-Delivery", id);
  soup_message_headers_replace (fields, "Confab-Signature", signature);
  return message;
}

static void
confabd_webhooks_run_async (ConfabdJobHandler *handler,
                            const char *id,
                            ConfabMessage *payload,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  ConfabdWebhooks *self = CONFABD_WEBHOOKS (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  SoupMessage *message = NULL;
  const char *url = NULL;
  const char *event = NULL;
  const char *body = NULL;

  g_task_set_source_tag (task, confabd_webhooks_run_async);
  if (!confab_message_get_string (payload, "url", CONFAB_FIELD_REQUIRED, 2000, &url, NULL) ||
      !confab_message_get_string (payload, "event", CONFAB_FIELD_REQUIRED, 64, &event, NULL) ||
      !confab_message_get_string (payload, "body", CONFAB_FIELD_REQUIRED, MAX_BODY_CHARS, &body,
                                  NULL) ||
      !g_strv_contains ((const char *const *) self->urls, url)) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                             "The configuration does not name that receiver");
    return;
  }
  message = make_message (self, id, url, event, body);
  g_task_set_task_data (task, message, g_object_unref);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, cancellable, on_sent,
                           g_steal_pointer (&task));
}

static gboolean
confabd_webhooks_run_finish (ConfabdJobHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
confabd_webhooks_handler_init (ConfabdJobHandlerInterface *iface)
{
  iface->run_async = confabd_webhooks_run_async;
  iface->run_finish = confabd_webhooks_run_finish;
}

/* ---- what there is to tell ---- */

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!confabd_jobs_add_finish (CONFABD_JOBS (object), result, &error)) {
    g_warning ("Nobody is told “%s”: %s", (const char *) user_data, error->message);
  }
}

static ConfabMessage *
describe_call (ConfabCall *call)
{
  ConfabMessage *about = confab_message_new (NULL);

  confab_message_set_string (about, "id", confab_call_get_id (call));
  confab_message_set_string (about, "title", confab_call_get_title (call));
  confab_message_set_string (about, "state",
                             confab_call_state_to_string (confab_call_get_state (call)));
  confab_message_set_string (about, "end_reason", confab_call_get_end_reason (call));
  return about;
}

static ConfabMessage *
describe_id (const char *id)
{
  ConfabMessage *about = confab_message_new (NULL);

  confab_message_set_string (about, "id", id);
  return about;
}

static ConfabMessage *
describe_participant (ConfabParticipant *participant)
{
  ConfabMessage *about = describe_id (confab_participant_get_id (participant));

  confab_message_set_string (about, "user_id", confab_participant_get_user_id (participant));
  confab_message_set_string (about, "display_name",
                             confab_participant_get_display_name (participant));
  confab_message_set_string (about, "role",
                             confab_role_to_string (confab_participant_get_role (participant)));
  return about;
}

/* Takes call and participant over. */
static char *
make_body (const char *event, ConfabMessage *call, ConfabMessage *participant)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GBytes) bytes = NULL;

  confab_message_set_string (body, "event", event);
  confab_message_set_time (body, "at", now);
  confab_message_take_object (body, "call", call);
  if (participant != NULL) {
    confab_message_take_object (body, "participant", participant);
  }
  bytes = confab_codec_encode (body);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
is_wanted (ConfabdWebhooks *self, const char *event)
{
  return g_strv_contains ((const char *const *) self->events, event);
}

/* event: a static string */
static void
tell (ConfabdWebhooks *self, const char *event, const char *body)
{
  for (guint i = 0; self->urls[i] != NULL; i++) {
    g_autoptr (ConfabMessage) payload = confab_message_new (NULL);

    confab_message_set_string (payload, "url", self->urls[i]);
    confab_message_set_string (payload, "event", event);
    confab_message_set_string (payload, "body", body);
    confabd_jobs_add_async (self->jobs, "webhook", NULL, payload, NULL, on_added, (gpointer) event);
  }
}

static void
tell_of_call (ConfabdWebhooks *self, const char *event, ConfabCall *call)
{
  if (is_wanted (self, event)) {
    g_autofree char *body = make_body (event, describe_call (call), NULL);

    tell (self, event, body);
  }
}

static void
on_call_created (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  tell_of_call (CONFABD_WEBHOOKS (user_data), "call-created", call);
}

static void
on_call_started (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  tell_of_call (CONFABD_WEBHOOKS (user_data), "call-started", call);
}

static void
on_call_ended (ConfabdCalls *calls, ConfabCall *call, gpointer user_data)
{
  tell_of_call (CONFABD_WEBHOOKS (user_data), "call-ended", call);
}

static void
on_participant_joined (ConfabdCalls *calls,
                       const char *call_id,
                       ConfabParticipant *participant,
                       gpointer user_data)
{
  ConfabdWebhooks *self = CONFABD_WEBHOOKS (user_data);

  if (is_wanted (self, "participant-joined")) {
    g_autofree char *body =
        make_body ("participant-joined", describe_id (call_id), describe_participant (participant));

    tell (self, "participant-joined", body);
  }
}

static void
on_participant_left (ConfabdCalls *calls,
                     const char *call_id,
                     const char *participant_id,
                     gpointer user_data)
{
  ConfabdWebhooks *self = CONFABD_WEBHOOKS (user_data);

  if (is_wanted (self, "participant-left")) {
    g_autofree char *body =
        make_body ("participant-left", describe_id (call_id), describe_id (participant_id));

    tell (self, "participant-left", body);
  }
}

static void
confabd_webhooks_finalize (GObject *object)
{
  ConfabdWebhooks *self = CONFABD_WEBHOOKS (object);

  g_strfreev (self->urls);
  g_strfreev (self->events);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (confabd_webhooks_parent_class)->finalize (object);
}

static void
confabd_webhooks_class_init (ConfabdWebhooksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_webhooks_finalize;
}

static void
confabd_webhooks_init (ConfabdWebhooks *self)
{
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S, "idle-timeout", TIMEOUT_S,
                                                 "proxy-resolver", NULL, "max-conns", N_AT_ONCE,
                                                 "max-conns-per-host", N_AT_ONCE, NULL);
}

/**
 * confabd_webhooks_new:
 * @setup: copied
 *
 * Returns: (transfer full): who tells them
 */
ConfabdWebhooks *
confabd_webhooks_new (const ConfabdWebhooksSetup *setup)
{
  ConfabdWebhooks *self = g_object_new (CONFABD_TYPE_WEBHOOKS, NULL);

  self->urls = g_strdupv ((char **) setup->urls);
  self->events = g_strdupv ((char **) setup->events);
  self->secret = g_bytes_ref (setup->secret);
  if (setup->authorities != NULL) {
    soup_session_set_tls_database (self->session, setup->authorities);
  }
  return self;
}

/**
 * confabd_webhooks_follow:
 * @calls: what there is to tell of
 * @jobs: what it is kept in; lives longer
 *
 * Tells of calls from now on.
 */
void
confabd_webhooks_follow (ConfabdWebhooks *self, ConfabdCalls *calls, ConfabdJobs *jobs)
{
  g_return_if_fail (CONFABD_IS_WEBHOOKS (self));

  self->jobs = jobs; /* which own us: no reference */
  g_signal_connect_object (calls, "call-created", G_CALLBACK (on_call_created), self, 0);
  g_signal_connect_object (calls, "call-started", G_CALLBACK (on_call_started), self, 0);
  g_signal_connect_object (calls, "call-ended", G_CALLBACK (on_call_ended), self, 0);
  g_signal_connect_object (calls, "participant-joined", G_CALLBACK (on_participant_joined), self,
                           0);
  g_signal_connect_object (calls, "participant-left", G_CALLBACK (on_participant_left), self, 0);
}
