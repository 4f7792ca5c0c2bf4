/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-setting.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_CONFIG (confabd_config_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdConfig, confabd_config, CONFABD, CONFIG, GObject)

/* Starts with the defaults. Read in this order: file, environment, options; the later one wins.
 * Nothing fails at once: each mistake becomes one line, get_mistakes () has them all. What was read
 * is in the headers of the groups: confabd-config-server.h and so on. */
ConfabdConfig *confabd_config_new (void);
void confabd_config_read_file (ConfabdConfig *self, const char *path);
void confabd_config_read_environment (ConfabdConfig *self, const char *const *environment);
/* An option of the command line: "--listen" sets group "server", key "listen". A list is joined
 * with ";". */
void confabd_config_set (
    ConfabdConfig *self, const char *group, const char *key, const char *value, const char *origin);
void confabd_config_check (ConfabdConfig *self);
/* (element-type utf8), empty when all is well */
GPtrArray *confabd_config_get_mistakes (ConfabdConfig *self);
/* value: (nullable) as it is written, NULL when nothing is set; origin: (nullable) where, NULL for
 * a default. A secret is not told. */
typedef void (*ConfabdConfigFunc) (
    const char *group, const char *key, const char *value, const char *origin, gpointer user_data);

void confabd_config_foreach (ConfabdConfig *self, ConfabdConfigFunc function, gpointer user_data);
gconstpointer confabd_config_get_values (ConfabdConfig *self, const ConfabdConfigGroup *group);

G_END_DECLS
