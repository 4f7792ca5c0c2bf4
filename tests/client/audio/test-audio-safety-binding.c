/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-safety-binding.h"
#include "confab-audio-safety-code.h"

#define OURS    "AA:00"
#define THEIRS  "BB:00"
#define ANOTHER "CC:00"

/* Of a connection that has a code already, or none yet. */
static ConfabAudioSafety *
connect_to (const char *certificate, gboolean has_code)
{
  ConfabAudioSafety *safety = confab_audio_safety_new (NULL);
  g_autofree char *nonce = confab_audio_safety_new_nonce ();

  confab_audio_safety_set_certificates (safety, OURS, certificate);
  if (has_code)
    g_assert_true (confab_audio_safety_take_answer (safety, nonce));
  return safety;
}

/* One connection to somebody, for @self: news, and if so, about a code that was there before. */
static void
assert_news (ConfabAudioSafetyBinding *self,
             const char *certificate,
             gboolean has_code,
             gboolean is_change)
{
  g_autoptr (ConfabAudioSafety) safety = connect_to (certificate, has_code);
  g_autofree char *code = confab_audio_safety_dup_code (safety);
  gboolean has_changed = !is_change;

  g_assert_true (confab_audio_safety_binding_take (self, safety, &has_changed));
  g_assert_cmpint (has_changed, ==, is_change);
  g_assert_cmpstr (self->code, ==, code);
}

static void
assert_no_news (ConfabAudioSafetyBinding *self, ConfabAudioSafety *safety)
{
  g_autofree char *before = g_strdup (self->code);
  gboolean has_changed = FALSE;

  g_assert_false (confab_audio_safety_binding_take (self, safety, &has_changed));
  g_assert_cmpstr (self->code, ==, before);
}

/* The same two certificates: each connection has nonces of its own, and the first code stays. */
static void
test_same_pair (void)
{
  g_autoptr (ConfabAudioSafety) later = connect_to (THEIRS, TRUE);
  g_autofree char *tried = confab_audio_safety_dup_code (later);
  ConfabAudioSafetyBinding self = { 0 };

  assert_news (&self, THEIRS, TRUE, FALSE);
  g_assert_cmpstr (self.code, !=, tried);
  assert_no_news (&self, later);
  confab_audio_safety_binding_clear (&self);
}

/* Certificates are known before the nonce of the other side comes. */
static void
test_code_comes_later (void)
{
  g_autoptr (ConfabAudioSafety) nothing = confab_audio_safety_new (NULL);
  g_autoptr (ConfabAudioSafety) early = connect_to (THEIRS, FALSE);
  ConfabAudioSafetyBinding self = { 0 };

  assert_no_news (&self, nothing);
  assert_no_news (&self, early);
  g_assert_null (self.code);
  assert_news (&self, THEIRS, TRUE, FALSE);
  confab_audio_safety_binding_clear (&self);
}

/* What people compared says nothing about somebody with another certificate. */
static void
test_another_pair (void)
{
  ConfabAudioSafetyBinding self = { 0 };

  assert_news (&self, THEIRS, TRUE, FALSE);
  assert_news (&self, ANOTHER, FALSE, TRUE);
  g_assert_null (self.code);
  assert_news (&self, ANOTHER, TRUE, TRUE);
  assert_news (&self, THEIRS, TRUE, TRUE);
  confab_audio_safety_binding_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/safety-binding/same-pair", test_same_pair);
  g_test_add_func ("/audio/safety-binding/code-comes-later", test_code_comes_later);
  g_test_add_func ("/audio/safety-binding/another-pair", test_another_pair);
  return g_test_run ();
}
