/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-ctl-accounts.h"

G_BEGIN_DECLS

/* The files confabd-ctl-user*.c share these. */

gboolean confabd_ctl_user_read_role (const char *name, ConfabUserRole *role, GError **error);

gboolean confabd_ctl_user_run_add (ConfabdCtl *ctl, GError **error);
gboolean confabd_ctl_user_run_reset_link (ConfabdCtl *ctl, GError **error);
gboolean confabd_ctl_user_run_invite (ConfabdCtl *ctl, GError **error);

G_END_DECLS
