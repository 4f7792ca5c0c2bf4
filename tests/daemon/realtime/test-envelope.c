/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>

#include "confab-error.h"
#include "confab-limits.h"
#include "confabd-envelope.h"

#define FROM "0123456789abcdefghjkmnpqrs"

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static gboolean
is_accepted (const char *text)
{
  g_autoptr (GBytes) bytes = bytes_of (text);
  ConfabdEnvelope envelope;

  return confabd_envelope_scan (&envelope, bytes, NULL);
}

static const char *const good[] = {
  "{\"type\":\"a\"}",
  " \t\r\n{ \"type\" : \"a\" } \n",
  "{\"type\":\"a\",\"n\":0,\"m\":-0,\"o\":-1.5e+10,\"p\":1E-2,\"q\":0.0}",
  "{\"type\":\"a\",\"b\":true,\"c\":false,\"d\":null}",
  "{\"type\":\"a\",\"list\":[],\"more\":[1,[2,{\"x\":[]}],{}],\"o\":{ }}",
  "{\"type\":\"a\",\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}",
  "{\"type\":\"a\",\"s\":\"\xc3\xa9\xf0\x9f\x98\x80 \x7f\"}",
  "{\"type\":\"a\",\"o\":{\"\\u0074ype\":1,\"type\":2,\"type\":3}}",
  "{\"to\":\"b\",\"type\":\"a\",\"x\":1,\"x\":2}",
  "{\"\":1,\"type\":\"a\"}",
};

static const char *const bad[] = {
  "",
  " ",
  "null",
  "\"type\"",
  "[{\"type\":\"a\"}]",
  "{}",
  "{\"typ\":\"a\"}",
  "{\"type\":\"\"}",
  "{\"type\":1}",
  "{\"type\":null}",
  "{\"type\":[\"a\"]}",
  "{\"type\":\"a\"",
  "{\"type\":\"a\"}}",
  "{\"type\":\"a\"}x",
  "{\"type\":\"a\"}{\"type\":\"a\"}",
  "{\"type\":\"a\",}",
  "{,\"type\":\"a\"}",
  "{\"type\":\"a\" \"b\":1}",
  "{\"type\":\"a\";\"b\":1}",
  "{\"type\" \"a\"}",
  "{type:\"a\"}",
  "{'type':'a'}",
  "{\"type\":\"a\"/**/}",
  "{\"type\":\"a\",//\n\"b\":1}",
  /* twice, and by another spelling */
  "{\"type\":\"a\",\"type\":\"a\"}",
  "{\"to\":\"a\",\"to\":\"b\",\"type\":\"a\"}",
  "{\"from\":1,\"from\":2,\"type\":\"a\"}",
  "{\"seq\":1,\"seq\":2,\"type\":\"a\"}",
  "{\"\\u0074ype\":\"a\",\"type\":\"b\"}",
  "{\"type\":\"\\u0061\"}",
  "{\"type\":\"a\",\"to\":\"\\u0062\"}",
  "{\"type\":\"a\",\"to\":2}",
  /* numbers */
  "{\"type\":\"a\",\"n\":01}",
  "{\"type\":\"a\",\"n\":+1}",
  "{\"type\":\"a\",\"n\":.5}",
  "{\"type\":\"a\",\"n\":1.}",
  "{\"type\":\"a\",\"n\":1e}",
  "{\"type\":\"a\",\"n\":1e+}",
  "{\"type\":\"a\",\"n\":-}",
  "{\"type\":\"a\",\"n\":- 1}",
  "{\"type\":\"a\",\"n\":0x1f}",
  "{\"type\":\"a\",\"n\":NaN}",
  "{\"type\":\"a\",\"n\":Infinity}",
  "{\"type\":\"a\",\"n\":1 2}",
  /* words */
  "{\"type\":\"a\",\"n\":True}",
  "{\"type\":\"a\",\"n\":tru}",
  "{\"type\":\"a\",\"n\":nullx}",
  "{\"type\":\"a\",\"n\":undefined}",
  "{\"type\":\"a\",\"n\":}",
  /* lists */
  "{\"type\":\"a\",\"n\":[1,]}",
  "{\"type\":\"a\",\"n\":[,1]}",
  "{\"type\":\"a\",\"n\":[1 2]}",
  "{\"type\":\"a\",\"n\":[1}",
  "{\"type\":\"a\",\"n\":[",
  /* strings */
  "{\"type\":\"a\",\"s\":\"",
  "{\"type\":\"a\",\"s\":\"\\",
  "{\"type\":\"a\",\"s\":\"\\\"}",
  "{\"type\":\"a\",\"s\":\"\n\"}",
  "{\"type\":\"a\",\"s\":\"\t\"}",
  "{\"type\":\"a\",\"s\":\"\x01\"}",
  "{\"type\":\"a\",\"s\":\"\\q\"}",
  "{\"type\":\"a\",\"s\":\"\\u12\"}",
  "{\"type\":\"a\",\"s\":\"\\u12g4\"}",
  "{\"type\":\"a\",\"s\":\"\\u0000\"}",
  "{\"type\":\"a\",\"s\":\"\\ud800\"}",
  "{\"type\":\"a\",\"s\":\"\\ud800\\u0041\"}",
  "{\"type\":\"a\",\"s\":\"\\ud800\\n\"}",
  "{\"type\":\"a\",\"s\":\"\\udc00\"}",
  "{\"type\":\"a\",\"s\":\"\xff\"}",
  "{\"type\":\"a\",\"s\":\"\xc0\x80\"}",
  "{\"type\":\"a\",\"s\":\"\xed\xa0\x80\"}",
  "{\"type\":\"a\",\"s\":\"\xc3\"}",
  "\xef\xbb\xbf{\"type\":\"a\"}",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_test_message ("good message %" G_GSIZE_FORMAT, i);
    g_assert_true (is_accepted (good[i]));
  }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GBytes) bytes = bytes_of (bad[i]);
    g_autoptr (GError) error = NULL;
    ConfabdEnvelope envelope;

    g_test_message ("bad message %" G_GSIZE_FORMAT, i);
    g_assert_false (confabd_envelope_scan (&envelope, bytes, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
  }
}

static void
test_nul_byte (void)
{
  const char text[] = "{\"type\":\"a\",\"s\":\"\0\"}";
  const char behind[] = "{\"type\":\"a\"}\0";
  g_autoptr (GBytes) inside = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GBytes) outside = g_bytes_new_static (behind, sizeof behind - 1);
  g_autoptr (GBytes) empty = g_bytes_new_static (NULL, 0);
  ConfabdEnvelope envelope;

  g_assert_false (confabd_envelope_scan (&envelope, inside, NULL));
  g_assert_false (confabd_envelope_scan (&envelope, outside, NULL));
  g_assert_false (confabd_envelope_scan (&envelope, empty, NULL));
}

static char *
nested (guint depth)
{
  g_autoptr (GString) text = g_string_new ("{\"type\":\"a\",\"x\":");

  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_depth (void)
{
  g_autofree char *deepest = nested (CONFABD_ENVELOPE_MAX_DEPTH - 1);
  g_autofree char *too_deep = nested (CONFABD_ENVELOPE_MAX_DEPTH);
  g_autofree char *bomb = nested (30000);

  g_assert_true (is_accepted (deepest));
  g_assert_false (is_accepted (too_deep));
  g_assert_false (is_accepted (bomb));
}

/* The receiver's guard counts brackets in strings too: what it would refuse is not passed on. */
static void
test_brackets (void)
{
  g_autofree char *many = g_strnfill (CONFAB_LIMIT_BRACKETS - 1, '[');
  g_autofree char *fits = g_strdup_printf ("{\"type\":\"a\",\"s\":\"%s\"}", many);
  g_autofree char *over = g_strdup_printf ("{\"type\":\"a\",\"s\":\"%s{\"}", many);

  g_assert_true (is_accepted (fits));
  g_assert_false (is_accepted (over));
}

static void
test_size (void)
{
  g_autofree char *filling =
      g_strnfill (CONFAB_LIMIT_MESSAGE_BYTES - strlen ("{\"type\":\"a\",\"s\":\"\"}"), 'x');
  g_autofree char *fits = g_strdup_printf ("{\"type\":\"a\",\"s\":\"%s\"}", filling);
  g_autofree char *over = g_strdup_printf ("{\"type\":\"a\",\"s\":\"%sx\"}", filling);
  g_autoptr (GBytes) bytes = bytes_of (over);
  g_autoptr (GError) error = NULL;
  ConfabdEnvelope envelope;

  g_assert_true (is_accepted (fits));
  g_assert_false (confabd_envelope_scan (&envelope, bytes, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE);
}

static void
test_picks (void)
{
  g_autoptr (GBytes) text =
      bytes_of (" {\"x\":{\"to\":\"no\"},\"to\":\"yes\",\"type\":\"signal\"}");
  g_autoptr (GBytes) other = bytes_of ("{\"seq\":1,\"type\":\"ack\",\"from\":null}");
  g_autofree char *to = NULL;
  ConfabdEnvelope envelope;

  g_assert_true (confabd_envelope_scan (&envelope, text, NULL));
  to = confabd_envelope_dup_to (&envelope, text);
  g_assert_cmpstr (to, ==, "yes");
  g_assert_true (confabd_envelope_is (&envelope, text, "signal"));
  g_assert_false (confabd_envelope_is (&envelope, text, "signa"));
  g_assert_false (confabd_envelope_is (&envelope, text, "signals"));
  g_assert_false (envelope.has_from || envelope.has_seq);

  g_assert_true (confabd_envelope_scan (&envelope, other, NULL));
  g_assert_null (confabd_envelope_dup_to (&envelope, other));
  g_assert_true (envelope.has_from && envelope.has_seq);
}

static char *
splice (const ConfabdEnvelope *envelope, GBytes *text, guint64 seq, const char *from)
{
  g_autoptr (GBytes) body = confabd_envelope_dup_body (envelope, text);
  char head[CONFABD_ENVELOPE_HEAD_SIZE];
  gsize length = confabd_envelope_write_head (head, seq, from);
  gsize body_length = 0;
  const char *data = g_bytes_get_data (body, &body_length);

  g_assert_cmpuint (length, ==, strlen (head));
  return g_strdup_printf ("%s%.*s", head, (int) body_length, data);
}

static void
test_splices (void)
{
  g_autoptr (GBytes) text = bytes_of (" { \"type\":\"signal\", \"to\":\"b\"} ");
  g_autofree char *relayed = NULL;
  g_autofree char *own = NULL;
  ConfabdEnvelope envelope;

  g_assert_true (confabd_envelope_scan (&envelope, text, NULL));
  relayed = splice (&envelope, text, G_MAXUINT64, FROM);
  own = splice (&envelope, text, 1, NULL);
  g_assert_cmpstr (relayed, ==,
                   "{\"seq\":18446744073709551615,\"from\":\"" FROM
                   "\", \"type\":\"signal\", \"to\":\"b\"} ");
  g_assert_cmpstr (own, ==, "{\"seq\":1, \"type\":\"signal\", \"to\":\"b\"} ");
}

static void
test_encodes (void)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("draining");
  g_autoptr (GBytes) body = confabd_envelope_encode_body (message);
  g_autoptr (GBytes) expected = bytes_of ("\"type\":\"draining\"}");

  g_assert_true (g_bytes_equal (body, expected));
}

/* json-glib is the judge of everything our scan accepts: it is a message there too, with the same
 * two values, and what is spliced is the same message with two members more. */
static void
check_against_judge (GBytes *text, const ConfabdEnvelope *envelope)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonParser) spliced_parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *to = confabd_envelope_dup_to (envelope, text);
  g_autofree char *spliced = splice (envelope, text, 7, FROM);
  gsize length = 0;
  const char *data = g_bytes_get_data (text, &length);
  JsonObject *object;
  JsonObject *relayed;

  json_parser_load_from_data (parser, data, (gssize) length, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_true (
      confabd_envelope_is (envelope, text, json_object_get_string_member (object, "type")));
  g_assert_cmpstr (to, ==, json_object_get_string_member_with_default (object, "to", NULL));

  if (envelope->has_from || envelope->has_seq)
    return;
  json_parser_load_from_data (spliced_parser, spliced, -1, &error);
  g_assert_no_error (error);
  relayed = json_node_get_object (json_parser_get_root (spliced_parser));
  g_assert_cmpint (json_object_get_int_member (relayed, "seq"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (relayed, "from"), ==, FROM);
  json_object_remove_member (relayed, "seq");
  json_object_remove_member (relayed, "from");
  g_assert_true (
      json_node_equal (json_parser_get_root (parser), json_parser_get_root (spliced_parser)));
}

/* Changes that keep a good part of the texts good messages. @text is not empty. */
static void
mutate (GRand *random, GString *text)
{
  static const char alphabet[] = "{}[]\",:\\/ \t\n0123456789-+.eEtrufalsn\x80\xc3\xff\x01xypdo";
  gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
  gsize wanted = (gsize) g_rand_int_range (random, 1, 9);
  gsize length = MIN (text->len - at, wanted);
  char byte = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];
  g_autofree char *piece = g_strndup (text->str + at, length);

  switch (g_rand_int_range (random, 0, 5)) {
  case 0:
    g_string_insert_c (text, (gssize) at, byte);
    break;
  case 1:
    g_string_erase (text, (gssize) at, 1);
    break;
  case 2:
    g_string_erase (text, (gssize) at, (gssize) length);
    break;
  case 3:
    g_string_insert (text, g_rand_int_range (random, 0, (gint32) text->len + 1), piece);
    break;
  default:
    text->str[at] = byte;
    break;
  }
}

static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260725);
  guint n_accepted = 0;

  for (guint round = 0; round < 20000; round++) {
    const char *seed = good[g_rand_int_range (random, 0, G_N_ELEMENTS (good))];
    g_autoptr (GString) text = g_string_new (seed);
    g_autoptr (GBytes) bytes = NULL;
    ConfabdEnvelope envelope;

    for (int n = g_rand_int_range (random, 1, 4); n > 0 && text->len > 0; n--)
      mutate (random, text);
    bytes = g_bytes_new (text->str, text->len);
    if (!confabd_envelope_scan (&envelope, bytes, NULL))
      continue;
    n_accepted++;
    check_against_judge (bytes, &envelope);
  }
  /* Otherwise the loop proves nothing. */
  g_assert_cmpuint (n_accepted, >, 1000);
}

/* What a generator of JSON writes is accepted, whatever it is. */
static JsonNode *make_value (GRand *random, guint depth);

static JsonNode *
make_array (GRand *random, guint depth)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (int n = g_rand_int_range (random, 0, 4); n > 0; n--)
    json_array_add_element (array, make_value (random, depth + 1));
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
make_object (GRand *random, guint depth)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (int n = g_rand_int_range (random, 0, 4); n > 0; n--) {
    g_autofree char *name = g_strdup_printf ("m%d", n);

    json_object_set_member (object, name, make_value (random, depth + 1));
  }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
make_value (GRand *random, guint depth)
{
  switch (g_rand_int_range (random, 0, depth > 6 ? 5 : 7)) {
  case 0:
    return json_node_init_int (json_node_alloc (), (gint64) g_rand_int (random) - G_MAXINT32);
  case 1:
    return json_node_init_double (json_node_alloc (), g_rand_double_range (random, -1e12, 1e12));
  case 2:
    return json_node_init_boolean (json_node_alloc (), g_rand_boolean (random));
  case 3:
    return json_node_init_string (json_node_alloc (),
                                  "a\"b\\c/\n\t\x01 \xc3\xa9 \xf0\x9f\x98\x80 [{");
  case 4:
    return json_node_init_null (json_node_alloc ());
  case 5:
    return make_array (random, depth);
  default:
    return make_object (random, depth);
  }
}

static void
test_generated (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8259);

  for (guint round = 0; round < 3000; round++) {
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
    g_autofree char *text = NULL;
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;
    ConfabdEnvelope envelope;

    json_object_set_string_member (object, "type", "signal");
    json_object_set_string_member (object, "to", FROM);
    json_object_set_member (object, "payload", make_value (random, 0));
    json_object_unref (object);
    text = json_to_string (root, g_rand_boolean (random));
    bytes = bytes_of (text);
    confabd_envelope_scan (&envelope, bytes, &error);
    g_assert_no_error (error);
    check_against_judge (bytes, &envelope);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/envelope/scan/good", test_good);
  g_test_add_func ("/envelope/scan/bad", test_bad);
  g_test_add_func ("/envelope/scan/nul-byte", test_nul_byte);
  g_test_add_func ("/envelope/scan/depth", test_depth);
  g_test_add_func ("/envelope/scan/brackets", test_brackets);
  g_test_add_func ("/envelope/scan/size", test_size);
  g_test_add_func ("/envelope/scan/mutations", test_mutations);
  g_test_add_func ("/envelope/scan/generated", test_generated);
  g_test_add_func ("/envelope/picks", test_picks);
  g_test_add_func ("/envelope/splices", test_splices);
  g_test_add_func ("/envelope/encodes", test_encodes);

  return g_test_run ();
}
