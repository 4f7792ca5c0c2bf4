/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean confabd_linger_discard (int fd, gsize *budget_bytes);

G_END_DECLS
