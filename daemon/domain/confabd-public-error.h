/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"

G_BEGIN_DECLS

void confabd_error_set_too_often (GError **error, guint retry_after_s);
guint confabd_error_get_retry_after_s (const GError *error);
gboolean confabd_error_is_internal (const GError *error);
ConfabError confabd_error_get_public_code (const GError *error);
const char *confabd_error_get_public_text (const GError *error);

G_END_DECLS
