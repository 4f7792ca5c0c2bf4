/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-profile.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* People with an account. Guests are kept elsewhere, and only once something of theirs is. */

/* Somebody and how they prove to be them. */
typedef struct {
  ConfabProfile *profile; /* (owned) */
  char *password_hash;    /* (owned) (nullable) NULL: nobody signs in with a password */
} ConfabdAccount;

void confabd_account_free (ConfabdAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAccount, confabd_account_free)

typedef enum {
  CONFABD_USER_BY_ID,
  CONFABD_USER_BY_RESET, /* the hash of a token that a letter to them carries */
  CONFABD_USER_BY_LOGIN, /* a login name, or an address that they proved to be theirs */
} ConfabdUserKey;

void confabd_store_find_user_async (ConfabdStore *self,
                                    ConfabdUserKey key,
                                    const char *text,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
ConfabdAccount *confabd_store_find_user_finish (ConfabdStore *self,
                                                GAsyncResult *result,
                                                GError **error);

/* invite_hash: (nullable): with an invitation to register, which says the role; NULL: as @profile
 * says */
void confabd_store_add_user_async (ConfabdStore *self,
                                   ConfabProfile *profile,
                                   const char *password_hash,
                                   const char *invite_hash,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabProfile *confabd_store_add_user_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

/* What of somebody to change. */
typedef enum {
  CONFABD_USER_DISPLAY_NAME = 1 << 0,
  CONFABD_USER_EMAIL = 1 << 1, /* one that nobody proved yet */
  CONFABD_USER_AVATAR_URL = 1 << 2,
  CONFABD_USER_TIME_ZONE = 1 << 3,
  CONFABD_USER_LOCALE = 1 << 4,
  CONFABD_USER_PASSWORD_HASH = 1 << 5, /* a new password */
  CONFABD_USER_BETTER_HASH = 1 << 6,   /* the same password, unless another came in between */
  CONFABD_USER_ROLE = 1 << 7,
  CONFABD_USER_DISABLED = 1 << 8,
  CONFABD_USER_IF_ROLE =
      1 << 9, /* changes nothing, but fails if the role is not old_role any more */
} ConfabdUserMembers;

/* Texts are (nullable): NULL takes away what was there. */
typedef struct {
  ConfabdUserMembers members;
  const char *display_name;
  const char *email;
  const char *avatar_url;
  const char *time_zone;
  const char *locale;
  const char *password_hash;
  const char *old_hash; /* what a better hash is better than */
  ConfabUserRole role;
  ConfabUserRole old_role;
  gboolean is_disabled;
} ConfabdUserChange;

void confabd_store_change_user_async (ConfabdStore *self,
                                      const char *user_id,
                                      const ConfabdUserChange *change,
                                      GDateTime *now,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabProfile *confabd_store_change_user_finish (ConfabdStore *self,
                                                 GAsyncResult *result,
                                                 GError **error);

/* A page of people, sorted by the name that they were found under. */
typedef struct {
  GPtrArray *profiles; /* (element-type ConfabProfile) (owned) */
  char *next_name;     /* (owned) (nullable) NULL: that was all */
  char *next_id;       /* (owned) (nullable) */
} ConfabdUserPage;

void confabd_user_page_free (ConfabdUserPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdUserPage, confabd_user_page_free)

typedef struct {
  const char *prefix;     /* of a name, as confabd_user_name_fold() makes it; "" for everybody */
  const char *after_name; /* (nullable) where the page before ended */
  const char *after_id;   /* (nullable) */
  guint limit;
  gboolean with_disabled;
} ConfabdUserQuery;

void confabd_store_search_users_async (ConfabdStore *self,
                                       const ConfabdUserQuery *query,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
ConfabdUserPage *confabd_store_search_users_finish (ConfabdStore *self,
                                                    GAsyncResult *result,
                                                    GError **error);

char *confabd_user_name_fold (const char *text);

G_END_DECLS
