/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

char *confabd_label_normalize (const char *text, guint max_chars);

G_END_DECLS
