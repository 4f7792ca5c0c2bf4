/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-post"

#include "config.h"

#include <curl/curl.h>
#include <string.h>

#include "confab-error.h"
#include "confabd-letter-text.h"
#include "confabd-smtp.h"

#define THREADS         2 /* at once; libcurl waits on them, not on the main loop */
#define CONNECT_MS      15000
#define WHOLE_LETTER_MS 50000

/**
 * ConfabdSmtp:
 *
 * Gives letters to a mail server, by libcurl, on threads of its own. Over TLS always, but to a
 * server on this machine: that of a distribution has a certificate that nobody vouches for.
 *
 * What the server says decides: 5xx about a letter means that it will never work, anything else
 * that it may later: a server that is away, does not know our password, has no good certificate.
 */
struct _ConfabdSmtp {
  GObject parent_instance;

  ConfabClock *clock; /* (owned) */
  char *url;          /* (owned) with the name that we greet with */
  char *from;         /* (owned) */
  char *from_name;    /* (owned) (nullable) */
  char *user_name;    /* (owned) (nullable) */
  GBytes *password;   /* (owned) (nullable) */
  char *ca_file;      /* (owned) (nullable) */
  gboolean is_near;
  GThreadPool *threads; /* (element-type GTask) (owned) */
};

static void confabd_smtp_handler_init (ConfabdJobHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSmtp,
                               confabd_smtp,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_JOB_HANDLER,
                                                      confabd_smtp_handler_init))

/* One letter on its way. */
typedef struct {
  char *to;   /* (owned) */
  char *text; /* (owned) */
  gsize sent;
} Delivery;

static void
delivery_free (Delivery *self)
{
  g_free (self->to);
  g_free (self->text);
  g_free (self);
}

/* ---- on a thread ---- */

static size_t
on_read (char *buffer, size_t size, size_t n, void *user_data)
{
  Delivery *delivery = user_data;
  gsize length = MIN (size * n, strlen (delivery->text + delivery->sent));

  memcpy (buffer, delivery->text + delivery->sent, length);
  delivery->sent += length;
  return length;
}

static int
on_progress (
    void *user_data, curl_off_t dl_total, curl_off_t dl_now, curl_off_t ul_total, curl_off_t ul_now)
{
  return g_cancellable_is_cancelled (user_data);
}

static void
set_credentials (ConfabdSmtp *self, CURL *curl)
{
  g_autofree char *password = NULL;
  gsize size;

  if (self->user_name == NULL || self->password == NULL) {
    return;
  }
  password =
      g_strndup (g_bytes_get_data (self->password, &size), g_bytes_get_size (self->password));
  curl_easy_setopt (curl, CURLOPT_USERNAME, self->user_name);
  curl_easy_setopt (curl, CURLOPT_PASSWORD, password);
  explicit_bzero (password, strlen (password));
}

/* Of “smtps” all is over TLS in any case. */
static curl_usessl
choose_tls (ConfabdSmtp *self)
{
  if (!self->is_near || self->ca_file != NULL) {
    return CURLUSESSL_ALL;
  }
  return self->user_name != NULL ? CURLUSESSL_TRY : CURLUSESSL_NONE;
}

static void
set_up (ConfabdSmtp *self, CURL *curl, Delivery *delivery, GCancellable *cancellable)
{
  curl_easy_setopt (curl, CURLOPT_URL, self->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_MS);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, (long) WHOLE_LETTER_MS);
  curl_easy_setopt (curl, CURLOPT_USE_SSL, (long) choose_tls (self));
  curl_easy_setopt (curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  if (self->ca_file != NULL) {
    curl_easy_setopt (curl, CURLOPT_CAINFO, self->ca_file);
  }
  set_credentials (self, curl);
  curl_easy_setopt (curl, CURLOPT_MAIL_FROM, self->from);
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt (curl, CURLOPT_READDATA, delivery);
  curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt (curl, CURLOPT_XFERINFODATA, cancellable);
}

/* About our password, our encryption or our being there at all, not about the letter. */
static gboolean
is_about_us (CURLcode result, long reply, const Delivery *delivery)
{
  return result == CURLE_LOGIN_DENIED ||
         (result == CURLE_WEIRD_SERVER_REPLY && delivery->sent == 0) || reply == 530 ||
         reply == 534 || reply == 535 || reply == 538;
}

static GError *
judge (CURLcode result, long reply, const Delivery *delivery, GCancellable *cancellable)
{
  GError *error = NULL;

  if (result == CURLE_OK || g_cancellable_set_error_if_cancelled (cancellable, &error)) {
    return error;
  }
  if (reply >= 500 && reply < 600 && !is_about_us (result, reply, delivery)) {
    return g_error_new (CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                        "The mail server does not take the letter (%ld)", reply);
  }
  if (reply >= 400 && reply < 600) {
    return g_error_new (CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE, "The mail server says %ld: %s",
                        reply, curl_easy_strerror (result));
  }
  return g_error_new (CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                      "The mail server cannot be reached: %s", curl_easy_strerror (result));
}

static void
deliver (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  ConfabdSmtp *self = user_data;
  Delivery *delivery = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  struct curl_slist *receivers = curl_slist_append (NULL, delivery->to);
  CURL *curl = curl_easy_init ();
  GError *error = NULL;
  CURLcode result;
  long reply = 0;

  set_up (self, curl, delivery, cancellable);
  curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, receivers);
  result = curl_easy_perform (curl);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &reply);
  error = judge (result, reply, delivery, cancellable);
  curl_easy_cleanup (curl);
  curl_slist_free_all (receivers);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/* ---- the job ---- */

static Delivery *
read_payload (ConfabdSmtp *self, const char *id, ConfabMessage *payload, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  ConfabdLetter letter = { NULL };
  Delivery *delivery = NULL;

  if (!confab_message_get_string (payload, "to", CONFAB_FIELD_REQUIRED, 254, &letter.to, error) ||
      !confab_message_get_string (payload, "name", CONFAB_FIELD_OPTIONAL, 64, &letter.name,
                                  error) ||
      !confab_message_get_string (payload, "subject", CONFAB_FIELD_REQUIRED, 200, &letter.subject,
                                  error) ||
      !confab_message_get_string (payload, "text", CONFAB_FIELD_REQUIRED, 16384, &letter.text,
                                  error) ||
      !confabd_mail_check_letter (&letter, error)) {
    return NULL;
  }
  delivery = g_new0 (Delivery, 1);
  delivery->to = g_strdup (letter.to);
  delivery->text = confabd_letter_text_format (&letter, self->from, self->from_name, id, now);
  return delivery;
}

static void
confabd_smtp_run_async (ConfabdJobHandler *handler,
                        const char *id,
                        ConfabMessage *payload,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  ConfabdSmtp *self = CONFABD_SMTP (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  Delivery *delivery = read_payload (self, id, payload, &error);

  g_task_set_source_tag (task, confabd_smtp_run_async);
  if (delivery == NULL) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED, "%s", error->message);
    return;
  }
  g_task_set_task_data (task, delivery, (GDestroyNotify) delivery_free);
  g_thread_pool_push (self->threads, g_steal_pointer (&task), NULL);
}

static gboolean
confabd_smtp_run_finish (ConfabdJobHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
confabd_smtp_handler_init (ConfabdJobHandlerInterface *iface)
{
  iface->run_async = confabd_smtp_run_async;
  iface->run_finish = confabd_smtp_run_finish;
}

static void
confabd_smtp_finalize (GObject *object)
{
  ConfabdSmtp *self = CONFABD_SMTP (object);

  /* Each task holds a reference: none is left. */
  g_thread_pool_free (self->threads, FALSE, FALSE);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->password, g_bytes_unref);
  g_free (self->url);
  g_free (self->from);
  g_free (self->from_name);
  g_free (self->user_name);
  g_free (self->ca_file);

  G_OBJECT_CLASS (confabd_smtp_parent_class)->finalize (object);
}

static void
confabd_smtp_class_init (ConfabdSmtpClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_smtp_finalize;
  curl_global_init (CURL_GLOBAL_DEFAULT);
}

static void
confabd_smtp_init (ConfabdSmtp *self)
{
  self->threads = g_thread_pool_new (deliver, self, THREADS, FALSE, NULL);
}

static gboolean
is_near (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return g_strcmp0 (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

/**
 * confabd_smtp_new:
 * @setup: copied
 *
 * Returns: (transfer full): who takes letters to the server
 */
ConfabdSmtp *
confabd_smtp_new (const ConfabdSmtpSetup *setup)
{
  ConfabdSmtp *self = g_object_new (CONFABD_TYPE_SMTP, NULL);

  self->clock = g_object_ref (setup->clock);
  self->url = g_strdup_printf ("%s/%s", setup->url, strchr (setup->from, '@') + 1);
  self->from = g_strdup (setup->from);
  self->from_name = g_strdup (setup->from_name);
  self->user_name = g_strdup (setup->user_name);
  self->password = setup->password != NULL ? g_bytes_ref (setup->password) : NULL;
  self->ca_file = g_strdup (setup->ca_file);
  self->is_near = is_near (setup->url);
  return self;
}
