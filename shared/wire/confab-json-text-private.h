/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void confab_json_text_append_name (GString *json, const char *name);
void confab_json_text_append_string (GString *json, const char *text);
void confab_json_text_append_integer (GString *json, gint64 number);
void confab_json_text_append_double (GString *json, double number);

G_END_DECLS
