/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-calls-private.h"
#include "confabd-label-private.h"

/* The part of ConfabdCalls that makes them. */

#define TITLE_CHARS      255
#define MIN_PARTICIPANTS 2

typedef struct {
  ConfabCall *call;     /* (owned) */
  ConfabInvite *invite; /* (owned) */
  char *secret;         /* (owned) */
} Creation;

static void
creation_free (Creation *self)
{
  g_clear_pointer (&self->call, confab_call_unref);
  g_clear_pointer (&self->invite, confab_invite_unref);
  g_clear_pointer (&self->secret, g_free);
  g_free (self);
}

static ConfabCall *
build_call (ConfabdCalls *self,
            ConfabUser *user,
            const char *title,
            guint max_participants,
            ConfabRecordingPolicy recording_policy)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) expires_at = g_date_time_add_seconds (now, self->limits.expiry_s);
  g_autofree char *id = confab_id_new ();
  g_autofree char *code = confab_code_new ();
  g_autoptr (ConfabCall) plain =
      confab_call_new (id, code, confab_user_get_id (user), now, expires_at);
  g_autoptr (ConfabCall) titled = confab_call_with_title (plain, title);
  g_autoptr (ConfabCall) sized = confab_call_with_max_participants (titled, max_participants);

  return confab_call_with_recording_policy (sized, recording_policy);
}

/* An invitation to speak, for any number of people, until the call is over. */
static ConfabInvite *
build_invite (ConfabCall *call, ConfabUser *user)
{
  g_autofree char *id = confab_id_new ();

  return confab_invite_new (id, confab_call_get_id (call), confab_user_get_id (user),
                            CONFAB_ROLE_SPEAKER, -1, NULL, NULL);
}

/* Whom it lets record is what those in it may ask about later. */
static ConfabdAuditFacts
describe (ConfabdPrincipal *principal, ConfabCall *call)
{
  static const char *const details[] = {
    [CONFAB_RECORDING_NEVER] = "recorded by nobody",
    [CONFAB_RECORDING_HOST] = "recorded by its host",
    [CONFAB_RECORDING_EVERYONE] = "recorded by everyone",
  };

  return confabd_audit_note_to_facts (
      &(ConfabdAuditNote){ .action = CONFABD_AUDIT_CALL_CREATED,
                           .principal = principal,
                           .target = confab_call_get_id (call),
                           .is_success = TRUE,
                           .detail = details[confab_call_get_recording_policy (call)] });
}

static gboolean
check_wishes (
    ConfabdCalls *self, const char *title, guint max_participants, char **label, GError **error)
{
  *label = title != NULL ? confabd_label_normalize (title, TITLE_CHARS) : NULL;
  if (title != NULL && *label == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "A title has at most %d characters, in one line", TITLE_CHARS);
    return FALSE;
  }
  if (*label != NULL && **label == '\0') {
    g_clear_pointer (label, g_free);
  }
  if (max_participants < MIN_PARTICIPANTS || max_participants > self->limits.max_participants) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "A call is for %d to %u people",
                 MIN_PARTICIPANTS, self->limits.max_participants);
    return FALSE;
  }
  return TRUE;
}

static void
on_created (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Creation *creation = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_store_create_call_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  confabd_calls_note_created (g_task_get_source_object (task), creation->call);
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_calls_create_async:
 * @principal: who will be its host
 * @title: (nullable): what it is about
 * @max_participants: for how many; 0 for as many as the limits allow
 * @recording_policy: who may record it
 *
 * Makes a call that is open at once, and an invitation to it.
 *
 * Finishes with %CONFAB_ERROR_BAD_REQUEST for a title or a size that cannot be, with
 * %CONFAB_ERROR_CONFLICT when they have too many open calls.
 */
void
confabd_calls_create_async (ConfabdCalls *self,
                            ConfabdPrincipal *principal,
                            const char *title,
                            guint max_participants,
                            ConfabRecordingPolicy recording_policy,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *label = NULL;
  g_autofree char *secret_hash = NULL;
  Creation *creation = NULL;
  ConfabUser *user;
  ConfabdAuditFacts facts;
  GError *error = NULL;
  guint size;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (principal != NULL);

  user = confabd_principal_get_user (principal);
  task = confabd_calls_begin (self, confabd_calls_create_async, cancellable, callback, user_data);
  size = max_participants != 0 ? max_participants : self->limits.max_participants;
  if (!check_wishes (self, title, size, &label, &error)) {
    g_task_return_error (task, error);
    return;
  }
  creation = g_new0 (Creation, 1);
  creation->call = build_call (self, user, label, size, recording_policy);
  creation->invite = build_invite (creation->call, user);
  creation->secret = confab_secret_new ();
  secret_hash = confabd_calls_hash_secret (creation->secret);
  g_task_set_task_data (task, creation, (GDestroyNotify) creation_free);
  facts = describe (principal, creation->call);
  confabd_store_create_call_async (self->store, user, creation->call, creation->invite, secret_hash,
                                   self->limits.open_per_user, &facts, cancellable, on_created,
                                   g_steal_pointer (&task));
}

/**
 * confabd_calls_create_finish:
 * @invite: (out) (optional) (transfer full): the invitation
 * @secret: (out) (optional) (transfer full): its secret, which only this answer knows
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the call
 */
ConfabCall *
confabd_calls_create_finish (
    ConfabdCalls *self, GAsyncResult *result, ConfabInvite **invite, char **secret, GError **error)
{
  Creation *creation = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error)) {
    return NULL;
  }
  creation = g_task_get_task_data (G_TASK (result));
  if (invite != NULL) {
    *invite = confab_invite_ref (creation->invite);
  }
  if (secret != NULL) {
    *secret = g_strdup (creation->secret);
  }
  return confab_call_ref (creation->call);
}
