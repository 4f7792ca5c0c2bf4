/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-docs"

#include "config.h"

#include "confabd-docs.h"
#include "confabd-static-files.h"

#define FOLDER "/app/confab/docs/"

/* The contract: as JSON for programs, and as a page for people. */

static void
handle_page (ConfabdRequest *request, gpointer api)
{
  confabd_static_files_serve (CONFABD_STATIC_FILES (api), "index.html", request);
}

static void
handle_file (ConfabdRequest *request, gpointer api)
{
  confabd_static_files_serve (CONFABD_STATIC_FILES (api), confabd_request_get_argument (request, 0),
                              request);
}

static void
handle_openapi (ConfabdRequest *request, gpointer api)
{
  confabd_static_files_serve (CONFABD_STATIC_FILES (api), "openapi.json", request);
}

static void
handle_asyncapi (ConfabdRequest *request, gpointer api)
{
  confabd_static_files_serve (CONFABD_STATIC_FILES (api), "asyncapi.json", request);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/docs",                 CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_page },
  { "GET", "/docs/{file}",          CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_file },
  { "GET", "/api/v1/openapi.json",  CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_openapi },
  { "GET", "/api/v1/asyncapi.json", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_asyncapi },
};
/* clang-format on */

/**
 * confabd_docs_add_routes:
 * @router: a router
 * @resource: has the contract and the page below /app/confab/docs
 */
void
confabd_docs_add_routes (ConfabdRouter *router, GResource *resource)
{
  g_autoptr (ConfabdStaticFiles) files = confabd_static_files_new (resource, FOLDER);

  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (files));
}
