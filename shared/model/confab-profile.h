/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-user.h"

G_BEGIN_DECLS

/**
 * ConfabProfileFields:
 * @login_name: (nullable): `[A-Za-z0-9_.-]{3,32}`; %NULL: they sign in with something else
 * @email: (nullable): where letters go
 * @email_verified_at: (nullable): when they proved it to be theirs
 * @avatar_url: (nullable): a picture of theirs, https
 * @time_zone: (nullable): an IANA name
 * @locale: (nullable): a BCP 47 tag, as `de-AT`
 * @updated_at: (nullable): when anything of this changed last
 * @disabled_at: (nullable): since when they cannot sign in; %NULL: they can
 * @last_login_at: (nullable): when they signed in last
 *
 * What a server knows of a person besides who they are.
 *
 * Since: 0.1
 */
typedef struct {
  const char *login_name;
  const char *email;
  GDateTime *email_verified_at;
  const char *avatar_url;
  const char *time_zone;
  const char *locale;
  GDateTime *updated_at;
  GDateTime *disabled_at;
  GDateTime *last_login_at;
} ConfabProfileFields;

#define CONFAB_TYPE_PROFILE (confab_profile_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_profile_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabProfile *confab_profile_new (ConfabUser *user, const ConfabProfileFields *fields);
CONFAB_AVAILABLE_IN_ALL
ConfabProfile *confab_profile_ref (ConfabProfile *self);
CONFAB_AVAILABLE_IN_ALL
void confab_profile_unref (ConfabProfile *self);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_profile_get_user (ConfabProfile *self);
CONFAB_AVAILABLE_IN_ALL
const ConfabProfileFields *confab_profile_get_fields (ConfabProfile *self);

CONFAB_AVAILABLE_IN_ALL
gboolean confab_login_name_is_valid (const char *text);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_email_is_valid (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabProfile, confab_profile_unref)

G_END_DECLS
