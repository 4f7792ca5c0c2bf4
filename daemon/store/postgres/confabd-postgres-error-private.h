/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libpq-fe.h>

#include "confab-types.h"

G_BEGIN_DECLS

void confabd_postgres_set_error (GError **error, const PGresult *result, const char *name);
void confabd_postgres_set_away (GError **error, PGconn *handle, const char *name);

G_END_DECLS
