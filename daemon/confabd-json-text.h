/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void confabd_json_text_append (GString *json, const char *text);
void confabd_json_text_append_member (GString *json, const char *name, const char *text);

G_END_DECLS
