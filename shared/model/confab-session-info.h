/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_SESSION_INFO (confab_session_info_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_session_info_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabSessionInfo *confab_session_info_new (const char *id,
                                            const char *device_name,
                                            GDateTime *created_at,
                                            GDateTime *last_seen_at,
                                            gboolean is_trusted,
                                            gboolean is_current);
CONFAB_AVAILABLE_IN_ALL
ConfabSessionInfo *confab_session_info_ref (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
void confab_session_info_unref (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_session_info_get_id (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_session_info_get_device_name (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_session_info_get_created_at (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_session_info_get_last_seen_at (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_info_is_trusted (ConfabSessionInfo *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_info_is_current (ConfabSessionInfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabSessionInfo, confab_session_info_unref)

G_END_DECLS
