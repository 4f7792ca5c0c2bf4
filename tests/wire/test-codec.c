/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-json-guard-private.h"
#include "confab-limits.h"

static ConfabMessage *
decode (const char *text, gssize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, size >= 0 ? (gsize) size : strlen (text));

  return confab_codec_decode (bytes, error);
}

static void
assert_refused (const char *text, gssize size, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabMessage) message = decode (text, size, &error);

  if (message != NULL)
    g_test_message ("taken: %.80s", text);
  g_assert_null (message);
  g_assert_error (error, CONFAB_ERROR, code);
}

static void
test_size (void)
{
  const gsize overhead = strlen ("{\"type\":\"x\",\"f\":\"\"}");
  g_autofree char *fits = g_strnfill (CONFAB_LIMIT_MESSAGE_BYTES - overhead, 'a');
  g_autofree char *whole = g_strdup_printf ("{\"type\":\"x\",\"f\":\"%s\"}", fits);
  g_autofree char *larger = g_strdup_printf ("{\"type\":\"x\",\"f\":\"a%s\"}", fits);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabMessage) message = decode (whole, -1, &error);
  g_autoptr (GBytes) body = g_bytes_new_static (larger, strlen (larger));
  g_autoptr (ConfabMessage) as_body = NULL;

  g_assert_no_error (error);
  assert_refused (larger, -1, CONFAB_ERROR_TOO_LARGE);
  as_body = confab_codec_decode_body (body, CONFAB_LIMIT_BODY_BYTES, &error);
  g_assert_no_error (error);
}

static char *
repeat (const char *before, const char *unit, guint n, const char *after)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (text, unit);
  g_string_append (text, after);
  return g_string_free (text, FALSE);
}

/* 80 kB of “[” end a process that hands them to json-glib 1.6. */
static void
test_nesting_bombs (void)
{
  g_autofree char *brackets = g_strnfill (100 * 1000, '[');
  g_autofree char *in_member = repeat ("{\"type\":\"x\",\"a\":", "[", 60 * 1000, "");
  g_autofree char *objects = repeat ("", "{\"a\":", 12 * 1000, "");
  g_autofree char *in_comment = repeat ("/* \" */{\"type\":\"x\",\"a\":", "[", 60 * 1000, "");
  g_autofree char *in_string = repeat ("{\"type\":\"", "[", 2000, "\"}");
  g_autofree char *quoted = repeat ("{\"type\":\"x\",\"b\":\"\\\"\",\"a\":", "[", 60 * 1000, "");
  g_autoptr (GBytes) huge = g_bytes_new_static (brackets, strlen (brackets));
  g_autoptr (GError) error = NULL;

  assert_refused (brackets, -1, CONFAB_ERROR_TOO_LARGE);
  g_assert_null (confab_codec_decode_body (huge, CONFAB_LIMIT_BODY_BYTES, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (in_member, -1, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (objects, -1, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (in_comment, -1, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (in_string, -1, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused (quoted, -1, CONFAB_ERROR_BAD_MESSAGE);
}

static void
test_deepest (void)
{
  g_autofree char *opening = g_strnfill (CONFAB_LIMIT_BRACKETS - 1, '[');
  g_autofree char *closing = g_strnfill (CONFAB_LIMIT_BRACKETS - 1, ']');
  g_autofree char *deepest = g_strdup_printf ("{\"type\":\"x\",\"a\":%s%s}", opening, closing);
  g_autofree char *deeper = g_strdup_printf ("{\"type\":\"x\",\"a\":[%s%s]}", opening, closing);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabMessage) message = decode (deepest, -1, &error);

  g_assert_no_error (error);
  assert_refused (deeper, -1, CONFAB_ERROR_BAD_MESSAGE);
}

static void
test_not_json (void)
{
  /* Much of it json-glib takes. */
  const char *const texts[] = {
    "",
    " ",
    "null",
    "1",
    "\"type\"",
    "[]",
    "[{\"type\":\"x\"}]",
    "{",
    "}",
    "{}}",
    "{\"type\":\"x\"",
    "{\"type\":\"x\"}}",
    "{\"type\":\"x\"}{}",
    "{\"type\":\"x\"} x",
    "{\"type\":\"x\",}",
    "{,\"type\":\"x\"}",
    "{\"type\" \"x\"}",
    "{\"type\":}",
    "{type:\"x\"}",
    "{'type':'x'}",
    "{\"type\":\"x\"}//",
    "{\"type\":\"x\"/**/}",
    "/**/{\"type\":\"x\"}",
    "#\n{\"type\":\"x\"}",
    "{\"type\":\"x\",\"a\":[1,]}",
    "{\"type\":\"x\",\"a\":[,1]}",
    "{\"type\":\"x\",\"a\":[1 2]}",
    "{\"type\":\"x\",\"a\":[}",
    "{\"type\":\"x\",\"a\":{]}",
    "{\"type\":\"x\",\"a\":(1)}",
    "{\"type\":\"x\",\"a\":01}",
    "{\"type\":\"x\",\"a\":+1}",
    "{\"type\":\"x\",\"a\":.5}",
    "{\"type\":\"x\",\"a\":1.}",
    "{\"type\":\"x\",\"a\":1e}",
    "{\"type\":\"x\",\"a\":0x10}",
    "{\"type\":\"x\",\"a\":-}",
    "{\"type\":\"x\",\"a\":NaN}",
    "{\"type\":\"x\",\"a\":Infinity}",
    "{\"type\":\"x\",\"a\":True}",
    "{\"type\":\"x\",\"a\":nul}",
    "{\"type\":\"x\",\"a\":nulll}",
    "{\"type\":\"x\",\"a\":12345678901234567890}",
    "{\"type\":\"x\ty\"}",
    "{\"type\":\"x\ny\"}",
    "{\"type\":\"\\x41\"}",
    "{\"type\":\"\\'\"}",
    "{\"type\":\"\\u12\"}",
    "{\"type\":\"\\u12G4\"}",
    "{\"type\":\"\\u0000\"}",
    "{\"type\":\"a\\u0000b\"}",
    "{\"type\":\"\\ud800\"}",
    "{\"type\":\"\\udc00\"}",
    "{\"type\":\"\\ud800\\u0041\"}",
    "{\"type\":\"\\ud800\\ud800\"}",
    "{\"type\":\"x\\\"}",
    "{\"type\":\"\xff\"}",
    "{\"type\":\"\xc0\x80\"}",
    "{\"type\":\"\xed\xa0\x80\"}",
    "\xef\xbb\xbf{\"type\":\"x\"}",
    "{\"type\":\"x\",\"a\":1\v}",
    "{\"type\":\"x\",\"a\":\"\\",
    "{\"type\":\"x\",\"type\":\"y\"}",
    "{\"type\":\"x\",\"\\u0074ype\":\"y\"}",
    "{\"type\":\"x\",\"a\":{\"b\":1,\"b\":1}}",
    "{\"type\":\"x\",\"a\":[{\"b\":1,\"b\":1}]}",
    "{\"type\":1}",
    "{\"type\":null}",
    "{\"type\":{}}",
    "{}",
    "{\"kind\":\"x\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], -1, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused ("{\"type\":\"x\"}\0", 13, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused ("{\"type\":\"x\0y\"}", 14, CONFAB_ERROR_BAD_MESSAGE);
  assert_refused ("\0", 1, CONFAB_ERROR_BAD_MESSAGE);
}

static void
test_json (void)
{
  const char *const texts[] = {
    "{\"type\":\"x\"}",
    " \t\r\n{ \"type\" : \"x\" } \n",
    "{\"a\":[],\"b\":{},\"c\":[[{}],[]],\"type\":\"x\"}",
    "{\"type\":\"x\",\"a\":[0,-0,-1,10,1.5,-1.5e3,1E+2,1e-2,true,false,null]}",
    "{\"type\":\"x\",\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"}",
    "{\"type\":\"x\",\"a\":\"// /* # ' [ { \",\"b\":\"\\\\u0000\"}",
    "{\"type\":\"ä€😀\",\"\":1}",
    "{\"type\":\"x\",\"a\":123456789012345678,\"b\":-123456789012345678}",
    "{\"a\":{\"type\":1},\"type\":\"x\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ConfabMessage) message = decode (texts[i], -1, &error);
    g_autoptr (GBytes) once = NULL;
    g_autoptr (GBytes) twice = NULL;
    g_autoptr (ConfabMessage) again = NULL;

    g_assert_no_error (error);
    once = confab_codec_encode (message);
    again = confab_codec_decode (once, &error);
    g_assert_no_error (error);
    twice = confab_codec_encode (again);
    g_assert_true (g_bytes_equal (once, twice));
  }
}

/* Whatever the guard lets through, json-glib reads, and counts as many members: bytes of chance and
 * changed messages, the same in each run of a seed. */
static void
test_guard_against_json_glib (void)
{
  static const char pieces[] = "{}[]:,\"\\u0049dtrueflsn -+.eE/*#'\t\xc3\xa4";
  const char *const seeds[] = {
    "{\"type\":\"x\",\"a\":[1,2.5,{\"b\":null}],\"c\":\"\\u0041\\n\"}",
    "{\"type\":\"signal\",\"payload\":{\"sdp\":\"v=0\\r\\n\"},\"n\":-1e3}"
  };

  for (guint i = 0; i < 20000; i++) {
    g_autofree char *text = g_strdup (seeds[i % G_N_ELEMENTS (seeds)]);
    g_autoptr (JsonParser) parser = json_parser_new ();
    gsize length = strlen (text);
    guint n_members = 0;

    for (guint j = (guint) g_test_rand_int_range (0, 4); j > 0; j--)
      text[g_test_rand_int_range (0, (gint32) length)] =
          pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces) - 1)];
    if (!confab_json_guard_check (text, length, &n_members, NULL))
      continue;
    g_assert_true (json_parser_load_from_data (parser, text, (gssize) length, NULL));
    g_assert_true (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)));
  }
}

#define ASSERT_BAD(call)                                                \
  G_STMT_START                                                          \
  {                                                                     \
    g_autoptr (GError) bad_error = NULL;                                \
    GError **error = &bad_error;                                        \
    g_assert_false (call);                                              \
    g_assert_error (bad_error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE); \
  }                                                                     \
  G_STMT_END

#define REQUIRED CONFAB_FIELD_REQUIRED
#define OPTIONAL CONFAB_FIELD_OPTIONAL

static ConfabMessage *
make_typed (void)
{
  g_autoptr (GError) error = NULL;
  ConfabMessage *message = decode (
      "{\"type\":\"x\",\"s\":\"äöü\",\"i\":7,\"whole\":7.0,\"d\":1.5,\"big\":1e300,\"b\":true,"
      "\"n\":null,\"t\":\"2024-05-01T10:00:00+02:00\",\"naive\":\"2024-05-01T10:00:00\","
      "\"o\":{\"p\":1},\"l\":[{},{}],\"mixed\":[{},1],\"ss\":[\"a\",\"b\"],\"e\":[]}",
      -1, &error);

  g_assert_no_error (error);
  return message;
}

static void
test_strings (void)
{
  g_autoptr (ConfabMessage) m = make_typed ();
  const char *value = "left over";

  g_assert_true (confab_message_get_string (m, "s", REQUIRED, 3, &value, NULL));
  g_assert_cmpstr (value, ==, "äöü");
  ASSERT_BAD (confab_message_get_string (m, "s", REQUIRED, 2, &value, error));
  ASSERT_BAD (confab_message_get_string (m, "i", OPTIONAL, 0, &value, error));
  ASSERT_BAD (confab_message_get_string (m, "o", OPTIONAL, 0, &value, error));
  ASSERT_BAD (confab_message_get_string (m, "n", REQUIRED, 0, &value, error));
  ASSERT_BAD (confab_message_get_string (m, "absent", REQUIRED, 0, &value, error));
  value = "left over";
  g_assert_true (confab_message_get_string (m, "absent", OPTIONAL, 0, &value, NULL));
  g_assert_null (value);
  g_assert_true (confab_message_get_string (m, "n", OPTIONAL, 0, &value, NULL));
  g_assert_true (confab_message_has (m, "s"));
  g_assert_false (confab_message_has (m, "n"));
  g_assert_false (confab_message_has (m, "absent"));
}

static void
test_numbers (void)
{
  g_autoptr (ConfabMessage) m = make_typed ();
  gint64 value = 99;
  gboolean truth = FALSE;

  g_assert_true (confab_message_get_integer (m, "i", REQUIRED, 7, 7, &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (confab_message_get_integer (m, "whole", REQUIRED, 0, 9, &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (confab_message_get_integer (m, "absent", OPTIONAL, 5, 9, &value, NULL));
  g_assert_cmpint (value, ==, 0);
  ASSERT_BAD (confab_message_get_integer (m, "i", REQUIRED, 8, 9, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "i", REQUIRED, 0, 6, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "d", REQUIRED, 0, 9, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "big", REQUIRED, 0, G_MAXINT64, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "b", REQUIRED, 0, 9, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "s", REQUIRED, 0, 9, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "l", REQUIRED, 0, 9, &value, error));
  ASSERT_BAD (confab_message_get_integer (m, "absent", REQUIRED, 0, 9, &value, error));

  g_assert_true (confab_message_get_boolean (m, "b", REQUIRED, &truth, NULL));
  g_assert_true (truth);
  g_assert_true (confab_message_get_boolean (m, "absent", OPTIONAL, &truth, NULL));
  g_assert_false (truth);
  ASSERT_BAD (confab_message_get_boolean (m, "i", REQUIRED, &truth, error));
  ASSERT_BAD (confab_message_get_boolean (m, "absent", REQUIRED, &truth, error));
}

static void
test_times (void)
{
  g_autoptr (ConfabMessage) m = make_typed ();
  g_autoptr (GDateTime) time = NULL;
  GDateTime *none = NULL;

  g_assert_true (confab_message_get_time (m, "t", REQUIRED, &time, NULL));
  g_assert_cmpint (g_date_time_get_hour (time), ==, 8);
  g_assert_true (confab_message_get_time (m, "absent", OPTIONAL, &none, NULL));
  g_assert_null (none);
  ASSERT_BAD (confab_message_get_time (m, "naive", REQUIRED, &none, error));
  ASSERT_BAD (confab_message_get_time (m, "naive", OPTIONAL, &none, error));
  ASSERT_BAD (confab_message_get_time (m, "i", OPTIONAL, &none, error));
  ASSERT_BAD (confab_message_get_time (m, "absent", REQUIRED, &none, error));
  g_assert_null (none);
}

static void
test_containers (void)
{
  g_autoptr (ConfabMessage) m = make_typed ();
  g_autoptr (ConfabMessage) object = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) empty = NULL;
  g_auto (GStrv) strings = NULL;
  ConfabMessage *no_object = NULL;
  GPtrArray *no_list = NULL;
  char **no_strings = NULL;

  g_assert_true (confab_message_get_object (m, "o", REQUIRED, &object, NULL));
  g_assert_true (confab_message_has (object, "p"));
  g_assert_null (confab_message_get_kind (object));
  ASSERT_BAD (confab_message_get_object (m, "l", REQUIRED, &no_object, error));
  ASSERT_BAD (confab_message_get_object (m, "absent", REQUIRED, &no_object, error));
  g_assert_true (confab_message_get_list (m, "l", REQUIRED, 2, &list, NULL));
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (confab_message_get_list (m, "e", REQUIRED, 0, &empty, NULL));
  g_assert_cmpuint (empty->len, ==, 0);
  g_assert_true (confab_message_get_list (m, "absent", OPTIONAL, 0, &no_list, NULL));
  ASSERT_BAD (confab_message_get_list (m, "l", REQUIRED, 1, &no_list, error));
  ASSERT_BAD (confab_message_get_list (m, "mixed", REQUIRED, 9, &no_list, error));
  ASSERT_BAD (confab_message_get_list (m, "o", REQUIRED, 9, &no_list, error));
  g_assert_true (confab_message_get_strings (m, "ss", REQUIRED, 2, &strings, NULL));
  g_assert_cmpstr (strings[1], ==, "b");
  ASSERT_BAD (confab_message_get_strings (m, "l", REQUIRED, 9, &no_strings, error));
  ASSERT_BAD (confab_message_get_strings (m, "ss", REQUIRED, 1, &no_strings, error));
  g_assert_null (no_object);
  g_assert_null (no_list);
  g_assert_null (no_strings);
}

/* The parts outlive the whole. */
static void
test_lifetimes (void)
{
  ConfabMessage *whole = make_typed ();
  g_autoptr (ConfabMessage) part = NULL;
  gint64 value = 0;

  g_assert_true (confab_message_get_object (whole, "o", REQUIRED, &part, NULL));
  confab_message_unref (whole);
  g_assert_true (confab_message_get_integer (part, "p", REQUIRED, 1, 1, &value, NULL));
}

static void
test_build (void)
{
  const char *const strings[] = { "a", "b", NULL };
  g_autoptr (GDateTime) time = g_date_time_new_utc (2024, 5, 1, 10, 0, 0);
  g_autoptr (ConfabMessage) message = confab_message_new ("x");
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_ptr_array_add (list, confab_message_new (NULL));
  confab_message_set_string (message, "s", "\"\\\n\x01");
  confab_message_set_string (message, "none", NULL);
  confab_message_set_integer (message, "i", -1);
  confab_message_set_double (message, "d", 0.25);
  confab_message_set_boolean (message, "b", TRUE);
  confab_message_set_time (message, "t", time);
  confab_message_set_time (message, "no-time", NULL);
  confab_message_take_object (message, "o", confab_message_new (NULL));
  confab_message_take_object (message, "no-object", NULL);
  confab_message_take_list (message, "l", list);
  confab_message_take_list (message, "no-list", NULL);
  confab_message_set_strings (message, "ss", strings);
  confab_message_set_strings (message, "no-strings", NULL);
  bytes = confab_codec_encode (message);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (
      text, ==,
      "{\"type\":\"x\",\"s\":\"\\\"\\\\\\n\\u0001\",\"i\":-1,\"d\":0.25,\"b\":true,"
      "\"t\":\"2024-05-01T10:00:00.000000Z\",\"o\":{},\"l\":[{}],\"ss\":[\"a\",\"b\"]}");
}

/* What is being built can be read, and goes on being built. */
static void
test_read_built (void)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("x");
  const char *text = NULL;

  g_assert_cmpstr (confab_message_get_kind (message), ==, "x");
  g_assert_false (confab_message_has (message, "s"));
  confab_message_set_string (message, "s", "\"\t\x7fä");
  g_assert_true (confab_message_get_string (message, "s", REQUIRED, 0, &text, NULL));
  g_assert_cmpstr (text, ==, "\"\t\x7fä");
  g_assert_cmpstr (confab_message_get_kind (message), ==, "x");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec/size", test_size);
  g_test_add_func ("/codec/nesting-bombs", test_nesting_bombs);
  g_test_add_func ("/codec/deepest", test_deepest);
  g_test_add_func ("/codec/not-json", test_not_json);
  g_test_add_func ("/codec/json", test_json);
  g_test_add_func ("/codec/guard-against-json-glib", test_guard_against_json_glib);
  g_test_add_func ("/message/strings", test_strings);
  g_test_add_func ("/message/numbers", test_numbers);
  g_test_add_func ("/message/times", test_times);
  g_test_add_func ("/message/containers", test_containers);
  g_test_add_func ("/message/lifetimes", test_lifetimes);
  g_test_add_func ("/message/build", test_build);
  g_test_add_func ("/message/read-built", test_read_built);

  return g_test_run ();
}
