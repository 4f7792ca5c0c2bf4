/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_CONNECTION (confabd_connection_get_type ())
G_DECLARE_INTERFACE (ConfabdConnection, confabd_connection, CONFABD, CONNECTION, GObject)

typedef enum { CONFABD_TRANSACTION_READ, CONFABD_TRANSACTION_WRITE } ConfabdTransaction;

struct _ConfabdConnectionInterface {
  GTypeInterface parent_iface;

  gboolean (*execute) (ConfabdConnection *self,
                       const char *sql,
                       GVariant *parameters,
                       guint *n_changed,
                       GError **error);
  GPtrArray *(*query) (ConfabdConnection *self,
                       const char *sql,
                       GVariant *parameters,
                       const GVariantType *row_type,
                       GError **error);
  gboolean (*run_script) (ConfabdConnection *self, const char *sql, GError **error);

  /* For the thread that owns the connection. */
  gboolean (*begin) (ConfabdConnection *self, ConfabdTransaction kind, GError **error);
  gboolean (*is_in_transaction) (ConfabdConnection *self);
  gboolean (*is_aborted) (ConfabdConnection *self); /* NULL: it never is */
  void (*set_deadline) (ConfabdConnection *self, gint64 deadline_mono_us);
};

gboolean confabd_connection_execute (ConfabdConnection *self,
                                     const char *sql,
                                     GVariant *parameters,
                                     guint *n_changed,
                                     GError **error);
GPtrArray *confabd_connection_query (ConfabdConnection *self,
                                     const char *sql,
                                     GVariant *parameters,
                                     const char *row_type,
                                     GError **error);
gboolean confabd_connection_query_one (ConfabdConnection *self,
                                       const char *sql,
                                       GVariant *parameters,
                                       const char *row_type,
                                       GVariant **row,
                                       GError **error);
gboolean confabd_connection_run_script (ConfabdConnection *self, const char *sql, GError **error);

gboolean confabd_connection_begin (ConfabdConnection *self,
                                   ConfabdTransaction kind,
                                   GError **error);
gboolean confabd_connection_is_in_transaction (ConfabdConnection *self);
gboolean confabd_connection_is_aborted (ConfabdConnection *self);
void confabd_connection_set_deadline (ConfabdConnection *self, gint64 deadline_mono_us);

G_END_DECLS
