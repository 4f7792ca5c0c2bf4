/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-members"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-profile.h"
#include "confab-time.h"
#include "confabd-profile-rules.h"

#define URL_MAX_CHARS    512
#define LOCALE_MIN_CHARS 2
#define LOCALE_MAX_CHARS 35 /* RFC 5646 §4.4.1 */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, sentence);
  return FALSE;
}

/**
 * confabd_profile_check_login_name:
 *
 * Returns: whether somebody can sign in with @login_name
 */
gboolean
confabd_profile_check_login_name (const char *login_name, GError **error)
{
  return confab_login_name_is_valid (login_name) ||
         refuse (error, "A login name has 3 to 32 letters, digits, dots, dashes or underscores");
}

/**
 * confabd_profile_check_email:
 *
 * Returns: whether @email is worth a letter
 */
gboolean
confabd_profile_check_email (const char *email, GError **error)
{
  return email == NULL || confab_email_is_valid (email) ||
         refuse (error, "That is no address that letters can go to");
}

/**
 * confabd_profile_check_avatar_url:
 *
 * Returns: whether @url is one of https, which nobody can listen in on
 */
gboolean
confabd_profile_check_avatar_url (const char *url, GError **error)
{
  return url == NULL ||
         (strlen (url) <= URL_MAX_CHARS && g_str_has_prefix (url, "https://") &&
          g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL)) ||
         refuse (error, "A picture is at an address that begins with https://");
}

/**
 * confabd_profile_check_time_zone:
 *
 * Returns: whether @name is one of IANA's
 */
gboolean
confabd_profile_check_time_zone (const char *name, GError **error)
{
  g_autoptr (GTimeZone) zone = name != NULL ? confab_time_zone_new (name, NULL) : NULL;

  return name == NULL || zone != NULL ||
         refuse (error, "There is no such time zone; they are called as “Europe/Vienna”");
}

/**
 * confabd_profile_check_locale:
 *
 * Returns: whether @locale looks like a tag of BCP 47
 */
gboolean
confabd_profile_check_locale (const char *locale, GError **error)
{
  gsize length = locale != NULL ? strlen (locale) : 0;
  gboolean is_good = length >= LOCALE_MIN_CHARS && length <= LOCALE_MAX_CHARS;

  for (gsize i = 0; is_good && i < length; i++) {
    is_good = g_ascii_isalnum (locale[i]) || (locale[i] == '-' && i > 0 && i + 1 < length);
  }
  return locale == NULL || is_good || refuse (error, "A language is called as “de” or “de-AT”");
}
