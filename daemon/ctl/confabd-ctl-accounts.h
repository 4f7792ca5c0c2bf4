/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-ctl.h"
#include "confabd-store-registration.h"
#include "confabd-store-users.h"

G_BEGIN_DECLS

#define CONFABD_CTL_RESET_HOURS 1

/* The accounts of a server, for a tool that may wait; also while the daemon runs. */
typedef struct {
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  GDateTime *now;            /* (owned) */
} ConfabdCtlAccounts;

gboolean confabd_ctl_accounts_open (ConfabdCtlAccounts *self,
                                    ConfabdConfig *config,
                                    GError **error);
void confabd_ctl_accounts_clear (ConfabdCtlAccounts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdCtlAccounts, confabd_ctl_accounts_clear)

ConfabProfile *confabd_ctl_accounts_find (ConfabdCtlAccounts *self,
                                          const char *name,
                                          GError **error);
ConfabdUserPage *confabd_ctl_accounts_search (ConfabdCtlAccounts *self,
                                              const ConfabdUserQuery *query,
                                              GError **error);
gboolean confabd_ctl_accounts_find_owner (ConfabdCtlAccounts *self, char **id, GError **error);

ConfabProfile *confabd_ctl_accounts_add (ConfabdCtlAccounts *self,
                                         ConfabProfile *profile,
                                         const char *password_hash,
                                         GError **error);
ConfabProfile *confabd_ctl_accounts_change (ConfabdCtlAccounts *self,
                                            const char *user_id,
                                            const ConfabdUserChange *change,
                                            GError **error);
gboolean confabd_ctl_accounts_sign_out (ConfabdCtlAccounts *self,
                                        const char *user_id,
                                        const char *reason,
                                        GError **error);
gboolean confabd_ctl_accounts_delete (ConfabdCtlAccounts *self,
                                      const char *user_id,
                                      GError **error);

char *confabd_ctl_accounts_make_reset (ConfabdCtlAccounts *self,
                                       const char *user_id,
                                       GError **error);
ConfabdRegistrationInvite *confabd_ctl_accounts_invite (ConfabdCtlAccounts *self,
                                                        ConfabdRegistrationInvite *invite,
                                                        const char *secret,
                                                        GError **error);

G_END_DECLS
