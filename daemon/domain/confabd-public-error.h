/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"

G_BEGIN_DECLS

gboolean confabd_error_is_internal (const GError *error);
const char *confabd_error_get_public_text (const GError *error);

G_END_DECLS
