/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"

G_BEGIN_DECLS

#define CONFABD_DATABASE_DEADLINE_MS 10000 /* of a piece of work, unless something else is said */

#define CONFABD_TYPE_DATABASE (confabd_database_get_type ())
G_DECLARE_INTERFACE (ConfabdDatabase, confabd_database, CONFABD, DATABASE, GObject)

/**
 * ConfabdWorkFunc:
 * @connection: the connection that the work may use, for the length of this call only
 * @data: (nullable): what was handed to the database with the work
 * @error: return location for a #GError
 *
 * A piece of work on a thread of the database. Sets @error to have everything that it wrote undone.
 *
 * Returns: (transfer full) (nullable): the result; %NULL is a result too when @error is not set
 */
typedef gpointer (*ConfabdWorkFunc) (ConfabdConnection *connection, gpointer data, GError **error);

/**
 * ConfabdWork:
 * @run: what to do on the thread of the database
 * @data: (nullable): the arguments of @run
 * @free_data: (nullable): frees @data, on the thread that asked
 * @free_result: (nullable): frees a result that nobody waits for any more
 */
typedef struct {
  ConfabdWorkFunc run;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
} ConfabdWork;

/**
 * ConfabdDatabaseUse:
 * @CONFABD_DATABASE_SERVE: a daemon's; of a file there is one
 * @CONFABD_DATABASE_MAINTAIN: a tool's that changes it; it waits its turn
 * @CONFABD_DATABASE_LOOK: a tool's that looks, copies, or writes a row, while a daemon is at it
 */
typedef enum {
  CONFABD_DATABASE_SERVE,
  CONFABD_DATABASE_MAINTAIN,
  CONFABD_DATABASE_LOOK,
} ConfabdDatabaseUse;

struct _ConfabdDatabaseInterface {
  GTypeInterface parent_iface;

  const char *(*get_dialect) (ConfabdDatabase *self);
  const char *(*get_name) (ConfabdDatabase *self);
  void (*write) (ConfabdDatabase *self, const ConfabdWork *work, GTask *task);
  void (*read) (ConfabdDatabase *self, const ConfabdWork *work, GTask *task);
  void (*backup) (ConfabdDatabase *self, const char *path, GTask *task);
  void (*close) (ConfabdDatabase *self, GTask *task);
  void (*set_deadline_ms) (ConfabdDatabase *self, guint deadline_ms);
};

ConfabdDatabase *confabd_database_open (const char *url, ConfabdDatabaseUse use, GError **error);
gboolean confabd_database_restore (const char *url, const char *path, char **kept, GError **error);
const char *confabd_database_get_dialect (ConfabdDatabase *self);
const char *confabd_database_get_name (ConfabdDatabase *self);
void confabd_database_set_deadline_ms (ConfabdDatabase *self, guint deadline_ms);

void confabd_database_write_async (ConfabdDatabase *self,
                                   const ConfabdWork *work,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gpointer confabd_database_write_finish (ConfabdDatabase *self,
                                        GAsyncResult *result,
                                        GError **error);
void confabd_database_read_async (ConfabdDatabase *self,
                                  const ConfabdWork *work,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gpointer confabd_database_read_finish (ConfabdDatabase *self, GAsyncResult *result, GError **error);
void confabd_database_write_for (ConfabdDatabase *self, const ConfabdWork *work, GTask *task);
void confabd_database_read_for (ConfabdDatabase *self, const ConfabdWork *work, GTask *task);
void confabd_database_close_async (ConfabdDatabase *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean confabd_database_close_finish (ConfabdDatabase *self,
                                        GAsyncResult *result,
                                        GError **error);

/* These wait: for the start, the end, confabctl and tests. */
gpointer confabd_database_write_sync (ConfabdDatabase *self,
                                      const ConfabdWork *work,
                                      GError **error);
gpointer confabd_database_read_sync (ConfabdDatabase *self,
                                     const ConfabdWork *work,
                                     GError **error);
gboolean confabd_database_backup_sync (ConfabdDatabase *self, const char *path, GError **error);
gboolean confabd_database_close_sync (ConfabdDatabase *self, GError **error);

G_END_DECLS
