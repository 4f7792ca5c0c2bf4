/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-permission.h"
#include "confabd-limits.h"
#include "confabd-request.h"

G_BEGIN_DECLS

typedef void (*ConfabdHandler) (ConfabdRequest *request, gpointer api);

/* One row of a route table. All strings are static. */
struct _ConfabdRoute {
  const char *method;
  const char *pattern; /* "/api/v1/calls/{id}": a part in braces matches one whole segment */
  ConfabPermission permission; /* PUBLIC: needs no credentials */
  ConfabdLimit limit;
  ConfabdHandler handler;
};

#define CONFABD_TYPE_ROUTER (confabd_router_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdRouter, confabd_router, CONFABD, ROUTER, GObject)

ConfabdRouter *confabd_router_new (void);
void confabd_router_add (ConfabdRouter *self,
                         const ConfabdRoute *routes,
                         gsize n_routes,
                         GObject *api);
const ConfabdRoute *confabd_router_match (ConfabdRouter *self,
                                          const char *method,
                                          const char *path,
                                          GObject **api,
                                          char ***arguments,
                                          char **allow);
char **confabd_router_list (ConfabdRouter *self);

G_END_DECLS
