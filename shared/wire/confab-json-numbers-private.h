/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void confab_json_number_format (double number, char *buffer, gsize size);
gsize confab_json_numbers_shorten (char *json, gsize size);

G_END_DECLS
