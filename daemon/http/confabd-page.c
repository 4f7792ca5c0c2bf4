/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-page.h"

#define DEFAULT_LIMIT    50
#define MAX_LIMIT        100
#define MAX_CURSOR_CHARS 1024

void
confabd_page_clear (ConfabdPage *self)
{
  g_clear_pointer (&self->parts, g_strfreev);
}

/**
 * confabd_page_make_cursor:
 * @parts: (array zero-terminated=1): what the page ended with, UTF-8
 *
 * Returns: (transfer full): where the next page begins, opaque, safe in a query
 */
char *
confabd_page_make_cursor (const char *const *parts)
{
  g_autoptr (GString) cursor = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *base64 = g_base64_encode ((const guchar *) parts[i], strlen (parts[i]));

    /* RFC 4648 §5, whose letters need no escaping. */
    g_strdelimit (base64, "+", '-');
    g_strdelimit (base64, "/", '_');
    g_string_append_printf (cursor, "%s%s", i > 0 ? "." : "", g_strdelimit (base64, "=", '~'));
  }
  return g_string_free (g_steal_pointer (&cursor), FALSE);
}

static char *
read_part (const char *text)
{
  g_autofree char *base64 = g_strdup (text);
  g_autofree guchar *bytes = NULL;
  gsize size;

  g_strdelimit (base64, "-", '+');
  g_strdelimit (base64, "_", '/');
  bytes = g_base64_decode (g_strdelimit (base64, "~", '='), &size);
  return memchr (bytes, '\0', size) == NULL &&
                 g_utf8_validate ((const char *) bytes, (gssize) size, NULL)
             ? g_strndup ((const char *) bytes, size)
             : NULL;
}

static char **
read_cursor (const char *cursor, guint n_parts)
{
  g_auto (GStrv) texts = NULL;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (strlen (cursor) > MAX_CURSOR_CHARS) {
    return NULL;
  }
  texts = g_strsplit (cursor, ".", -1);
  if (g_strv_length (texts) != n_parts) {
    return NULL;
  }
  for (guint i = 0; i < n_parts; i++) {
    char *part = read_part (texts[i]);

    if (part == NULL) {
      return NULL;
    }
    g_ptr_array_add (parts, part);
  }
  g_ptr_array_add (parts, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&parts), FALSE);
}

/**
 * confabd_page_read:
 * @request: a request
 * @n_parts: how many parts a cursor of this list has
 * @page: (out): what is asked for; 50 when no limit is said
 * @error: return location for a #GError
 *
 * Returns: whether there is such a page; else with %CONFAB_ERROR_BAD_REQUEST
 */
gboolean
confabd_page_read (ConfabdRequest *request, guint n_parts, ConfabdPage *page, GError **error)
{
  g_autofree char *limit = confabd_request_dup_query (request, "limit");
  g_autofree char *cursor = confabd_request_dup_query (request, "cursor");
  guint64 number = DEFAULT_LIMIT;

  if (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 1, MAX_LIMIT, &number, NULL)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "“limit” is 1 to %d", MAX_LIMIT);
    return FALSE;
  }
  page->limit = (guint) number;
  page->parts = cursor != NULL ? read_cursor (cursor, n_parts) : NULL;
  if (cursor != NULL && page->parts == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "“cursor” is none that a page ended with");
    return FALSE;
  }
  return TRUE;
}
