/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"

/* What the encoder makes of a file that people can read: without the white space between tokens. */
static char *
minify (const char *json)
{
  GString *text = g_string_new (NULL);
  gboolean is_inside = FALSE;

  for (const char *p = json; *p != '\0'; p++) {
    if (is_inside || !g_ascii_isspace (*p))
      g_string_append_c (text, *p);
    if (is_inside && *p == '\\')
      g_string_append_c (text, *++p);
    else if (*p == '"')
      is_inside = !is_inside;
  }
  return g_string_free (text, FALSE);
}

static char *
read_golden (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_encodes (ConfabMessage *message, const char *golden)
{
  g_autofree char *expected = minify (golden);
  g_autoptr (GBytes) bytes = confab_codec_encode (message);
  g_autofree char *encoded = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (encoded, ==, expected);
}

static ConfabMessage *
decode_golden (const char *name, const char *golden)
{
  g_autoptr (GBytes) bytes = g_bytes_new (golden, strlen (golden));
  g_autoptr (GError) error = NULL;
  ConfabMessage *message = NULL;

  if (g_str_has_prefix (name, "message-"))
    message = confab_codec_decode (bytes, &error);
  else
    message = confab_codec_decode_body (bytes, CONFAB_LIMIT_BODY_BYTES, &error);
  g_assert_no_error (error);
  return message;
}

static void
test_golden (gconstpointer data)
{
  const char *name = data;
  g_autofree char *golden = read_golden (name);
  g_autoptr (ConfabMessage) message = decode_golden (name, golden);

  assert_encodes (message, golden);
  if (g_str_has_prefix (name, "message-signal"))
    g_assert_cmpstr (confab_message_get_kind (message), ==, "signal");
  else if (g_str_has_prefix (name, "message-"))
    g_assert_cmpstr (confab_message_get_kind (message), ==, name + strlen ("message-"));
}

/* From the file to the value and back. */
#define DEFINE_VALUE_TEST(Type, name)                                        \
  static void test_##name (gconstpointer data)                               \
  {                                                                          \
    g_autofree char *golden = read_golden (data);                            \
    g_autoptr (ConfabMessage) message = decode_golden (data, golden);        \
    g_autoptr (GError) error = NULL;                                         \
    g_autoptr (Type) value = confab_##name##_from_message (message, &error); \
    g_autoptr (ConfabMessage) again = NULL;                                  \
                                                                             \
    g_assert_no_error (error);                                               \
    again = confab_##name##_to_message (value);                              \
    assert_encodes (again, golden);                                          \
  }

DEFINE_VALUE_TEST (ConfabUser, user)
DEFINE_VALUE_TEST (ConfabCall, call)
DEFINE_VALUE_TEST (ConfabParticipant, participant)
DEFINE_VALUE_TEST (ConfabInvite, invite)
DEFINE_VALUE_TEST (ConfabIceServer, ice_server)
DEFINE_VALUE_TEST (ConfabQualitySample, quality_sample)

static void
test_signal (gconstpointer data)
{
  g_autofree char *golden = read_golden (data);
  g_autoptr (ConfabMessage) message = decode_golden (data, golden);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabSignal) signal = confab_signal_from_message (message, &error);
  g_autoptr (ConfabMessage) again = NULL;
  const char *to = NULL;

  g_assert_no_error (error);
  g_assert_true (confab_message_get_string (message, "to", CONFAB_FIELD_REQUIRED, 26, &to, NULL));
  again = confab_signal_to_message (signal, to);
  assert_encodes (again, golden);
}

static void
test_quality (void)
{
  g_autofree char *golden = read_golden ("message-quality");
  g_autoptr (ConfabMessage) message = decode_golden ("message-quality", golden);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) samples = confab_quality_from_message (message, &error);
  g_autoptr (ConfabMessage) again = NULL;

  g_assert_no_error (error);
  again = confab_quality_to_message (samples);
  assert_encodes (again, golden);
}

static void
test_error (void)
{
  g_autofree char *golden = read_golden ("message-error");
  g_autoptr (ConfabMessage) message = decode_golden ("message-error", golden);
  g_autoptr (GError) error = confab_error_from_message (message);
  g_autoptr (ConfabMessage) again = confab_error_to_message (error, "join");

  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  assert_encodes (again, "{\"type\":\"error\",\"code\":\"no-such-call\","
                         "\"detail\":\"There is no such call.\",\"about\":\"join\"}");
}

static void
test_problem (void)
{
  g_autofree char *golden = read_golden ("body-problem");
  g_autoptr (ConfabMessage) message = decode_golden ("body-problem", golden);
  g_autoptr (GError) error = confab_problem_from_message (message);
  g_autoptr (ConfabMessage) again = confab_problem_to_message (error, "r1");

  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  assert_encodes (again, golden);
}

/* What is not ours may hold anything, and stays here. */
static void
test_foreign_error (void)
{
  g_autoptr (GError) foreign =
      g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "/secret/path is not there");
  g_autoptr (ConfabMessage) problem = confab_problem_to_message (foreign, NULL);
  g_autoptr (ConfabMessage) message = confab_error_to_message (foreign, NULL);
  g_autoptr (GError) back = confab_error_from_message (message);

  assert_encodes (problem,
                  "{\"type\":\"about:blank\",\"title\":\"Failed\",\"status\":500,"
                  "\"detail\":\"Something went wrong on the server\",\"code\":\"failed\"}");
  g_assert_error (back, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_null (strstr (back->message, "secret"));
}

/* Nor what went wrong with our disk: strangers make the requests that meet it. */
static void
test_internal_error (void)
{
  const ConfabError codes[] = { CONFAB_ERROR_FAILED, CONFAB_ERROR_TIMED_OUT,
                                CONFAB_ERROR_NO_SPACE };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autoptr (GError) error =
        g_error_new_literal (CONFAB_ERROR, (gint) codes[i], "/secret/path is full");
    g_autoptr (ConfabMessage) problem = confab_problem_to_message (error, NULL);
    g_autoptr (ConfabMessage) message = confab_error_to_message (error, "join");
    g_autoptr (GError) in_problem = confab_problem_from_message (problem);
    g_autoptr (GError) in_message = confab_error_from_message (message);

    g_assert_error (in_problem, CONFAB_ERROR, (gint) codes[i]);
    g_assert_error (in_message, CONFAB_ERROR, (gint) codes[i]);
    g_assert_null (strstr (in_problem->message, "secret"));
    g_assert_null (strstr (in_message->message, "secret"));
  }
}

static void
add_golden_files (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *file = NULL;
  guint n_files = 0;

  g_assert_no_error (error);
  while ((file = g_dir_read_name (dir)) != NULL) {
    char *name = g_strndup (file, strlen (file) - strlen (".json"));
    g_autofree char *test_path = g_strconcat ("/golden/", name, NULL);

    n_files++;
    g_test_add_data_func_full (test_path, name, test_golden, g_free);
    if (g_str_has_prefix (name, "message-signal-") && !g_str_has_suffix (name, "relayed")) {
      g_autofree char *value_path = g_strconcat ("/golden-value/", name, NULL);

      g_test_add_data_func_full (value_path, g_strdup (name), test_signal, g_free);
    }
  }
  g_assert_cmpuint (n_files, >, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_golden_files ();
  g_test_add_data_func ("/golden-value/user", "body-user", test_user);
  g_test_add_data_func ("/golden-value/call", "body-call", test_call);
  g_test_add_data_func ("/golden-value/call-ended", "body-call-ended", test_call);
  g_test_add_data_func ("/golden-value/participant", "body-participant", test_participant);
  g_test_add_data_func ("/golden-value/invite", "body-invite", test_invite);
  g_test_add_data_func ("/golden-value/invite-any", "body-invite-any", test_invite);
  g_test_add_data_func ("/golden-value/ice-server", "body-ice-server", test_ice_server);
  g_test_add_data_func ("/golden-value/quality-sample", "body-quality-sample", test_quality_sample);
  g_test_add_data_func ("/golden-value/quality-sample-early", "body-quality-sample-early",
                        test_quality_sample);
  g_test_add_func ("/golden-value/quality", test_quality);
  g_test_add_func ("/golden-value/error", test_error);
  g_test_add_func ("/golden-value/problem", test_problem);
  g_test_add_func ("/golden-value/foreign-error", test_foreign_error);
  g_test_add_func ("/golden-value/internal-error", test_internal_error);

  return g_test_run ();
}
