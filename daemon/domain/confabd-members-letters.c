/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-members"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-members-private.h"
#include "confabd-store-letters.h"
#include "confabd-store-users.h"

#define MOST_PER_HOUR 5 /* of a kind to one account, whoever asks for them from wherever */

/* Letters with a link that is good once. Nobody waits for them: whether a name is known shows
 * neither in an answer nor in its time. */

typedef struct {
  const char *subject;
  const char *text; /* with the name of who gets it and the link */
} Text;

/* clang-format off */
static const Text german[] = {
  [CONFABD_LETTER_RESET] = {
    "Ein neues Passwort für Confab",
    "Guten Tag %s,\n\n"
    "jemand hat für Ihr Konto ein neues Passwort verlangt. Hier legen Sie es fest, eine Stunde lang:\n\n"
    "%s\n\n"
    "Waren Sie das nicht, so tun Sie nichts: Das alte Passwort gilt weiter.\n",
  },
  [CONFABD_LETTER_VERIFY] = {
    "Ihre Adresse für Confab",
    "Guten Tag %s,\n\n"
    "bitte bestätigen Sie, dass diese Adresse Ihnen gehört, innerhalb von 24 Stunden:\n\n"
    "%s\n\n"
    "Haben Sie kein Konto bei Confab, so tun Sie nichts.\n",
  },
};

static const Text english[] = {
  [CONFABD_LETTER_RESET] = {
    "A new password for Confab",
    "Hello %s,\n\n"
    "somebody asked for a new password for your account. You can set it here for one hour:\n\n"
    "%s\n\n"
    "If that was not you, do nothing: the old password stays.\n",
  },
  [CONFABD_LETTER_VERIFY] = {
    "Your address for Confab",
    "Hello %s,\n\n"
    "please confirm within 24 hours that this address is yours:\n\n"
    "%s\n\n"
    "If you have no account with Confab, do nothing.\n",
  },
};
/* clang-format on */

/* A letter on its way. */
typedef struct {
  ConfabdMembers *members; /* (owned) */
  ConfabProfile *profile;  /* (owned) (nullable) until it is known */
  ConfabdLetterPurpose purpose;
  char *token; /* (owned) */
} Errand;

static void
errand_free (Errand *self)
{
  g_object_unref (self->members);
  g_clear_pointer (&self->profile, confab_profile_unref);
  confabd_members_wipe (self->token);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static Errand *
errand_new (ConfabdMembers *members, ConfabdLetterPurpose purpose)
{
  Errand *self = g_new0 (Errand, 1);

  self->members = g_object_ref (members);
  self->purpose = purpose;
  self->token = confab_secret_new ();
  return self;
}

static void
on_posted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!confabd_mail_send_finish (CONFABD_MAIL (object), result, &error)) {
    g_warning ("A letter was not sent: %s", error->message);
  }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the two tables above */

static void
post (Errand *self)
{
  const ConfabdMembersParts *parts = &self->members->parts;
  const ConfabProfileFields *fields = confab_profile_get_fields (self->profile);
  const char *name = confab_user_get_display_name (confab_profile_get_user (self->profile));
  gboolean is_german = fields->locale != NULL && g_str_has_prefix (fields->locale, "de");
  const Text *letter = is_german ? &german[self->purpose] : &english[self->purpose];
  g_autofree char *link =
      g_strdup_printf ("%s/account#%s=%s", parts->base_url,
                       self->purpose == CONFABD_LETTER_RESET ? "reset" : "verify", self->token);
  g_autofree char *text = g_strdup_printf (letter->text, name, link);

  confabd_mail_send_async (parts->mail,
                           &(ConfabdLetter){ fields->email, name, letter->subject, text }, NULL,
                           on_posted, NULL);
}

#pragma GCC diagnostic pop

static void
on_kept (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confabd_store_add_letter_finish (CONFABD_STORE (object), result, &error)) {
    if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY)) {
      g_message ("A letter was not written: %s", error->message);
    } else {
      g_warning ("A letter was not written: %s", error->message);
    }
    return;
  }
  post (self);
}

/* Takes @self over. */
static void
keep (Errand *self)
{
  const ConfabdMembersParts *parts = &self->members->parts;
  g_autoptr (GDateTime) now = confab_clock_dup_now (parts->clock);
  g_autoptr (GDateTime) expires_at = g_date_time_add_hours (
      now, self->purpose == CONFABD_LETTER_RESET ? CONFABD_RESET_HOURS : CONFABD_VERIFY_HOURS);
  g_autofree char *hash = confabd_members_hash (self->token);
  const ConfabdLetterProof proof = {
    .purpose = self->purpose,
    .hash = hash,
    .user_id = confab_user_get_id (confab_profile_get_user (self->profile)),
    .email = confab_profile_get_fields (self->profile)->email,
    .most_per_hour = MOST_PER_HOUR,
    .created_at = now,
    .expires_at = expires_at,
  };

  confabd_store_add_letter_async (parts->store, &proof, NULL, on_kept, self);
}

/**
 * confabd_members_send_verification:
 * @profile: with an address
 *
 * Sends a letter to the address, to see whether it is theirs. Without mail nothing happens.
 */
void
confabd_members_send_verification (ConfabdMembers *self, ConfabProfile *profile)
{
  Errand *errand = NULL;

  g_return_if_fail (confab_profile_get_fields (profile)->email != NULL);

  if (!confabd_mail_is_configured (self->parts.mail)) {
    return;
  }
  errand = errand_new (self, CONFABD_LETTER_VERIFY);
  errand->profile = confab_profile_ref (profile);
  keep (errand);
}

static gboolean
can_be_written_to (ConfabProfile *profile)
{
  const ConfabProfileFields *fields = confab_profile_get_fields (profile);

  return fields->email != NULL && fields->email_verified_at != NULL && fields->disabled_at == NULL;
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdAccount) account =
      confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);

  if (error != NULL) {
    g_warning ("A letter was not written: %s", error->message);
  }
  if (account != NULL && can_be_written_to (account->profile)) {
    self->profile = confab_profile_ref (account->profile);
    keep (g_steal_pointer (&self));
  }
}

/**
 * confabd_members_forgot_password:
 * @login: what somebody would sign in with
 *
 * Sends a letter to who that is, when they proved an address to be theirs. Without mail nothing
 * happens.
 */
void
confabd_members_forgot_password (ConfabdMembers *self, const char *login)
{
  if (confabd_mail_is_configured (self->parts.mail)) {
    confabd_store_find_user_async (self->parts.store, CONFABD_USER_BY_LOGIN, login, NULL, on_found,
                                   errand_new (self, CONFABD_LETTER_RESET));
  }
}

/* Coming back from a letter */

static void
on_verified (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *user_id =
      confabd_store_redeem_letter_finish (CONFABD_STORE (object), result, &error);
  const ConfabdAuditNote note = {
    .action = CONFABD_AUDIT_EMAIL_VERIFIED,
    .actor = "by letter",
    .target = user_id,
    .address = g_task_get_task_data (task),
    .is_success = TRUE,
  };

  if (user_id == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_audit_write (self->parts.audit, &note);
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_members_verify_email_async:
 * @token: out of a letter
 * @address: (nullable): where they are
 *
 * Notes that an address is whose it was said to be.
 */
void
confabd_members_verify_email_async (ConfabdMembers *self,
                                    const char *token,
                                    const char *address,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->parts.clock);
  g_autofree char *hash = confabd_members_hash (token);

  g_task_set_source_tag (task, confabd_members_verify_email_async);
  g_task_set_task_data (task, g_strdup (address), g_free);
  confabd_store_redeem_letter_async (self->parts.store, CONFABD_LETTER_VERIFY, hash, NULL, now,
                                     NULL, on_verified, task);
}

/**
 * confabd_members_verify_email_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED for a token that is not good (any more), and with
 * %CONFAB_ERROR_CONFLICT for an address that somebody else proved first.
 *
 * Returns: whether it is verified now
 */
gboolean
confabd_members_verify_email_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_members_verify_email_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
