/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-static-files"

#include "config.h"

#include <string.h>

#include "confabd-static-files.h"

/*
 * Files that are compiled in, each with its type and a tag by which a browser finds that it has it
 * already.
 */
struct _ConfabdStaticFiles {
  GObject parent_instance;

  GHashTable *files; /* (element-type utf8 File) (owned) by name */
};

typedef struct {
  GBytes *bytes;    /* (owned) */
  char *etag;       /* (owned) with its quotes */
  const char *type; /* (unowned) static */
} File;

G_DEFINE_FINAL_TYPE (ConfabdStaticFiles, confabd_static_files, G_TYPE_OBJECT)

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
add_file (ConfabdStaticFiles *self, GResource *resource, const char *folder, const char *name)
{
  g_autofree char *path = g_strconcat (folder, name, NULL);
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
confabd_static_files_finalize (GObject *object)
{
  g_hash_table_unref (CONFABD_STATIC_FILES (object)->files);

  G_OBJECT_CLASS (confabd_static_files_parent_class)->finalize (object);
}

static void
confabd_static_files_class_init (ConfabdStaticFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_static_files_finalize;
}

static void
confabd_static_files_init (ConfabdStaticFiles *self)
{
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) file_free);
}

/**
 * confabd_static_files_new:
 * @resource: has the files
 * @folder: where in @resource, with a slash at the end; what is in folders below is left out
 *
 * Returns: (transfer full): the files
 */
ConfabdStaticFiles *
confabd_static_files_new (GResource *resource, const char *folder)
{
  ConfabdStaticFiles *self = g_object_new (CONFABD_TYPE_STATIC_FILES, NULL);
  g_auto (GStrv) names =
      g_resource_enumerate_children (resource, folder, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    add_file (self, resource, folder, names[i]);
  return self;
}

/**
 * confabd_static_files_serve:
 * @self: the files
 * @name: of one of them
 * @request: who asks
 *
 * Answers with the file, with 304 when `If-None-Match` names it, or with `not-found`.
 */
void
confabd_static_files_serve (ConfabdStaticFiles *self, const char *name, ConfabdRequest *request)
{
  const File *file = g_hash_table_lookup (self->files, name);

  if (file == NULL) {
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "The page has no such file");
    return;
  }
  confabd_request_set_header (request, "Cache-Control", "no-cache");
  confabd_request_set_header (request, "ETag", file->etag);
  if (has_etag (confabd_request_get_header (request, "If-None-Match"), file->etag))
    confabd_request_reply_bytes (request, SOUP_STATUS_NOT_MODIFIED, NULL, NULL);
  else
    confabd_request_reply_bytes (request, SOUP_STATUS_OK, file->type, file->bytes);
}

/**
 * confabd_static_files_look_up:
 * @self: the files
 * @name: of one of them
 * @content_type: (out) (transfer none): what it is
 *
 * Returns: (transfer none) (nullable): what is in the file
 */
GBytes *
confabd_static_files_look_up (ConfabdStaticFiles *self, const char *name, const char **content_type)
{
  const File *file = g_hash_table_lookup (self->files, name);

  *content_type = file != NULL ? file->type : NULL;
  return file != NULL ? file->bytes : NULL;
}
