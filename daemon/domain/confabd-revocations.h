/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_REVOCATIONS (confabd_revocations_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdRevocations, confabd_revocations, CONFABD, REVOCATIONS, GObject)

/* Times are seconds since 1970. */
ConfabdRevocations *confabd_revocations_new (guint max_sessions);
gboolean confabd_revocations_add (ConfabdRevocations *self,
                                  const char *session_id,
                                  gint64 until_s,
                                  gint64 now_s);
gboolean confabd_revocations_contain (ConfabdRevocations *self,
                                      const char *session_id,
                                      gint64 issued_at_s);

G_END_DECLS
