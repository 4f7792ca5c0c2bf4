/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_CONNECTION (confabd_connection_get_type ())
G_DECLARE_INTERFACE (ConfabdConnection, confabd_connection, CONFABD, CONNECTION, GObject)

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

G_END_DECLS
