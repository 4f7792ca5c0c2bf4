/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-account"

#include "config.h"

#include "confab-limits.h"
#include "confab-wire-model.h"
#include "confab-wire-private.h"

static void
set_own (ConfabMessage *message, const ConfabProfileFields *fields)
{
  confab_message_set_string (message, "email", fields->email);
  confab_message_set_time (message, "email_verified_at", fields->email_verified_at);
  confab_message_set_string (message, "time_zone", fields->time_zone);
  confab_message_set_string (message, "locale", fields->locale);
  confab_message_set_time (message, "updated_at", fields->updated_at);
}

static void
set_administered (ConfabMessage *message, const ConfabProfileFields *fields)
{
  confab_message_set_string (message, "email", fields->email);
  confab_message_set_time (message, "email_verified_at", fields->email_verified_at);
  confab_message_set_time (message, "updated_at", fields->updated_at);
  confab_message_set_time (message, "disabled_at", fields->disabled_at);
  confab_message_set_time (message, "last_login_at", fields->last_login_at);
}

/**
 * confab_profile_to_message:
 * @profile: a profile
 * @view: who is to read it
 *
 * Source: data/api/openapi.yaml, “User”, “OwnUser”, “AdministeredUser”.
 *
 * Returns: (transfer full): an object
 * Since: 0.1
 */
ConfabMessage *
confab_profile_to_message (ConfabProfile *profile, ConfabProfileView view)
{
  const ConfabProfileFields *fields = confab_profile_get_fields (profile);
  ConfabMessage *message = confab_user_to_message (confab_profile_get_user (profile));

  confab_message_set_string (message, "login_name", fields->login_name);
  confab_message_set_string (message, "avatar_url", fields->avatar_url);
  switch (view) {
  case CONFAB_PROFILE_VIEW_OWN:
    set_own (message, fields);
    break;
  case CONFAB_PROFILE_VIEW_ADMINISTRATOR:
    set_administered (message, fields);
    break;
  case CONFAB_PROFILE_VIEW_OTHERS:
    break;
  }
  return message;
}

static gboolean
get_text (
    ConfabMessage *message, const char *member, gsize max_chars, const char **value, GError **error)
{
  return confab_message_get_string (message, member, CONFAB_FIELD_OPTIONAL, max_chars, value,
                                    error);
}

/**
 * confab_profile_from_message:
 * @message: an object
 * @error: return location for a #GError
 *
 * The way back from confab_profile_to_message(), whoever it was for.
 *
 * Returns: (transfer full): the profile; %NULL with %CONFAB_ERROR_BAD_MESSAGE
 * Since: 0.1
 */
ConfabProfile *
confab_profile_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabUser) user = confab_user_from_message (message, error);
  g_autoptr (GDateTime) verified_at = NULL;
  g_autoptr (GDateTime) updated_at = NULL;
  g_autoptr (GDateTime) disabled_at = NULL;
  g_autoptr (GDateTime) login_at = NULL;
  ConfabProfileFields f = { 0 };

  if (user == NULL ||
      !get_text (message, "login_name", CONFAB_LIMIT_NAME_CHARS, &f.login_name, error) ||
      !get_text (message, "email", CONFAB_LIMIT_EMAIL_CHARS, &f.email, error) ||
      !get_text (message, "avatar_url", CONFAB_LIMIT_URL_CHARS, &f.avatar_url, error) ||
      !get_text (message, "time_zone", CONFAB_LIMIT_NAME_CHARS, &f.time_zone, error) ||
      !get_text (message, "locale", CONFAB_LIMIT_NAME_CHARS, &f.locale, error) ||
      !confab_wire_get_optional_time (message, "email_verified_at", &verified_at, error) ||
      !confab_wire_get_optional_time (message, "updated_at", &updated_at, error) ||
      !confab_wire_get_optional_time (message, "disabled_at", &disabled_at, error) ||
      !confab_wire_get_optional_time (message, "last_login_at", &login_at, error)) {
    return NULL;
  }
  f.email_verified_at = verified_at;
  f.updated_at = updated_at;
  f.disabled_at = disabled_at;
  f.last_login_at = login_at;
  return confab_profile_new (user, &f);
}
