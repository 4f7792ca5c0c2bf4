/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-people.h"
#include "confabd-store-registration.h"
#include "confabd-store-users.h"
#include "factory.h"

/* People in a store, on every driver, at a time of their own; each operation is waited for. */
typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
} People;

void people_set_up (People *self, gconstpointer data);
void people_tear_down (People *self, gconstpointer data);
GDateTime *people_now (People *self);
void people_advance (People *self, gint64 by_us);
const char *people_id_of (ConfabProfile *profile);
ConfabUserRole people_role_of (ConfabProfile *profile);
ConfabProfile *people_try_add (People *self,
                               const char *login_name,
                               const char *display_name,
                               ConfabUserRole role,
                               const char *invite_hash,
                               GError **error);
ConfabProfile *people_add (People *self,
                           const char *login_name,
                           const char *display_name,
                           ConfabUserRole role);
ConfabdAccount *people_find (People *self, ConfabdUserKey key, const char *text);
ConfabProfile *people_try_change (People *self,
                                  const char *id,
                                  const ConfabdUserChange *change,
                                  GError **error);
ConfabProfile *people_change_well (People *self,
                                   ConfabProfile *profile,
                                   const ConfabdUserChange *change);
void people_delete_well (People *self, const char *id);
guint people_count (People *self, const char *from);
ConfabdUserPage *people_search (People *self,
                                const char *prefix,
                                ConfabdUserPage *before,
                                guint limit);
void people_assert_found (People *self, const char *prefix, const char *expected);
