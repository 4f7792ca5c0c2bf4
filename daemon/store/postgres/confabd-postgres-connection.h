/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_POSTGRES_CONNECTION (confabd_postgres_connection_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdPostgresConnection, confabd_postgres_connection, CONFABD, POSTGRES_CONNECTION, GObject)

ConfabdPostgresConnection *confabd_postgres_connection_open (const char *url,
                                                             const char *name,
                                                             GError **error);
int confabd_postgres_connection_get_version (ConfabdPostgresConnection *self, GError **error);

G_END_DECLS
