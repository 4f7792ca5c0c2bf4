/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-sqlite-connection.h"
#include "confabd-sqlite-queue-private.h"

G_BEGIN_DECLS

void confabd_sqlite_worker_write (ConfabdSqliteConnection *connection, ConfabdSqliteQueue *queue);
void confabd_sqlite_worker_read (ConfabdSqliteConnection *connection, ConfabdSqliteQueue *queue);

G_END_DECLS
