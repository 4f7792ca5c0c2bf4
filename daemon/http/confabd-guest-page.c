/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-guest-page"

#include "config.h"

#include <string.h>

#include "confab-id.h"
#include "confabd-guest-page.h"

#define FOLDER "/app/confab/guest/"
#define INDEX  "index.html"

/*
 * The page for people with nothing but a browser and a link, and the files it is made of.
 */
struct _ConfabdGuestPage {
  GObject parent_instance;

  GHashTable *files; /* (element-type utf8 File) (owned) by name below FOLDER */
};

typedef struct {
  GBytes *bytes;    /* (owned) */
  char *etag;       /* (owned) with its quotes */
  const char *type; /* (unowned) static */
} File;

G_DEFINE_FINAL_TYPE (ConfabdGuestPage, confabd_guest_page, G_TYPE_OBJECT)

/* clang-format off */
static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js",   "text/javascript; charset=utf-8" },
  { ".mjs",  "text/javascript; charset=utf-8" },
  { ".css",  "text/css; charset=utf-8" },
  { ".txt",  "text/plain; charset=utf-8" },
  { ".svg",  "image/svg+xml" },
  { ".png",  "image/png" },
  { ".json", "application/json" },
  { ".webmanifest", "application/manifest+json" },
  { ".woff2", "font/woff2" },
};
/* clang-format on */

static const char *
type_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_has_suffix (name, types[i].suffix))
      return types[i].type;
  }
  return "application/octet-stream";
}

static void
file_free (File *file)
{
  g_bytes_unref (file->bytes);
  g_free (file->etag);
  g_free (file);
}

static void
add_file (ConfabdGuestPage *self, GResource *resource, const char *name)
{
  g_autofree char *path = g_strconcat (FOLDER, name, NULL);
  g_autofree char *digest = NULL;
  GBytes *bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  File *file;

  if (bytes == NULL)
    return;
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  file = g_new0 (File, 1);
  file->bytes = bytes;
  file->etag = g_strdup_printf ("\"%.32s\"", digest);
  file->type = type_of (name);
  g_hash_table_insert (self->files, g_strdup (name), file);
}

/* A list of tags, or "*"; the weak form means the same here. RFC 9110, 13.1.2. */
static gboolean
has_etag (const char *field, const char *etag)
{
  return field != NULL && (g_str_equal (field, "*") || strstr (field, etag) != NULL);
}

static void
serve_file (ConfabdRequest *request, const File *file)
{
  confabd_request_set_header (request, "Cache-Control", "no-cache");
  confabd_request_set_header (request, "ETag", file->etag);
  if (has_etag (confabd_request_get_header (request, "If-None-Match"), file->etag))
    confabd_request_reply_bytes (request, SOUP_STATUS_NOT_MODIFIED, NULL, NULL);
  else
    confabd_request_reply_bytes (request, SOUP_STATUS_OK, file->type, file->bytes);
}

static void
handle_file (ConfabdRequest *request, gpointer api)
{
  ConfabdGuestPage *self = CONFABD_GUEST_PAGE (api);
  const File *file = g_hash_table_lookup (self->files, confabd_request_get_argument (request, 0));

  if (file == NULL)
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "The page has no such file");
  else
    serve_file (request, file);
}

static gboolean
looks_like_link (const char *text)
{
  g_autofree char *code = confab_code_normalize (text);

  return code != NULL || confab_id_is_valid (text);
}

/* Whether there is such a call the page asks by itself, limited as everybody who guesses. Of what
 * cannot be a link at all it says the same, in the visitor's language. */
static void
handle_page (ConfabdRequest *request, gpointer api)
{
  ConfabdGuestPage *self = CONFABD_GUEST_PAGE (api);
  const File *index = g_hash_table_lookup (self->files, INDEX);
  guint status = looks_like_link (confabd_request_get_argument (request, 0))
                     ? SOUP_STATUS_OK
                     : SOUP_STATUS_NOT_FOUND;

  if (index == NULL)
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "This server has no page for browsers");
  else
    confabd_request_reply_bytes (request, status, index->type, index->bytes);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/j/{code}",     CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_page },
  { "GET", "/guest/{file}", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_file },
};
/* clang-format on */

static void
confabd_guest_page_finalize (GObject *object)
{
  g_hash_table_unref (CONFABD_GUEST_PAGE (object)->files);

  G_OBJECT_CLASS (confabd_guest_page_parent_class)->finalize (object);
}

static void
confabd_guest_page_class_init (ConfabdGuestPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_guest_page_finalize;
}

static void
confabd_guest_page_init (ConfabdGuestPage *self)
{
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) file_free);
}

/**
 * confabd_guest_page_new:
 * @resource: has the files below /app/confab/guest, index.html among them
 *
 * Returns: (transfer full): the page
 */
ConfabdGuestPage *
confabd_guest_page_new (GResource *resource)
{
  ConfabdGuestPage *self = g_object_new (CONFABD_TYPE_GUEST_PAGE, NULL);
  g_auto (GStrv) names =
      g_resource_enumerate_children (resource, FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    add_file (self, resource, names[i]);
  return self;
}

/**
 * confabd_guest_page_add_routes:
 * @self: the page
 * @router: a router
 */
void
confabd_guest_page_add_routes (ConfabdGuestPage *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
