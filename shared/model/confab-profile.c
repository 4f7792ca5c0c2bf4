/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-profile"

#include "config.h"

#include <string.h>

#include "confab-copy-private.h"
#include "confab-profile.h"

#define LOGIN_MIN_CHARS 3
#define LOGIN_MAX_CHARS 32
#define EMAIL_MAX_CHARS 254 /* RFC 5321 §4.5.3.1.3, without the brackets */
#define LOCAL_MAX_CHARS 64

/**
 * ConfabProfile:
 *
 * A person with what belongs to their account. An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabProfile {
  ConfabUser *user;           /* (owned) */
  ConfabProfileFields fields; /* (owned) each of them */
};

G_DEFINE_BOXED_TYPE (ConfabProfile, confab_profile, confab_profile_ref, confab_profile_unref)

static void
confab_profile_clear (ConfabProfile *self)
{
  confab_user_unref (self->user);
  g_free ((char *) self->fields.login_name);
  g_free ((char *) self->fields.email);
  g_free ((char *) self->fields.avatar_url);
  g_free ((char *) self->fields.time_zone);
  g_free ((char *) self->fields.locale);
  confab_time_replace (&self->fields.email_verified_at, NULL);
  confab_time_replace (&self->fields.updated_at, NULL);
  confab_time_replace (&self->fields.disabled_at, NULL);
  confab_time_replace (&self->fields.last_login_at, NULL);
}

/**
 * confab_profile_new:
 * @user: who
 * @fields: what is known of them; copied
 *
 * Returns: (transfer full): a new profile
 * Since: 0.1
 */
ConfabProfile *
confab_profile_new (ConfabUser *user, const ConfabProfileFields *fields)
{
  ConfabProfile *self = NULL;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (fields != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabProfile);
  self->user = confab_user_ref (user);
  self->fields.login_name = g_strdup (fields->login_name);
  self->fields.email = g_strdup (fields->email);
  self->fields.avatar_url = g_strdup (fields->avatar_url);
  self->fields.time_zone = g_strdup (fields->time_zone);
  self->fields.locale = g_strdup (fields->locale);
  self->fields.email_verified_at = confab_time_ref_nullable (fields->email_verified_at);
  self->fields.updated_at = confab_time_ref_nullable (fields->updated_at);
  self->fields.disabled_at = confab_time_ref_nullable (fields->disabled_at);
  self->fields.last_login_at = confab_time_ref_nullable (fields->last_login_at);
  return self;
}

/**
 * confab_profile_ref:
 * @self: a profile
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabProfile *
confab_profile_ref (ConfabProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_profile_unref:
 * @self: (transfer full): a profile
 *
 * Since: 0.1
 */
void
confab_profile_unref (ConfabProfile *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_profile_clear);
}

/**
 * confab_profile_get_user:
 * @self: a profile
 *
 * Returns: (transfer none): who it is of
 * Since: 0.1
 */
ConfabUser *
confab_profile_get_user (ConfabProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->user;
}

/**
 * confab_profile_get_fields:
 * @self: a profile
 *
 * Returns: (transfer none): what is known of them; it lives as long as @self
 * Since: 0.1
 */
const ConfabProfileFields *
confab_profile_get_fields (ConfabProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->fields;
}

/**
 * confab_login_name_is_valid:
 * @text: (nullable): what somebody wants to sign in with
 *
 * Returns: whether it is 3 to 32 characters of `[A-Za-z0-9_.-]`
 * Since: 0.1
 */
gboolean
confab_login_name_is_valid (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length < LOGIN_MIN_CHARS || length > LOGIN_MAX_CHARS) {
    return FALSE;
  }
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("_.-", *p) == NULL) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_graphic (const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    /* What would end an address, or begin another, in the header of a letter. */
    if (!g_ascii_isgraph (*p) || strchr ("<>()[],;:\\\"", *p) != NULL) {
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * confab_email_is_valid:
 * @text: (nullable): what somebody calls their address
 *
 * Looks for what no letter can go to; whether one arrives only a letter tells. Quoted and
 * international local parts are not taken.
 *
 * Source: RFC 5321 §4.1.2, §4.5.3.1.
 *
 * Returns: whether it is worth a letter
 * Since: 0.1
 */
gboolean
confab_email_is_valid (const char *text)
{
  const char *at = text != NULL ? strchr (text, '@') : NULL;

  return at != NULL && at > text && at - text <= LOCAL_MAX_CHARS &&
         strlen (text) <= EMAIL_MAX_CHARS && is_graphic (text) && strchr (at + 1, '@') == NULL &&
         g_ascii_isalnum (at[1]) && g_ascii_isalnum (text[strlen (text) - 1]) &&
         strstr (text, "..") == NULL;
}
