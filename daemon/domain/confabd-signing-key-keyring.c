/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include <libsecret/secret.h>
#include <string.h>

#include "confab-error.h"
#include "confabd-signing-key-private.h"
#include "confabd-signing-key.h"

/* The key of a desktop's daemon in the keyring of who sits there. */

#define DEADLINE_MS 5000 /* somebody may have to unlock it; the start does not wait for long */

/* One question to the Secret Service, which is answered on a context of its own. */
typedef struct {
  GMainLoop *loop;           /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GAsyncResult *result;      /* (owned) (nullable) */
} Question;

static const SecretSchema *
get_schema (void)
{
  static const SecretSchema schema = { .name = CONFAB_APP_ID ".SigningKey",
                                       .attributes = {
                                           { "folder", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       } };

  return &schema;
}

static void
question_begin (Question *self)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  self->loop = g_main_loop_new (context, FALSE);
  self->cancellable = g_cancellable_new ();
}

static gboolean
on_deadline (gpointer user_data)
{
  Question *self = user_data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;

  self->result = g_object_ref (result);
  g_main_loop_quit (self->loop);
}

static void
question_wait (Question *self)
{
  g_autoptr (GSource) deadline = g_timeout_source_new (DEADLINE_MS);

  g_source_set_callback (deadline, on_deadline, self, NULL);
  g_source_attach (deadline, g_main_loop_get_context (self->loop));
  g_main_loop_run (self->loop);
  g_source_destroy (deadline);
}

static void
question_end (Question *self)
{
  g_main_context_pop_thread_default (g_main_loop_get_context (self->loop));
  g_clear_object (&self->result);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

/* Returns: (transfer full) (nullable): in base64; %NULL without @error: there is none */
static char *
look_up (const char *folder, GError **error)
{
  Question question = { 0 };
  char *text = NULL;

  question_begin (&question);
  secret_password_lookup (get_schema (), question.cancellable, on_answered, &question, "folder",
                          folder, NULL);
  question_wait (&question);
  text = secret_password_lookup_finish (question.result, error);
  question_end (&question);
  return text;
}

static gboolean
store (const char *folder, const char *text, GError **error)
{
  Question question = { 0 };
  gboolean is_stored;

  question_begin (&question);
  secret_password_store (get_schema (), SECRET_COLLECTION_DEFAULT, "Confab: key of this computer",
                         text, question.cancellable, on_answered, &question, "folder", folder,
                         NULL);
  question_wait (&question);
  is_stored = secret_password_store_finish (question.result, error);
  question_end (&question);
  return is_stored;
}

static GBytes *
decode (const char *text, GError **error)
{
  gsize size = 0;
  guchar *bytes = g_base64_decode (text, &size);
  GBytes *key = confabd_signing_key_copy (bytes, size);

  explicit_bzero (bytes, size);
  g_free (bytes);
  if (key == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The signing key in the keyring does not have 32 to 1024 bytes");
  }
  return key;
}

static GBytes *
make_and_store (const char *folder, GError **error)
{
  g_autoptr (GBytes) key = confabd_signing_key_make (error);
  char *text = NULL;
  gboolean is_stored;

  if (key == NULL) {
    return NULL;
  }
  text = g_base64_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  is_stored = store (folder, text, error);
  explicit_bzero (text, strlen (text));
  g_free (text);
  return is_stored ? g_steal_pointer (&key) : NULL;
}

/**
 * confabd_signing_key_load_from_keyring:
 * @folder: whose key it is: where the database is
 * @error: return location for a #GError
 *
 * Reads the key out of the Secret Service, or makes it there at the first start. Waits for it, a
 * few seconds at most: for the start only.
 *
 * Returns: (transfer full): a key; %NULL when there is no keyring, it stays locked, or it is silent
 */
GBytes *
confabd_signing_key_load_from_keyring (const char *folder, GError **error)
{
  GError *local_error = NULL;
  char *text = look_up (folder, &local_error);
  GBytes *key = NULL;

  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return NULL;
  }
  if (text == NULL) {
    return make_and_store (folder, error);
  }
  key = decode (text, error);
  secret_password_free (text);
  return key;
}
