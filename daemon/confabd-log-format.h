/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *confabd_log_get_level_name (GLogLevelFlags level);
const char *confabd_log_find_text (const GLogField *fields, gsize n_fields, const char *key);
gboolean confabd_log_is_plain (const char *key);
char *confabd_log_redact_field (const char *key, const char *value);
char *confabd_log_format_text (GLogLevelFlags level,
                               const GLogField *fields,
                               gsize n_fields,
                               GDateTime *now);
char *confabd_log_format_json (GLogLevelFlags level,
                               const GLogField *fields,
                               gsize n_fields,
                               GDateTime *now);

G_END_DECLS
