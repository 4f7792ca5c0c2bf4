/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gio.h>

#include "confab-id.h"
#include "confabd-refusal.h"

typedef struct {
  guint status;
  const char *title;
} StatusTitle;

static const StatusTitle titles[] = {
  { 400, "Bad Request" },
  { 401, "Unauthorized" },
  { 403, "Forbidden" },
  { 404, "Not Found" },
  { 408, "Request Timeout" },
  { 409, "Conflict" },
  { 410, "Gone" },
  { 411, "Length Required" },
  { 413, "Content Too Large" },
  { 414, "URI Too Long" },
  { 417, "Expectation Failed" },
  { 426, "Upgrade Required" },
  { 429, "Too Many Requests" },
  { 431, "Request Header Fields Too Large" },
  { 500, "Internal Server Error" },
  { 501, "Not Implemented" },
  { 503, "Service Unavailable" },
  { 505, "HTTP Version Not Supported" },
};

static const char *
get_title (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++) {
    if (titles[i].status == status)
      return titles[i].title;
  }
  return "Refused";
}

/* Fields that HTTP asks for with a certain status. */
static const char *
get_extra_fields (guint status)
{
  switch (status) {
  case 426:
    return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  case 429:
  case 503:
    return "Retry-After: 5\r\n";
  default:
    return "";
  }
}

static void
append_json_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (json, "\\%c", *at);
    else if ((guchar) *at < 0x20)
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *at);
    else
      g_string_append_c (json, *at);
  }
  g_string_append_c (json, '"');
}

static GString *
render_problem (guint status, ConfabError code, const char *detail)
{
  GString *json = g_string_new ("{\"type\":\"about:blank\",\"title\":");
  g_autofree char *request_id = confab_id_new ();

  append_json_string (json, get_title (status));
  g_string_append_printf (json, ",\"status\":%u,\"detail\":", status);
  append_json_string (json, detail);
  g_string_append (json, ",\"code\":");
  append_json_string (json, confab_error_get_wire_name (code));
  g_string_append_printf (json, ",\"request_id\":\"%s\"}\n", request_id);
  return json;
}

/**
 * confabd_refusal_cut_body:
 * @answer: from confabd_refusal_render ()
 *
 * Returns: (transfer full): its head alone, for HEAD
 */
GBytes *
confabd_refusal_cut_body (GBytes *answer)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (answer, &length);
  const char *end = g_strstr_len (text, (gssize) length, "\r\n\r\n");

  g_assert (end != NULL);
  return g_bytes_new_from_bytes (answer, 0, (gsize) (end - text) + 4);
}

/**
 * confabd_refusal_render:
 * @status: of HTTP, 400..599
 * @code: gives the stable `code` of the answer
 * @detail: one sentence, UTF-8
 *
 * Writes a refusal as a whole HTTP/1.1 answer after which the connection is closed.
 * Source: RFC 9457 (problem details), RFC 9112 §9.6 (close).
 *
 * Returns: (transfer full): head and body
 */
GBytes *
confabd_refusal_render (guint status, ConfabError code, const char *detail)
{
  GString *answer = g_string_new (NULL);
  GString *body = render_problem (status, code, detail);

  g_string_append_printf (answer,
                          "HTTP/1.1 %u %s\r\n"
                          "Content-Type: application/problem+json\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "Cache-Control: no-store\r\n"
                          "X-Content-Type-Options: nosniff\r\n"
                          "%sConnection: close\r\n\r\n",
                          status, get_title (status), body->len, get_extra_fields (status));
  g_string_append_len (answer, body->str, (gssize) body->len);
  g_string_free (body, TRUE);
  return g_string_free_to_bytes (answer);
}
