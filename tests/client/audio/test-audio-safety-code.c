/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-audio-safety-code.h"
#include "confab-audio-safety.h"
#include "confab-error.h"

/* fingerprint, nonce, fingerprint, nonce, commitment to the first nonce, code */
#define N_COLUMNS 6

static GPtrArray *
load_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "safety-code-vectors.tsv", NULL);
  GPtrArray *vectors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_ptr_array_add (vectors, g_strsplit (lines[i], "\t", -1));
    g_assert_cmpuint (g_strv_length (g_ptr_array_index (vectors, i)), ==, N_COLUMNS);
  }
  g_assert_cmpuint (vectors->len, ==, 5);
  return vectors;
}

/* The page of the guest has to come to the same with the same file. */
static void
test_vectors (void)
{
  g_autoptr (GPtrArray) vectors = load_vectors ();

  for (guint i = 0; i < vectors->len; i++) {
    char **words = g_ptr_array_index (vectors, i);
    ConfabAudioSafetyEnd one = { words[0], words[1] };
    ConfabAudioSafetyEnd other = { words[2], words[3] };
    g_autofree char *commitment = confab_audio_safety_commit (words[1]);
    g_autofree char *code = confab_audio_safety_code_derive (&one, &other);
    g_autofree char *turned = confab_audio_safety_code_derive (&other, &one);

    g_assert_true (confab_audio_safety_nonce_is_valid (words[1]));
    g_assert_cmpstr (commitment, ==, words[4]);
    g_assert_cmpstr (code, ==, words[5]);
    g_assert_cmpstr (turned, ==, words[5]);
  }
}

static void
test_nonces (void)
{
  static const char *const bad[] = { "", "tooshort", "UPPERCASEUPPERCASE123",
                                     "with space 1234567890 ab", "linebreak\n1234567890abc" };
  g_autofree char *one = confab_audio_safety_new_nonce ();
  g_autofree char *other = confab_audio_safety_new_nonce ();
  g_autofree char *longest = g_strnfill (64, 'a');
  g_autofree char *too_long = g_strnfill (65, 'a');

  g_assert_cmpstr (one, !=, other);
  g_assert_true (confab_audio_safety_nonce_is_valid (one));
  g_assert_true (confab_audio_safety_nonce_is_valid (longest));
  g_assert_false (confab_audio_safety_nonce_is_valid (too_long));
  g_assert_false (confab_audio_safety_nonce_is_valid (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (confab_audio_safety_nonce_is_valid (bad[i]));
}

static void
assert_described (const char *const *languages, const char *expected)
{
  g_autofree char *sentence =
      confab_audio_safety_code_dup_sentence ("octopus cactus balloon ring", languages);

  g_assert_cmpstr (sentence, ==, expected);
}

static void
test_languages (void)
{
  static const char *const german[] = { "de_AT.UTF-8", "de", "C", NULL };
  static const char *const arabic[] = { "ar", "C", NULL };
  static const char *const english_first[] = { "en_GB", "de", NULL };

  assert_described (german, "🐙 Krake, 🌵 Kaktus, 🎈 Ballon, 💍 Ring");
  assert_described (arabic, "🐙 octopus, 🌵 cactus, 🎈 balloon, 💍 ring");
  assert_described (english_first, "🐙 octopus, 🌵 cactus, 🎈 balloon, 💍 ring");
  assert_described (NULL, "🐙 octopus, 🌵 cactus, 🎈 balloon, 💍 ring");
}

/* ---- the exchange ---- */

#define CERTIFICATE_A "AA:00"
#define CERTIFICATE_B "BB:00"

static void
test_both_ends_agree (void)
{
  g_autoptr (ConfabAudioSafety) a = confab_audio_safety_new (NULL);
  g_autoptr (ConfabAudioSafety) b = confab_audio_safety_new (confab_audio_safety_get_opening (a));
  g_autoptr (GError) error = NULL;
  g_autofree char *code_a = NULL;
  g_autofree char *code_b = NULL;

  confab_audio_safety_set_certificates (a, CERTIFICATE_A, CERTIFICATE_B);
  confab_audio_safety_set_certificates (b, CERTIFICATE_B, CERTIFICATE_A);
  g_assert_null (confab_audio_safety_dup_code (a));
  g_assert_true (confab_audio_safety_take_answer (a, confab_audio_safety_get_opening (b)));
  g_assert_null (confab_audio_safety_dup_code (b));
  g_assert_true (confab_audio_safety_take_reveal (b, confab_audio_safety_get_nonce (a), &error));
  g_assert_no_error (error);
  code_a = confab_audio_safety_dup_code (a);
  code_b = confab_audio_safety_dup_code (b);
  g_assert_nonnull (code_a);
  g_assert_cmpstr (code_a, ==, code_b);
}

/* Somebody in between with certificates of their own, who passes on all that the two say for the
 * code: both ends believe in their connection, and read out different words. */
static void
test_somebody_in_between (void)
{
  g_autoptr (ConfabAudioSafety) a = confab_audio_safety_new (NULL);
  g_autoptr (ConfabAudioSafety) b = confab_audio_safety_new (confab_audio_safety_get_opening (a));
  g_autoptr (GError) error = NULL;
  g_autofree char *code_a = NULL;
  g_autofree char *code_b = NULL;

  confab_audio_safety_set_certificates (a, CERTIFICATE_A, "EE:01");
  confab_audio_safety_set_certificates (b, CERTIFICATE_B, "EE:02");
  g_assert_true (confab_audio_safety_take_answer (a, confab_audio_safety_get_opening (b)));
  g_assert_true (confab_audio_safety_take_reveal (b, confab_audio_safety_get_nonce (a), &error));
  code_a = confab_audio_safety_dup_code (a);
  code_b = confab_audio_safety_dup_code (b);
  g_assert_cmpstr (code_a, !=, code_b);
}

/* Who sees the answer before choosing a nonce is found out. */
static void
test_broken_promise (void)
{
  g_autoptr (ConfabAudioSafety) a = confab_audio_safety_new (NULL);
  g_autoptr (ConfabAudioSafety) b = confab_audio_safety_new (confab_audio_safety_get_opening (a));
  g_autofree char *another = confab_audio_safety_new_nonce ();
  g_autoptr (GError) error = NULL;

  confab_audio_safety_set_certificates (b, CERTIFICATE_B, CERTIFICATE_A);
  g_assert_false (confab_audio_safety_take_reveal (b, another, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH);
  g_assert_null (confab_audio_safety_dup_code (b));
}

/* An offer that knows no codes gets an answer that knows none. */
static void
test_no_part (void)
{
  g_autoptr (ConfabAudioSafety) b = confab_audio_safety_new ("");
  g_autofree char *nonce = confab_audio_safety_new_nonce ();
  g_autoptr (GError) error = NULL;

  confab_audio_safety_set_certificates (b, CERTIFICATE_B, CERTIFICATE_A);
  g_assert_null (confab_audio_safety_get_opening (b));
  g_assert_true (confab_audio_safety_take_reveal (b, nonce, &error));
  g_assert_null (confab_audio_safety_dup_code (b));
}

/* The nonce is opened once: a second answer cannot have it tried again. */
static void
test_one_answer (void)
{
  g_autoptr (ConfabAudioSafety) a = confab_audio_safety_new (NULL);
  g_autofree char *one = confab_audio_safety_new_nonce ();
  g_autofree char *two = confab_audio_safety_new_nonce ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_false (confab_audio_safety_take_answer (a, NULL));
  g_assert_false (confab_audio_safety_take_answer (a, "short"));
  g_assert_true (confab_audio_safety_take_answer (a, one));
  confab_audio_safety_set_certificates (a, CERTIFICATE_A, CERTIFICATE_B);
  before = confab_audio_safety_dup_code (a);
  g_assert_false (confab_audio_safety_take_answer (a, two));
  after = confab_audio_safety_dup_code (a);
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/safety-code/vectors", test_vectors);
  g_test_add_func ("/audio/safety-code/nonces", test_nonces);
  g_test_add_func ("/audio/safety-code/languages", test_languages);
  g_test_add_func ("/audio/safety-code/both-ends-agree", test_both_ends_agree);
  g_test_add_func ("/audio/safety-code/somebody-in-between", test_somebody_in_between);
  g_test_add_func ("/audio/safety-code/broken-promise", test_broken_promise);
  g_test_add_func ("/audio/safety-code/no-part", test_no_part);
  g_test_add_func ("/audio/safety-code/one-answer", test_one_answer);
  return g_test_run ();
}
