/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-mail"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-mail.h"

#define MAX_ADDRESS_BYTES 254 /* RFC 5321, 4.5.3.1.3, without the brackets */
#define MAX_LOCAL_BYTES   64
#define MAX_NAME_CHARS    64
#define MAX_SUBJECT_CHARS 200
#define MAX_TEXT_BYTES    (16 * 1024)

/**
 * ConfabdMail:
 *
 * Letters to people: each is a job, so that it goes out also when the post office is closed now.
 */
struct _ConfabdMail {
  GObject parent_instance;

  ConfabdJobs *jobs; /* (owned) */
  gboolean is_configured;
};

G_DEFINE_FINAL_TYPE (ConfabdMail, confabd_mail, G_TYPE_OBJECT)

static void
confabd_mail_finalize (GObject *object)
{
  g_clear_object (&CONFABD_MAIL (object)->jobs);

  G_OBJECT_CLASS (confabd_mail_parent_class)->finalize (object);
}

static void
confabd_mail_class_init (ConfabdMailClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_mail_finalize;
}

static void
confabd_mail_init (ConfabdMail *self)
{
}

/**
 * confabd_mail_new:
 * @jobs: what keeps letters until they are gone
 * @is_configured: whether there is a server to give them to
 *
 * Returns: (transfer full): the way to send letters
 */
ConfabdMail *
confabd_mail_new (ConfabdJobs *jobs, gboolean is_configured)
{
  ConfabdMail *self = NULL;

  g_return_val_if_fail (CONFABD_IS_JOBS (jobs), NULL);

  self = g_object_new (CONFABD_TYPE_MAIL, NULL);
  self->jobs = g_object_ref (jobs);
  self->is_configured = is_configured;
  return self;
}

/**
 * confabd_mail_is_configured:
 *
 * Returns: whether letters can be sent at all
 */
gboolean
confabd_mail_is_configured (ConfabdMail *self)
{
  g_return_val_if_fail (CONFABD_IS_MAIL (self), FALSE);

  return self->is_configured;
}

/* ---- what goes into a head ---- */

static gboolean
is_line (const char *text, glong max_chars)
{
  if (!g_utf8_validate (text, -1, NULL) || g_utf8_strlen (text, -1) > max_chars) {
    return FALSE;
  }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar character = g_utf8_get_char (p);

    /* U+2028 and U+2029 are line ends to some readers. */
    if (g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_local_part (const char *text, gsize length)
{
  const char *const others = "!#$%&'*+-/=?^_`{|}~.";

  if (length == 0 || length > MAX_LOCAL_BYTES || text[0] == '.' || text[length - 1] == '.') {
    return FALSE;
  }
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && strchr (others, text[i]) == NULL) {
      return FALSE;
    }
    if (text[i] == '.' && text[i + 1] == '.') {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_domain (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    gsize length = strlen (labels[i]);

    if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-') {
      return FALSE;
    }
    for (gsize j = 0; j < length; j++) {
      if (!g_ascii_isalnum (labels[i][j]) && labels[i][j] != '-') {
        return FALSE;
      }
    }
  }
  return labels[0] != NULL;
}

/**
 * confabd_mail_check_address:
 * @address: what somebody calls their address
 * @error: return location for a #GError
 *
 * Knows the addresses that people have: a dot-atom at a domain in ASCII (RFC 5321). Not quoted
 * ones, comments, lists, literal addresses of hosts: none of these can slip in through it.
 *
 * Returns: whether letters can go there; else with %CONFAB_ERROR_BAD_REQUEST
 */
gboolean
confabd_mail_check_address (const char *address, GError **error)
{
  const char *at;

  g_return_val_if_fail (address != NULL, FALSE);

  at = strchr (address, '@');
  if (at == NULL || strlen (address) > MAX_ADDRESS_BYTES ||
      !is_local_part (address, (gsize) (at - address)) || !is_domain (at + 1)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "That is no e-mail address");
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_mail_check_letter:
 * @letter: a letter
 * @error: return location for a #GError
 *
 * Returns: whether somebody can get it, and its head will say nothing but what its parts say; else
 *   with %CONFAB_ERROR_BAD_REQUEST
 */
gboolean
confabd_mail_check_letter (const ConfabdLetter *letter, GError **error)
{
  if (!confabd_mail_check_address (letter->to, error)) {
    return FALSE;
  }
  if ((letter->name != NULL && !is_line (letter->name, MAX_NAME_CHARS)) ||
      !is_line (letter->subject, MAX_SUBJECT_CHARS)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "A name and a subject are one short line each");
    return FALSE;
  }
  if (strlen (letter->text) > MAX_TEXT_BYTES || !g_utf8_validate (letter->text, -1, NULL)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "A letter has at most %d bytes of text", MAX_TEXT_BYTES);
    return FALSE;
  }
  return TRUE;
}

/* ---- sending ---- */

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!confabd_jobs_add_finish (CONFABD_JOBS (object), result, &error)) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/**
 * confabd_mail_send_async:
 * @letter: copied
 *
 * Sends a letter, soon. Finishes when it is on the disk: what the post office says is nobody's to
 * wait for. With %CONFAB_ERROR_BAD_REQUEST for one that nobody can get, or that would say something
 * else in its head than its parts do, with %CONFAB_ERROR_UNAVAILABLE when there is no server for
 * letters.
 */
void
confabd_mail_send_async (ConfabdMail *self,
                         const ConfabdLetter *letter,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (ConfabMessage) payload = NULL;
  GError *error = NULL;

  g_return_if_fail (CONFABD_IS_MAIL (self));
  g_return_if_fail (letter != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_mail_send_async);
  if (!self->is_configured) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE,
                             "This server sends no letters");
    return;
  }
  if (!confabd_mail_check_letter (letter, &error)) {
    g_task_return_error (task, error);
    return;
  }
  payload = confab_message_new (NULL);
  confab_message_set_string (payload, "to", letter->to);
  confab_message_set_string (payload, "name", letter->name);
  confab_message_set_string (payload, "subject", letter->subject);
  confab_message_set_string (payload, "text", letter->text);
  confabd_jobs_add_async (self->jobs, "mail", NULL, payload, cancellable, on_added,
                          g_steal_pointer (&task));
}

/**
 * confabd_mail_send_finish:
 *
 * Returns: whether the letter is on its way
 */
gboolean
confabd_mail_send_finish (ConfabdMail *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
