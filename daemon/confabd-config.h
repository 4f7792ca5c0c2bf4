/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ice-server.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_CONFIG (confabd_config_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdConfig, confabd_config, CONFABD, CONFIG, GObject)

/* Starts with the defaults. Read in this order: file, environment, options; the later one wins.
 * Nothing fails at once: each mistake becomes one line, get_mistakes () has them all. */
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

/* [server] */
GPtrArray *confabd_config_get_listen (ConfabdConfig *self);    /* (element-type GSocketAddress) */
const char *confabd_config_get_base_url (ConfabdConfig *self); /* (nullable) no trailing slash */
const char *const *confabd_config_get_allowed_origins (ConfabdConfig *self);
/* [database] */
const char *confabd_config_get_database_url (ConfabdConfig *self);
/* [auth] */
const char *confabd_config_get_key_file (ConfabdConfig *self);
/* [limits] */
guint confabd_config_get_max_participants (ConfabdConfig *self);
guint confabd_config_get_max_connections (ConfabdConfig *self);
guint confabd_config_get_max_connections_per_address (ConfabdConfig *self);
guint confabd_config_get_open_calls_per_user (ConfabdConfig *self);
guint confabd_config_get_call_s (ConfabdConfig *self); /* of "call-hours" */
guint confabd_config_get_empty_room_s (ConfabdConfig *self);
guint confabd_config_get_outbox_messages (ConfabdConfig *self);
gsize confabd_config_get_outbox_bytes (ConfabdConfig *self);
guint confabd_config_get_guest_per_minute (ConfabdConfig *self);
guint confabd_config_get_create_per_minute (ConfabdConfig *self);
guint confabd_config_get_join_failures_per_minute (ConfabdConfig *self);
/* [ice] */
GPtrArray *confabd_config_get_ice_servers (
    ConfabdConfig *self); /* (element-type ConfabIceServer) */
/* [turn] */
const char *const *confabd_config_get_turn_urls (ConfabdConfig *self);
GBytes *confabd_config_get_turn_secret (ConfabdConfig *self); /* (nullable) */
guint confabd_config_get_turn_lifetime_s (ConfabdConfig *self);
/* [log] */
GLogLevelFlags confabd_config_get_log_level (ConfabdConfig *self); /* the least that is written */

G_END_DECLS
