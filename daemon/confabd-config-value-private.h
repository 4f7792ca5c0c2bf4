/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* Each parses the text of one setting; what is wrong with it is the message of the error. */

gboolean confabd_config_value_parse_number (
    const char *text, guint64 min, guint64 max, guint64 *value, GError **error);
gboolean confabd_config_value_parse_hours (const char *text, guint *seconds, GError **error);
gboolean confabd_config_value_parse_level (const char *text, GLogLevelFlags *level, GError **error);
char *confabd_config_value_parse_base_url (const char *text, GError **error);
char *confabd_config_value_parse_path (const char *text, GError **error);
char *confabd_config_value_parse_database (const char *text, GError **error);
GPtrArray *confabd_config_value_parse_listen (const char *text, GError **error);
char **confabd_config_value_parse_origins (const char *text, GError **error);
GPtrArray *confabd_config_value_parse_ice (const char *text, GError **error);
char **confabd_config_value_parse_turn_urls (const char *text, GError **error);
GBytes *confabd_config_value_parse_secret (const char *text, GError **error);
GBytes *confabd_config_value_read_secret (const char *path, GError **error);

G_END_DECLS
