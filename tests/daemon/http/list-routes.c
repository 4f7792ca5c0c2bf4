/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-context.h"
#include "confabd-docs-resources.h"
#include "confabd-guest-resources.h"

/* Prints what the daemon answers, a line a route: METHOD PATTERN PERMISSION ROLE SCOPE. Held
 * against data/api. */
int
main (int argc, char *argv[])
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();
  g_autoptr (ConfabdContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) routes = NULL;

  confabd_docs_register_resource ();
  confabd_guest_register_resource ();
  confabd_config_set (config, "database", "url", "sqlite::memory:", "list-routes");
  context = confabd_context_new (config, TRUE, &error);
  if (context == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  routes = confabd_router_list (confabd_context_get_router (context));
  for (gsize i = 0; routes[i] != NULL; i++)
    g_print ("%s\n", routes[i]);
  return 0;
}
