/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confabd-handshake.h"

#define GET  "GET / HTTP/1.1\r\n"
#define HOST "Host: a.example\r\n"
#define END  "\r\n"

typedef struct {
  const char *name;
  guint status; /* 0: it is good */
  const char *bytes;
} Case;

/* clang-format off */
static const Case cases[] = {
  { "plain", 0, GET HOST END },
  { "old version", 0, "GET / HTTP/1.0\r\n" END },
  { "old version with host", 0, "GET / HTTP/1.0\r\n" HOST END },
  { "ipv6 host and port", 0, GET "Host: [::1]:8080\r\n" END },
  { "no space after the colon", 0, GET "Host:a.example\r\n" END },
  { "tabs around the value", 0, GET "Host:\ta.example \t\r\n" END },
  { "empty value", 0, GET HOST "X-Empty:\r\n" END },
  { "bytes above ASCII in a value", 0, GET HOST "X-Name: J\xc3\xbcrgen\r\n" END },
  { "post with body", 0, "POST /a HTTP/1.1\r\n" HOST "Content-Length: 2\r\n" END "{}" },
  { "post without a byte of body", 0, "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n" END },
  { "query", 0, "GET /a?b=c%20d&e HTTP/1.1\r\n" HOST END },
  { "escape", 0, "GET /a%2Fb HTTP/1.1\r\n" HOST END },
  { "dots that are no segment", 0, "GET /a..b/.well-known/... HTTP/1.1\r\n" HOST END },
  { "same field twice where it may be", 0, GET HOST "Accept: a\r\nAccept: b\r\n" END },
  { "a second request behind it", 0, GET HOST END GET HOST END },

  { "host twice", 400, GET HOST HOST END },
  { "host twice, other case", 400, GET HOST "hOST: b.example\r\n" END },
  { "no host", 400, GET END },
  { "empty host", 400, GET "Host:\r\n" END },
  { "host with a path", 400, GET "Host: a/b\r\n" END },
  { "host with a user", 400, GET "Host: a@b\r\n" END },
  { "host without its bracket", 400, GET "Host: [::1\r\n" END },
  { "host with a port of letters", 400, GET "Host: a:b\r\n" END },
  { "two hosts in one", 400, GET "Host: a, b\r\n" END },
  { "length twice", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 2\r\n" END },
  { "length list", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 2, 2\r\n" END },
  { "negative length", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n" END },
  { "signed length", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n" END },
  { "hexadecimal length", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x10\r\n" END },
  { "empty length", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n" END },
  { "length with a space", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1 0\r\n" END },
  { "length over 63 bits", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n" END },
  { "length over 64 bits", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551618\r\n" END },
  { "length and encoding", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" END },
  { "encoding and length", 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n" END },
  { "encoding twice", 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n" END },
  { "chunked", 411, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" END },
  { "chunked get", 411, GET HOST "Transfer-Encoding: chunked\r\n" END },
  { "chunked with a trick", 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b" "chunked\r\n" END },
  { "other encoding", 501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n" END },
  { "post without length", 411, "POST / HTTP/1.1\r\n" HOST END },
  { "patch without length", 411, "PATCH / HTTP/1.1\r\n" HOST END },
  { "put without length", 411, "PUT / HTTP/1.1\r\n" HOST END },

  { "bare LF", 400, "GET / HTTP/1.1\nHost: a\n\n" },
  { "bare LF in the middle", 400, GET "Host: a\nX: b\r\n" END },
  { "bare CR", 400, GET "Host: a\rX: b\r\n" END },
  { "CR CR LF", 400, GET "Host: a\r\r\n" END },
  { "space before the colon", 400, GET "Host : a\r\n" END },
  { "tab before the colon", 400, GET HOST "X\t: a\r\n" END },
  { "continued line", 400, GET HOST "X: a\r\n b\r\n" END },
  { "continued with a tab", 400, GET HOST "X: a\r\n\tb\r\n" END },
  { "first field continued", 400, GET " Host: a\r\n" END },
  { "no colon", 400, GET HOST "Nothing\r\n" END },
  { "no name", 400, GET HOST ": a\r\n" END },
  { "name with a bracket", 400, GET HOST "X(y): a\r\n" END },
  { "name above ASCII", 400, GET HOST "X\xc3\xbc: a\r\n" END },
  { "control in a value", 400, GET HOST "X: a\x01\r\n" END },
  { "delete in a value", 400, GET HOST "X: a\x7f\r\n" END },
  { "origin twice", 400, GET HOST "Origin: https://a\r\nOrigin: https://b\r\n" END },
  { "authorization twice", 400, GET HOST "Authorization: a\r\nAuthorization: b\r\n" END },
  { "range twice", 400, GET HOST "Range: bytes=0-1\r\nRange: bytes=0-1\r\n" END },

  { "absolute target", 400, "GET http://a.example/ HTTP/1.1\r\n" HOST END },
  { "authority target", 400, "GET a.example:80 HTTP/1.1\r\n" HOST END },
  { "asterisk target", 400, "OPTIONS * HTTP/1.1\r\n" HOST END },
  { "relative target", 400, "GET a HTTP/1.1\r\n" HOST END },
  { "two slashes", 400, "GET //evil.example/ HTTP/1.1\r\n" HOST END },
  { "fragment", 400, "GET /a#b HTTP/1.1\r\n" HOST END },
  { "backslash", 400, "GET /a\\b HTTP/1.1\r\n" HOST END },
  { "target above ASCII", 400, "GET /\xc3\xbc HTTP/1.1\r\n" HOST END },
  { "tab in the target", 400, "GET /a\tb HTTP/1.1\r\n" HOST END },
  { "escaped NUL", 400, "GET /a%00b HTTP/1.1\r\n" HOST END },
  { "half an escape", 400, "GET /a%2 HTTP/1.1\r\n" HOST END },
  { "no escape", 400, "GET /a%zz HTTP/1.1\r\n" HOST END },
  { "parent segment", 400, "GET /a/../b HTTP/1.1\r\n" HOST END },
  { "parent at the end", 400, "GET /a/.. HTTP/1.1\r\n" HOST END },
  { "own segment", 400, "GET /a/./b HTTP/1.1\r\n" HOST END },
  { "no target", 400, "GET HTTP/1.1\r\n" HOST END },
  { "two spaces", 400, "GET  / HTTP/1.1\r\n" HOST END },
  { "space behind the version", 400, "GET / HTTP/1.1 \r\n" HOST END },
  { "no version", 400, "GET /\r\n" HOST END },
  { "method of symbols", 400, "G[]T / HTTP/1.1\r\n" HOST END },
  { "empty line first", 400, END GET HOST END },
  { "nothing but an empty line", 400, END END },
  { "small letters in the version", 400, "GET / http/1.1\r\n" HOST END },
  { "version with a tail", 400, "GET / HTTP/1.10\r\n" HOST END },
  { "a TLS greeting", 400, "\x16\x03\x01\x02" },

  { "method in small letters", 501, "get / HTTP/1.1\r\n" HOST END },
  { "trace", 501, "TRACE / HTTP/1.1\r\n" HOST END },
  { "connect", 501, "CONNECT / HTTP/1.1\r\n" HOST END },
  { "expectation", 417, "GET / HTTP/1.1\r\n" HOST "Expect: nonsense\r\n" END },
  { "HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { "HTTP/0.9", 505, "GET / HTTP/0.9\r\n" END },
  { "HTTP/1.2", 505, "GET / HTTP/1.2\r\n" HOST END },
};
/* clang-format on */

static ConfabdHeadResult
parse (const char *bytes, gsize length, ConfabdHead **head, ConfabdRefusal *refusal)
{
  gsize scanned = 0;

  return confabd_head_parse (bytes, length, &scanned, head, refusal);
}

static ConfabdHead *
parse_good (const char *bytes)
{
  ConfabdHead *head = NULL;
  ConfabdRefusal refusal;

  g_assert_cmpint (parse (bytes, strlen (bytes), &head, &refusal), ==, CONFABD_HEAD_COMPLETE);
  return head;
}

static guint
parse_bad (const char *bytes, gsize length)
{
  ConfabdHead *head = NULL;
  ConfabdRefusal refusal;

  g_assert_cmpint (parse (bytes, length, &head, &refusal), ==, CONFABD_HEAD_REFUSED);
  g_assert_null (head);
  g_assert_true (g_str_has_suffix (refusal.detail, "."));
  return refusal.status;
}

static void
test_table (gconstpointer data)
{
  const Case *one = data;

  if (one->status != 0)
    g_assert_cmpuint (parse_bad (one->bytes, strlen (one->bytes)), ==, one->status);
  else
    confabd_head_unref (parse_good (one->bytes));
}

/* The same answer when the bytes come one by one, and not a moment too early. */
static void
test_byte_by_byte (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize length = strlen (cases[i].bytes);
    g_autoptr (ConfabdHead) head = NULL;
    ConfabdRefusal refusal = { 0 };
    ConfabdHeadResult result = CONFABD_HEAD_INCOMPLETE;
    gsize scanned = 0;

    for (gsize n = 0; n <= length && result == CONFABD_HEAD_INCOMPLETE; n++) {
      result = confabd_head_parse (cases[i].bytes, n, &scanned, &head, &refusal);
      g_assert_cmpuint (scanned, <=, n);
    }
    g_test_message ("%s", cases[i].name);
    g_assert_cmpint (result, !=, CONFABD_HEAD_INCOMPLETE);
    g_assert_cmpuint (refusal.status, ==, cases[i].status);
  }
}

static void
test_nul (void)
{
  static const char in_value[] = GET "Host: a\0b\r\n" END;
  static const char in_target[] = "GET /\0 HTTP/1.1\r\n" HOST END;

  g_assert_cmpuint (parse_bad (in_value, sizeof in_value - 1), ==, 400);
  g_assert_cmpuint (parse_bad (in_target, sizeof in_target - 1), ==, 400);
}

static char *
with_fields (guint n_fields, const char *field)
{
  GString *text = g_string_new (GET HOST);

  for (guint i = 1; i < n_fields; i++)
    g_string_append (text, field);
  g_string_append (text, END);
  return g_string_free (text, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *most = with_fields (CONFABD_HEAD_MAX_FIELDS, "X: y\r\n");
  g_autofree char *too_many = with_fields (CONFABD_HEAD_MAX_FIELDS + 1, "X: y\r\n");
  g_autofree char *value = g_strnfill (CONFABD_HEAD_MAX_BYTES, 'y');
  g_autofree char *too_long = g_strconcat (GET HOST "X: ", value, END END, NULL);
  g_autofree char *path = g_strnfill (CONFABD_HEAD_MAX_TARGET, 'y');
  g_autofree char *too_far = g_strconcat ("GET /", path, " HTTP/1.1\r\n" HOST END, NULL);

  confabd_head_unref (parse_good (most));
  g_assert_cmpuint (parse_bad (too_many, strlen (too_many)), ==, 431);
  g_assert_cmpuint (parse_bad (too_long, strlen (too_long)), ==, 431);
  g_assert_cmpuint (parse_bad (too_far, strlen (too_far)), ==, 414);
}

static void
test_longest (void)
{
  gsize rest = CONFABD_HEAD_MAX_BYTES - strlen (GET HOST "X: \r\n" END);
  g_autofree char *value = g_strnfill (rest, 'y');
  g_autofree char *longest = g_strconcat (GET HOST "X: ", value, "\r\n" END, NULL);
  g_autofree char *longer = g_strconcat (GET HOST "X: y", value, "\r\n" END, NULL);
  g_autoptr (ConfabdHead) head = parse_good (longest);

  g_assert_cmpuint (confabd_head_get_size (head), ==, CONFABD_HEAD_MAX_BYTES);
  g_assert_cmpuint (parse_bad (longer, strlen (longer)), ==, 431);
}

static void
test_accessors (void)
{
  const char *bytes = "POST /a/b?c=d?e HTTP/1.1\r\n" HOST "Content-Length: 17\r\n"
                      "accept: one\r\nAccept:  two , THREE \r\nRange: bytes=0-\r\n" END "body";
  g_autoptr (ConfabdHead) head = parse_good (bytes);
  g_autoptr (ConfabdHead) same = confabd_head_ref (head);

  g_assert_cmpuint (confabd_head_get_size (head), ==, strlen (bytes) - strlen ("body"));
  g_assert_cmpstr (confabd_head_get_method (head), ==, "POST");
  g_assert_cmpstr (confabd_head_get_path (head), ==, "/a/b");
  g_assert_cmpstr (confabd_head_get_query (head), ==, "c=d?e");
  g_assert_cmpuint (confabd_head_get_minor_version (head), ==, 1);
  g_assert_cmpuint (confabd_head_get_content_length (head), ==, 17);
  g_assert_cmpstr (confabd_head_get_field (head, "ACCEPT"), ==, "one");
  g_assert_cmpstr (confabd_head_get_field (head, "range"), ==, "bytes=0-");
  g_assert_null (confabd_head_get_field (head, "x-none"));
  g_assert_true (confabd_head_has_token (head, "accept", "three"));
  g_assert_false (confabd_head_has_token (head, "accept", "thre"));
  g_assert_false (confabd_head_wants_websocket (head));
}

#define SHAKE "GET /s HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define KEY   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13   "Sec-WebSocket-Version: 13\r\n"
#define PROTO "Sec-WebSocket-Protocol: chat, confab.v1\r\n"

/* clang-format off */
static const Case handshakes[] = {
  { "good", 0, SHAKE KEY V13 PROTO END },
  { "with extensions", 0, SHAKE KEY V13 PROTO "Sec-WebSocket-Extensions: permessage-deflate\r\n" END },
  { "protocols on two lines", 0, SHAKE KEY V13 "Sec-WebSocket-Protocol: chat\r\n" PROTO END },
  { "no version", 426, SHAKE KEY PROTO END },
  { "old version", 426, SHAKE KEY PROTO "Sec-WebSocket-Version: 8\r\n" END },
  { "no key", 400, SHAKE V13 PROTO END },
  { "short key", 400, SHAKE V13 PROTO "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n" END },
  { "key that is no base64", 400, SHAKE V13 PROTO "Sec-WebSocket-Key: dGhlIHNhbXBs*SBub25jZQ==\r\n" END },
  { "no sub-protocol", 400, SHAKE KEY V13 END },
  { "other sub-protocol", 400, SHAKE KEY V13 "Sec-WebSocket-Protocol: confab.v2\r\n" END },
  { "body", 400, SHAKE KEY V13 PROTO "Content-Length: 5\r\n" END },
  { "post", 400, "POST /s HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n" KEY V13 PROTO END },
  { "old HTTP", 400, "GET /s HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" KEY V13 PROTO END },
};
/* clang-format on */

static void
test_handshake (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (ConfabdHead) head = parse_good (one->bytes);
  ConfabdRefusal refusal = { 0 };

  g_assert_true (confabd_head_wants_websocket (head));
  g_assert_cmpint (confabd_handshake_check (head, "confab.v1", &refusal), ==, one->status == 0);
  g_assert_cmpuint (refusal.status, ==, one->status);
}

static void
test_handshake_answer (void)
{
  g_autoptr (ConfabdHead) head = parse_good (handshakes[1].bytes);
  g_autofree char *answer = confabd_handshake_accept (head, "confab.v1");
  g_autofree char *without = confabd_handshake_accept (head, NULL);

  /* The example of RFC 6455 §1.3. */
  g_assert_cmpstr (
      answer, ==,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
      "Sec-WebSocket-Protocol: confab.v1\r\n\r\n");
  g_assert_null (strstr (without, "Protocol:"));
  g_assert_true (g_str_has_suffix (without, "=\r\n\r\n"));
}

static void
test_refusal (void)
{
  g_autoptr (GBytes) answer =
      confabd_refusal_render (426, CONFAB_ERROR_UNSUPPORTED, "A \"quoted\" \\ line\n.");
  g_autofree char *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  const char *body = strstr (text, "\r\n\r\n") + 4;
  g_autofree char *length = g_strdup_printf ("\r\nContent-Length: %zu\r\n", strlen (body));

  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 426 Upgrade Required\r\n"));
  g_assert_nonnull (strstr (text, length));
  g_assert_nonnull (strstr (text, "\r\nContent-Type: application/problem+json\r\n"));
  g_assert_nonnull (strstr (text, "\r\nConnection: close\r\n"));
  g_assert_nonnull (strstr (text, "\r\nSec-WebSocket-Version: 13\r\n"));
  g_assert_nonnull (strstr (body, "\"detail\":\"A \\\"quoted\\\" \\\\ line\\u000a.\""));
  g_assert_nonnull (strstr (body, "\"code\":\"unsupported\""));
  g_assert_nonnull (strstr (body, "\"status\":426"));
}

/* Whatever the bytes are: the answer is the same in one piece and in many, and a good head keeps
 * its promises. */
static void
check_any (const char *bytes, gsize length, GRand *random)
{
  g_autoptr (ConfabdHead) whole = NULL;
  g_autoptr (ConfabdHead) pieced = NULL;
  ConfabdRefusal whole_refusal = { 0 };
  ConfabdRefusal pieced_refusal = { 0 };
  ConfabdHeadResult whole_result = parse (bytes, length, &whole, &whole_refusal);
  ConfabdHeadResult result = CONFABD_HEAD_INCOMPLETE;
  gsize scanned = 0;

  for (gsize n = 0; n < length && result == CONFABD_HEAD_INCOMPLETE;) {
    gsize step = (gsize) g_rand_int_range (random, 1, 40);

    n = MIN (length, n + step);
    result = confabd_head_parse (bytes, n, &scanned, &pieced, &pieced_refusal);
  }
  g_assert_cmpint (result, ==, whole_result);
  g_assert_cmpuint (pieced_refusal.status, ==, whole_refusal.status);
  if (whole == NULL)
    return;
  g_assert_cmpuint (confabd_head_get_size (whole), <=, length);
  g_assert_cmpmem (bytes + confabd_head_get_size (whole) - 4, 4, "\r\n\r\n", 4);
  g_assert_true (confabd_head_get_path (whole)[0] == '/');
  g_assert_nonnull (confabd_head_get_method (whole));
  g_assert_false (confabd_head_has_token (whole, "transfer-encoding", "chunked"));
}

static void
test_random (void)
{
  static const char telling[] = "\r\n\0\t :/?%,;\x7f\xff"
                                "0A";
  g_autoptr (GRand) random = g_rand_new_with_seed (20261121);

  for (guint round = 0; round < 50000; round++) {
    const Case *one = &cases[g_rand_int_range (random, 0, G_N_ELEMENTS (cases))];
    gsize length = strlen (one->bytes);
    g_autofree char *bytes = g_memdup2 (one->bytes, length + 1);

    for (gint n = g_rand_int_range (random, 0, 4); n > 0; n--) {
      gsize at = (gsize) g_rand_int_range (random, 0, (gint) length);

      if (g_rand_boolean (random))
        bytes[at] = telling[g_rand_int_range (random, 0, sizeof telling - 1)];
      else
        bytes[at] = bytes[g_rand_int_range (random, 0, (gint) length)];
    }
    check_any (bytes, length, random);
  }
}

static void
add_table (const char *prefix, const Case *table, guint n_cases, GTestDataFunc function)
{
  for (guint i = 0; i < n_cases; i++) {
    g_autofree char *name = g_strdelimit (g_strdup (table[i].name), " /", '-');
    g_autofree char *path = g_strconcat (prefix, name, NULL);

    g_test_add_data_func (path, &table[i], function);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_table ("/head/table/", cases, G_N_ELEMENTS (cases), test_table);
  g_test_add_func ("/head/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/head/nul", test_nul);
  g_test_add_func ("/head/limits", test_limits);
  g_test_add_func ("/head/longest", test_longest);
  g_test_add_func ("/head/accessors", test_accessors);
  g_test_add_func ("/head/random", test_random);
  add_table ("/handshake/table/", handshakes, G_N_ELEMENTS (handshakes), test_handshake);
  g_test_add_func ("/handshake/answer", test_handshake_answer);
  g_test_add_func ("/refusal/render", test_refusal);
  return g_test_run ();
}
