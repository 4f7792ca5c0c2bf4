/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "confabd-head.h"

typedef struct {
  const char *name;  /* (unowned) in the head's text */
  const char *value; /* (unowned) in the head's text, without white space around it */
} Field;

/**
 * ConfabdHead:
 *
 * The head of one HTTP/1 request that was found good. Immutable and reference counted.
 *
 * The check is stricter than RFC 9112 asks a server to be: whatever two implementations could read
 * in two ways is refused, because a proxy may stand before us and libsoup 3.2 behind us, and
 * libsoup reads generously.
 */
struct _ConfabdHead {
  char *text; /* (owned) a copy of the bytes, cut into strings */
  gsize size;
  const char *method; /* (unowned) all in the text */
  const char *path;
  const char *query; /* (nullable) */
  guint minor_version;
  guint64 content_length;
  gboolean has_content_length;
  guint n_fields;
  Field fields[CONFABD_HEAD_MAX_FIELDS];
};

G_DEFINE_BOXED_TYPE (ConfabdHead, confabd_head, confabd_head_ref, confabd_head_unref)

/* Anything else is not ours to serve; the REST table needs no other. */
static const char *const known_methods[] = { "GET",   "HEAD",   "POST",   "PUT",
                                             "PATCH", "DELETE", "OPTIONS" };

/* Fields that say different things to different readers when they come twice. */
static const char *const single_fields[] = {
  "host",
  "content-length",
  "transfer-encoding",
  "content-type",
  "authorization",
  "origin",
  "expect",
  "range",
  "sec-websocket-key",
  "sec-websocket-version",
};

#define HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%:[]"

static gboolean
refuse (ConfabdRefusal *refusal, guint status, ConfabError code, const char *detail)
{
  *refusal = (ConfabdRefusal){ status, code, detail };
  return FALSE;
}

static gboolean
refuse_bad (ConfabdRefusal *refusal, const char *detail)
{
  return refuse (refusal, 400, CONFAB_ERROR_BAD_REQUEST, detail);
}

/* RFC 9110 §5.6.2 */
static gboolean
is_token (const char *text)
{
  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isalnum (*text) && strchr ("!#$%&'*+-.^_`|~", *text) == NULL)
      return FALSE;
  }
  return TRUE;
}

/* Looks at each byte once, also when they come one by one; *@scanned is where it goes on. */
static ConfabdHeadResult
scan_lines (const char *bytes, gsize length, gsize *scanned, gsize *size, ConfabdRefusal *refusal)
{
  for (gsize i = *scanned; i < length; i++) {
    guchar byte = (guchar) bytes[i];
    gboolean after_cr = i > 0 && bytes[i - 1] == '\r';

    if ((byte == '\n') != after_cr) {
      refuse_bad (refusal, "Lines of a request head end in CR LF.");
      return CONFABD_HEAD_REFUSED;
    }
    if ((byte < 0x20 && strchr ("\r\n\t", byte) == NULL) || byte == '\0' || byte == 0x7f) {
      refuse_bad (refusal, "The request head contains a control character.");
      return CONFABD_HEAD_REFUSED;
    }
    *scanned = i + 1;
    if (byte == '\n' && i >= 3 && bytes[i - 2] == '\n') {
      *size = i + 1;
      return CONFABD_HEAD_COMPLETE;
    }
  }
  return CONFABD_HEAD_INCOMPLETE;
}

/* Cuts the next line off; *@cursor moves behind its CR LF. */
static char *
take_line (char **cursor)
{
  char *line = *cursor;
  char *end = strchr (line, '\r');

  *end = '\0';
  *cursor = end + strlen ("\r\n");
  return line;
}

static gboolean
has_dot_segment (const char *path)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++) {
    if (g_str_equal (segments[i], ".") || g_str_equal (segments[i], ".."))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_target (const char *target, ConfabdRefusal *refusal)
{
  if (strlen (target) > CONFABD_HEAD_MAX_TARGET)
    return refuse (refusal, 414, CONFAB_ERROR_TOO_LARGE, "The address of the request is too long.");
  if (target[0] != '/' || target[1] == '/')
    return refuse_bad (refusal, "The request target has to be a path.");

  for (const char *at = target; *at != '\0'; at++) {
    if (*at <= ' ' || *at >= 0x7f || *at == '#' || *at == '\\')
      return refuse_bad (refusal,
                         "The request target contains a character that has to be escaped.");
    if (*at != '%')
      continue;
    if (!g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]) || strncmp (at, "%00", 3) == 0)
      return refuse_bad (refusal, "The request target contains a wrong escape.");
  }
  return TRUE;
}

static gboolean
parse_target (ConfabdHead *self, char *target, ConfabdRefusal *refusal)
{
  char *query = NULL;

  if (!check_target (target, refusal))
    return FALSE;
  query = strchr (target, '?');
  if (query != NULL) {
    *query = '\0';
    self->query = query + 1;
  }
  if (has_dot_segment (target))
    return refuse_bad (refusal, "The request target has to be a path without dot segments.");
  self->path = target;
  return TRUE;
}

static gboolean
parse_version (ConfabdHead *self, const char *version, ConfabdRefusal *refusal)
{
  if (g_str_equal (version, "HTTP/1.1") || g_str_equal (version, "HTTP/1.0")) {
    self->minor_version = version[7] == '1' ? 1 : 0;
    return TRUE;
  }
  if (strlen (version) == 8 && strncmp (version, "HTTP/", 5) == 0 && g_ascii_isdigit (version[5]) &&
      version[6] == '.' && g_ascii_isdigit (version[7]))
    return refuse (refusal, 505, CONFAB_ERROR_UNSUPPORTED,
                   "Only HTTP/1.1 and 1.0 are spoken here.");
  return refuse_bad (refusal, "The request line has no HTTP version.");
}

static gboolean
parse_request_line (ConfabdHead *self, char *line, ConfabdRefusal *refusal)
{
  char *target = strchr (line, ' ');
  char *version = target != NULL ? strchr (target + 1, ' ') : NULL;

  if (version == NULL || strchr (version + 1, ' ') != NULL)
    return refuse_bad (refusal, "The request line has to be a method, a path and a version.");
  *target++ = '\0';
  *version++ = '\0';

  if (!is_token (line))
    return refuse_bad (refusal, "The request method is not a word.");
  if (!parse_version (self, version, refusal))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (known_methods); i++) {
    if (g_str_equal (line, known_methods[i]))
      self->method = known_methods[i];
  }
  if (self->method == NULL)
    return refuse (refusal, 501, CONFAB_ERROR_UNSUPPORTED, "The request method is not known here.");
  return parse_target (self, target, refusal);
}

static gboolean
parse_field (ConfabdHead *self, char *line, ConfabdRefusal *refusal)
{
  char *colon = strchr (line, ':');

  if (*line == ' ' || *line == '\t')
    return refuse_bad (refusal, "A header field goes on in the next line.");
  if (colon == NULL)
    return refuse_bad (refusal, "A header field has no colon.");
  *colon = '\0';
  if (!is_token (line))
    return refuse_bad (refusal, "The name of a header field is not a word.");
  if (self->n_fields == CONFABD_HEAD_MAX_FIELDS)
    return refuse (refusal, 431, CONFAB_ERROR_TOO_LARGE, "The request has too many header fields.");

  self->fields[self->n_fields++] = (Field){ line, g_strstrip (colon + 1) };
  return TRUE;
}

static guint
count_fields (ConfabdHead *self, const char *name)
{
  guint count = 0;

  for (guint i = 0; i < self->n_fields; i++)
    count += g_ascii_strcasecmp (self->fields[i].name, name) == 0;
  return count;
}

static gboolean
check_single_fields (ConfabdHead *self, ConfabdRefusal *refusal)
{
  for (guint i = 0; i < G_N_ELEMENTS (single_fields); i++) {
    if (count_fields (self, single_fields[i]) > 1)
      return refuse_bad (refusal, "A header field that may come only once came twice.");
  }
  return TRUE;
}

/* As an address is put together of it later: brackets around IPv6, a port that is a number. */
static gboolean
is_authority (const char *host)
{
  g_autofree char *address = g_strdup_printf ("http://%s/", host);

  return g_uri_is_valid (address, G_URI_FLAGS_NONE, NULL);
}

static gboolean
check_host (ConfabdHead *self, ConfabdRefusal *refusal)
{
  const char *host = confabd_head_get_field (self, "host");

  if (host == NULL && self->minor_version == 0)
    return TRUE;
  if (host == NULL || *host == '\0')
    return refuse_bad (refusal, "The request has no Host.");
  if (host[strspn (host, HOST_CHARACTERS)] != '\0' || !is_authority (host))
    return refuse_bad (refusal, "The Host of the request is not the name of a host.");
  return TRUE;
}

static gboolean
parse_content_length (ConfabdHead *self, ConfabdRefusal *refusal)
{
  const char *text = confabd_head_get_field (self, "content-length");

  if (text == NULL)
    return TRUE;
  /* g_ascii_string_to_unsigned() takes no sign, no space and no list, and knows when it is too
   * much. */
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &self->content_length, NULL))
    return refuse_bad (refusal, "The Content-Length is not a number.");
  self->has_content_length = TRUE;
  return TRUE;
}

static gboolean
check_body (ConfabdHead *self, ConfabdRefusal *refusal)
{
  const char *encoding = confabd_head_get_field (self, "transfer-encoding");
  gboolean has_body = self->method[0] == 'P'; /* POST, PUT, PATCH */

  if (!parse_content_length (self, refusal))
    return FALSE;
  if (encoding != NULL && self->has_content_length)
    return refuse_bad (refusal, "The request has both a Content-Length and a Transfer-Encoding.");
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "chunked") != 0)
    return refuse (refusal, 501, CONFAB_ERROR_UNSUPPORTED,
                   "The Transfer-Encoding is not known here.");
  if (encoding != NULL || (has_body && !self->has_content_length))
    return refuse (refusal, 411, CONFAB_ERROR_BAD_REQUEST, "The request needs a Content-Length.");
  return TRUE;
}

/* RFC 9110 §10.1.1: there is one expectation. */
static gboolean
check_expect (ConfabdHead *self, ConfabdRefusal *refusal)
{
  const char *expectation = confabd_head_get_field (self, "expect");

  if (expectation == NULL || g_ascii_strcasecmp (expectation, "100-continue") == 0)
    return TRUE;
  return refuse (refusal, 417, CONFAB_ERROR_UNSUPPORTED, "The request expects what is not known.");
}

static gboolean
parse_lines (ConfabdHead *self, ConfabdRefusal *refusal)
{
  char *cursor = self->text;

  if (!parse_request_line (self, take_line (&cursor), refusal))
    return FALSE;
  while (*cursor != '\r') {
    if (!parse_field (self, take_line (&cursor), refusal))
      return FALSE;
  }
  return check_single_fields (self, refusal) && check_host (self, refusal) &&
         check_body (self, refusal) && check_expect (self, refusal);
}

static void
clear_head (gpointer data)
{
  ConfabdHead *self = data;

  g_free (self->text);
}

/**
 * confabd_head_parse:
 * @bytes: (array length=length): what has arrived so far, from the first byte of the request on
 * @length: how much that is; behind the head may stand more
 * @scanned: (inout): 0 for a new request; keep it between calls for the same request
 * @head: (out) (transfer full): the head when it is complete
 * @refusal: (out caller-allocates): why it is refused when it is
 *
 * Checks the head of a request. Call it again with more bytes while it is incomplete: work already
 * done is not repeated, so that a head of single bytes costs no more than one that comes at once.
 * Refuses with 400, 411, 414, 417, 431, 501 or 505 what does not follow RFC 9112 to the letter or
 * could be read in two ways. A pure function: no I/O, no clock, any thread.
 *
 * Returns: whether the head is incomplete, complete or refused
 */
ConfabdHeadResult
confabd_head_parse (
    const char *bytes, gsize length, gsize *scanned, ConfabdHead **head, ConfabdRefusal *refusal)
{
  gsize size = 0;
  ConfabdHeadResult result;
  g_autoptr (ConfabdHead) self = NULL;

  result = scan_lines (bytes, MIN (length, CONFABD_HEAD_MAX_BYTES), scanned, &size, refusal);
  if (result == CONFABD_HEAD_INCOMPLETE && length >= CONFABD_HEAD_MAX_BYTES) {
    refuse (refusal, 431, CONFAB_ERROR_TOO_LARGE, "The request head is too long.");
    return CONFABD_HEAD_REFUSED;
  }
  if (result != CONFABD_HEAD_COMPLETE)
    return result;

  self = g_atomic_rc_box_new0 (ConfabdHead);
  self->text = g_strndup (bytes, size);
  self->size = size;
  if (!parse_lines (self, refusal))
    return CONFABD_HEAD_REFUSED;
  *head = g_steal_pointer (&self);
  return CONFABD_HEAD_COMPLETE;
}

/**
 * confabd_head_ref:
 * @self: a head
 *
 * Returns: (transfer full): the same head
 */
ConfabdHead *
confabd_head_ref (ConfabdHead *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * confabd_head_unref:
 * @self: (transfer full): a head
 */
void
confabd_head_unref (ConfabdHead *self)
{
  g_atomic_rc_box_release_full (self, clear_head);
}

/**
 * confabd_head_get_size:
 * @self: a head
 *
 * Returns: its length in bytes, with the empty line at its end
 */
gsize
confabd_head_get_size (ConfabdHead *self)
{
  return self->size;
}

/**
 * confabd_head_get_method:
 * @self: a head
 *
 * Returns: (transfer none): GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS
 */
const char *
confabd_head_get_method (ConfabdHead *self)
{
  return self->method;
}

/**
 * confabd_head_get_path:
 * @self: a head
 *
 * Returns: (transfer none): the path as it was sent, still percent-encoded; begins with one slash,
 * has no dot segments
 */
const char *
confabd_head_get_path (ConfabdHead *self)
{
  return self->path;
}

/**
 * confabd_head_get_query:
 * @self: a head
 *
 * Returns: (transfer none) (nullable): what follows the question mark, still percent-encoded
 */
const char *
confabd_head_get_query (ConfabdHead *self)
{
  return self->query;
}

/**
 * confabd_head_get_minor_version:
 * @self: a head
 *
 * Returns: 0 or 1, of HTTP/1
 */
guint
confabd_head_get_minor_version (ConfabdHead *self)
{
  return self->minor_version;
}

/**
 * confabd_head_get_content_length:
 * @self: a head
 *
 * Returns: how many bytes of body follow; 0 when the head says nothing
 */
guint64
confabd_head_get_content_length (ConfabdHead *self)
{
  return self->content_length;
}

/**
 * confabd_head_get_field:
 * @self: a head
 * @name: the name of a header field, in any case
 *
 * Returns: (transfer none) (nullable): the value of its first line. Fields on which something
 * depends (Host, Origin, Authorization and so on) have only one.
 */
const char *
confabd_head_get_field (ConfabdHead *self, const char *name)
{
  for (guint i = 0; i < self->n_fields; i++) {
    if (g_ascii_strcasecmp (self->fields[i].name, name) == 0)
      return self->fields[i].value;
  }
  return NULL;
}

/**
 * confabd_head_dup_list:
 * @self: a head
 * @name: the name of a header field that is a list, in any case
 *
 * Returns: (transfer full): the values of all of its lines, with commas between them
 */
char *
confabd_head_dup_list (ConfabdHead *self, const char *name)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < self->n_fields; i++) {
    if (g_ascii_strcasecmp (self->fields[i].name, name) == 0)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", self->fields[i].value);
  }
  return g_string_free (list, FALSE);
}

static gboolean
list_has_token (const char *list, const char *token)
{
  g_auto (GStrv) items = g_strsplit (list, ",", -1);

  for (guint i = 0; items[i] != NULL; i++) {
    if (g_ascii_strcasecmp (g_strstrip (items[i]), token) == 0)
      return TRUE;
  }
  return FALSE;
}

/**
 * confabd_head_has_token:
 * @self: a head
 * @name: the name of a header field that is a list, in any case
 * @token: what to look for, in any case
 *
 * Returns: whether one of the field's lines has @token in its list
 */
gboolean
confabd_head_has_token (ConfabdHead *self, const char *name, const char *token)
{
  for (guint i = 0; i < self->n_fields; i++) {
    if (g_ascii_strcasecmp (self->fields[i].name, name) == 0 &&
        list_has_token (self->fields[i].value, token))
      return TRUE;
  }
  return FALSE;
}

/**
 * confabd_head_wants_websocket:
 * @self: a head
 *
 * Returns: whether the client asks to go over to the WebSocket protocol; the handshake may still
 * find fault with it
 */
gboolean
confabd_head_wants_websocket (ConfabdHead *self)
{
  return confabd_head_has_token (self, "connection", "upgrade") &&
         confabd_head_has_token (self, "upgrade", "websocket");
}
