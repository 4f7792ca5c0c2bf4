/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-router"

#include "config.h"

#include "confabd-router.h"

/*
 * Which handler a method and a path belong to. Routes come in tables, one a group of the API.
 */
typedef struct {
  const ConfabdRoute *route; /* (unowned) static */
  GObject *api;              /* (owned) (nullable) */
  char **segments;           /* (owned) of the pattern */
  guint n_segments;
  guint n_arguments; /* how many of them are in braces */
} Entry;

struct _ConfabdRouter {
  GObject parent_instance;

  GPtrArray *entries; /* (element-type Entry) (owned) in the order of their adding */
};

G_DEFINE_FINAL_TYPE (ConfabdRouter, confabd_router, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_clear_object (&entry->api);
  g_strfreev (entry->segments);
  g_free (entry);
}

static gboolean
is_argument (const char *segment)
{
  return segment[0] == '{';
}

/* From the end, where the patterns differ. */
static gboolean
entry_matches (const Entry *entry, char **segments, guint n_segments)
{
  if (entry->n_segments != n_segments)
    return FALSE;
  for (guint i = n_segments; i-- > 0;) {
    if (is_argument (entry->segments[i]) ? segments[i][0] == '\0'
                                         : !g_str_equal (entry->segments[i], segments[i]))
      return FALSE;
  }
  return TRUE;
}

static char **
entry_take_arguments (const Entry *entry, char **segments)
{
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();

  for (guint i = 0; entry->segments[i] != NULL; i++) {
    if (is_argument (entry->segments[i]))
      g_strv_builder_add (arguments, segments[i]);
  }
  return g_strv_builder_end (arguments);
}

/* "/calls/join" is that address and no call of the name "join", whatever the method. */
static guint
find_fewest_arguments (ConfabdRouter *self, char **segments, guint n_segments)
{
  guint fewest = G_MAXUINT;

  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = self->entries->pdata[i];

    if (entry_matches (entry, segments, n_segments))
      fewest = MIN (fewest, entry->n_arguments);
  }
  return fewest;
}

/* HEAD is a GET whose body libsoup keeps to itself. */
static gboolean
entry_answers (const Entry *entry, const char *method)
{
  return g_str_equal (entry->route->method, method) ||
         (g_str_equal (method, "HEAD") && g_str_equal (entry->route->method, "GET"));
}

static void
add_allowed (GString *allow, const char *method)
{
  g_string_append_printf (allow, "%s%s", allow->len > 0 ? ", " : "", method);
  if (g_str_equal (method, "GET"))
    g_string_append (allow, ", HEAD");
}

static char *
describe (const ConfabdRoute *route)
{
  const char *scope = confab_permission_get_scope (route->permission);

  return g_strdup_printf (
      "%s %s %s %s %s", route->method, route->pattern,
      confab_permission_to_string (route->permission),
      confab_user_role_to_string (confab_permission_get_least_role (route->permission)),
      scope != NULL ? scope : "-");
}

static void
confabd_router_finalize (GObject *object)
{
  g_ptr_array_unref (CONFABD_ROUTER (object)->entries);

  G_OBJECT_CLASS (confabd_router_parent_class)->finalize (object);
}

static void
confabd_router_class_init (ConfabdRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_router_finalize;
}

static void
confabd_router_init (ConfabdRouter *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
}

/**
 * confabd_router_new:
 *
 * Returns: (transfer full): a router without routes
 */
ConfabdRouter *
confabd_router_new (void)
{
  return g_object_new (CONFABD_TYPE_ROUTER, NULL);
}

/**
 * confabd_router_add:
 * @self: a router
 * @routes: (array length=n_routes): a static table
 * @n_routes: how many
 * @api: (nullable): handed to their handlers
 */
void
confabd_router_add (ConfabdRouter *self, const ConfabdRoute *routes, gsize n_routes, GObject *api)
{
  for (gsize i = 0; i < n_routes; i++) {
    Entry *entry = g_new0 (Entry, 1);

    entry->route = &routes[i];
    entry->api = api != NULL ? g_object_ref (api) : NULL;
    entry->segments = g_strsplit (routes[i].pattern, "/", -1);
    entry->n_segments = g_strv_length (entry->segments);
    for (guint n = 0; n < entry->n_segments; n++)
      entry->n_arguments += is_argument (entry->segments[n]);
    g_ptr_array_add (self->entries, entry);
  }
}

/**
 * confabd_router_match:
 * @self: a router
 * @method: such as "GET"
 * @path: as it was sent
 * @api: (out) (transfer none) (nullable): for the handler
 * @arguments: (out) (transfer full): what stood in the braces, in their order
 * @allow: (out) (transfer full) (nullable): when the path is known but not with that method: the
 *   value of `Allow`
 *
 * Returns: (transfer none) (nullable): the route; without one and without @allow the path is not
 * known
 */
const ConfabdRoute *
confabd_router_match (ConfabdRouter *self,
                      const char *method,
                      const char *path,
                      GObject **api,
                      char ***arguments,
                      char **allow)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  g_autoptr (GString) allowed = g_string_new (NULL);
  guint n_segments = g_strv_length (segments);
  guint n_arguments = find_fewest_arguments (self, segments, n_segments);

  *allow = NULL;
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = self->entries->pdata[i];

    if (!entry_matches (entry, segments, n_segments) || entry->n_arguments != n_arguments)
      continue;
    if (entry_answers (entry, method)) {
      *api = entry->api;
      *arguments = entry_take_arguments (entry, segments);
      return entry->route;
    }
    add_allowed (allowed, entry->route->method);
  }
  if (allowed->len > 0)
    *allow = g_strdup (allowed->str);
  return NULL;
}

/**
 * confabd_router_list:
 * @self: a router
 *
 * Returns: (transfer full): each route as "METHOD /pattern permission least-role scope", "-" for no
 * scope, in the order of their adding
 */
char **
confabd_router_list (ConfabdRouter *self)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; i < self->entries->len; i++) {
    const ConfabdRoute *route = ((Entry *) self->entries->pdata[i])->route;
    g_autofree char *line = describe (route);

    g_strv_builder_add (list, line);
  }
  return g_strv_builder_end (list);
}
