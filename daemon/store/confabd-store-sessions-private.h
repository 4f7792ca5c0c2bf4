/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"
#include "confabd-session.h"
#include "confabd-store-sessions.h"

G_BEGIN_DECLS

/* confabd-store-sessions.c, -rotation.c and -revocations.c share these. */

#define CONFABD_SESSION_COLUMNS                                                         \
  "s.id, s.user_id, s.device_name, s.kind, s.is_trusted, s.created_at, s.last_seen_at," \
  " s.expires_at"
#define CONFABD_SESSION_ROW "(ssssbxxx)"

ConfabdSession *confabd_row_to_session (GVariant *row, GError **error);
gboolean confabd_rows_add_refresh_token (ConfabdConnection *connection,
                                         const char *hash,
                                         const char *session_id,
                                         const char *follows,
                                         gint64 now_us,
                                         GError **error);
gboolean confabd_rows_revoke_session (ConfabdConnection *connection,
                                      const char *id,
                                      gint64 now_us,
                                      const char *reason,
                                      GError **error);

ConfabdRevocation *confabd_revocation_new (const char *id, gint64 revoked_at_us);

G_END_DECLS
