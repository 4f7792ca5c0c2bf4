/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-reporter.h"
#include "session-fixture.h"

#define FIGURES                                                               \
  "\"rtt_ms\":3.4,\"jitter_ms\":2,\"lost_ratio\":0.01,\"bitrate_kbps\":31.7," \
  "\"level_dbov\":-26.3,\"mouth_to_ear_ms\":51.2,\"mos\":4.43"

typedef struct {
  SessionFixture *fixture;
  ConfabCall *call;
  Person host;
  Person ada;
} Pair;

static void
pair_clear (Pair *self)
{
  person_clear (&self->ada);
  person_clear (&self->host);
  confab_call_unref (self->call);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
pair_enter (Pair *self, SessionFixture *fixture)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabMessage) news = NULL;

  self->fixture = fixture;
  self->call = session_fixture_create (fixture, user, 10);
  person_connect (&self->host, fixture, user);
  person_hello (&self->host);
  person_join (&self->host, self->call);
  person_enter (&self->ada, fixture, "Ada", self->call);
  news = person_expect (&self->host, "participant-joined");
}

static void
let_pause_pass (SessionFixture *fixture)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (fixture->clock),
                               CONFABD_REPORTER_PAUSE_S * G_TIME_SPAN_SECOND);
}

/* Everything is on its way to the store: asks it. */
static GPtrArray *
list (Pair *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *samples;

  confabd_quality_flush (self->fixture->quality);
  session_fixture_settle (self->fixture);
  confabd_quality_list_async (self->fixture->quality, self->host.user,
                              confab_call_get_id (self->call), NULL, 100, NULL,
                              session_fixture_on_result, &result);
  samples =
      confabd_quality_list_finish (self->fixture->quality, session_fixture_wait (&result), &error);
  g_assert_no_error (error);
  return samples;
}

static void
test_kept (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GDateTime) now = confab_clock_dup_now (fixture->clock);
  g_autoptr (GPtrArray) samples = NULL;
  ConfabQualitySample *sample;

  pair_enter (&pair, fixture);
  /* Whose and when is not for the client to say. */
  person_say (&pair.ada,
              "{\"type\":\"quality\",\"samples\":[{\"peer\":\"%s\",\"participant\":\"%s\","
              "\"at\":\"2001-01-01T00:00:00Z\"," FIGURES "}]}",
              pair.host.participant, pair.host.participant);
  person_expect_nothing (&pair.ada);
  samples = list (&pair);
  g_assert_cmpuint (samples->len, ==, 1);
  sample = g_ptr_array_index (samples, 0);
  g_assert_cmpstr (confab_quality_sample_get_participant_id (sample), ==, pair.ada.participant);
  g_assert_cmpstr (confab_quality_sample_get_peer_id (sample), ==, pair.host.participant);
  g_assert_true (g_date_time_equal (confab_quality_sample_get_at (sample), now));
}

static void
say_figures (Pair *self, const char *peer, const char *figures)
{
  let_pause_pass (self->fixture);
  person_say (&self->ada, "{\"type\":\"quality\",\"samples\":[{\"peer\":\"%s\",%s}]}", peer,
              figures);
}

/* Nobody is thrown out of a call for a statistic. */
static void
test_bad (SessionFixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":1.01,\"bitrate_kbps\":31,\"level_dbov\":-26,\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":-0.1,\"bitrate_kbps\":31,\"level_dbov\":-26,\"mos\":4.4",
    "\"jitter_ms\":-1,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":-26,\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":1e9,\"level_dbov\":-26,\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":1,\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":-128,\"mos\":4.4",
    "\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":-26,\"mos\":5.1",
    "\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":-26,\"mos\":\"good\"",
    "\"rtt_ms\":60001,\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,\"level_dbov\":-26,"
    "\"mos\":4.4",
    "\"mouth_to_ear_ms\":-5,\"jitter_ms\":2,\"lost_ratio\":0,\"bitrate_kbps\":31,"
    "\"level_dbov\":-26,\"mos\":4.4",
    FIGURES "},3,{",
  };
  g_auto (Pair) pair = { NULL };
  g_autoptr (GPtrArray) samples = NULL;

  pair_enter (&pair, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    say_figures (&pair, pair.host.participant, bad[i]);
    person_expect_error (&pair.ada, "bad-message", "quality");
    g_assert_true (person_is_open (&pair.ada));
  }
  let_pause_pass (fixture);
  person_say (&pair.ada, "{\"type\":\"quality\"}");
  person_expect_error (&pair.ada, "bad-message", "quality");
  let_pause_pass (fixture);
  person_say (&pair.ada,
              "{\"type\":\"quality\",\"samples\":[{\"peer\":\"%s\"," FIGURES
              "},{\"peer\":\"%s\"," FIGURES "}]}",
              pair.host.participant, pair.host.participant);
  person_expect_error (&pair.ada, "bad-message", "quality");
  samples = list (&pair);
  g_assert_cmpuint (samples->len, ==, 0);
}

static void
test_too_large (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  GString *list = g_string_new (NULL);

  pair_enter (&pair, fixture);
  for (guint i = 0; i < 101; i++)
    g_string_append_printf (list, "%s{\"peer\":\"p%u\"," FIGURES "}", i > 0 ? "," : "", i);
  person_say (&pair.ada, "{\"type\":\"quality\",\"samples\":[%s]}", list->str);
  person_expect_error (&pair.ada, "bad-message", "quality");
  g_string_free (list, TRUE);
}

/* Who has just left takes nothing of the others along. */
static void
test_strangers (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GPtrArray) samples = NULL;

  pair_enter (&pair, fixture);
  person_say (&pair.ada,
              "{\"type\":\"quality\",\"samples\":[{\"peer\":\"nobody\"," FIGURES
              "},{\"peer\":\"%s\"," FIGURES "}]}",
              pair.host.participant);
  person_expect_error (&pair.ada, "no-such-participant", "quality");
  say_figures (&pair, pair.ada.participant, FIGURES);
  person_expect_error (&pair.ada, "no-such-participant", "quality");
  samples = list (&pair);
  g_assert_cmpuint (samples->len, ==, 1);
}

static void
test_too_often (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GPtrArray) samples = NULL;

  pair_enter (&pair, fixture);
  for (guint i = 0; i < 2; i++)
    person_say (&pair.ada, "{\"type\":\"quality\",\"samples\":[{\"peer\":\"%s\"," FIGURES "}]}",
                pair.host.participant);
  person_expect_error (&pair.ada, "too-many", "quality");
  g_assert_true (person_is_open (&pair.ada));
  say_figures (&pair, pair.host.participant, FIGURES);
  person_expect_nothing (&pair.ada);
  samples = list (&pair);
  g_assert_cmpuint (samples->len, ==, 2);
}

/* However much comes while the disk is busy, no more than the bound waits for it. */
static void
test_bounded (SessionFixture *fixture, gconstpointer data)
{
  const ConfabdQualityLimits limits = { 1000, 10, 60000 };
  g_autoptr (ConfabdQuality) quality = confabd_quality_new (fixture->store, &limits);
  g_autoptr (GDateTime) now = confab_clock_dup_now (fixture->clock);
  const ConfabQualityFigures figures = { .mos = 4 };
  g_autoptr (GPtrArray) samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);

  for (guint i = 0; i < 25; i++)
    g_ptr_array_add (samples, confab_quality_sample_new ("ada", "bob", now, &figures));
  confabd_quality_take (quality, "call", samples);
  g_assert_cmpuint (confabd_quality_get_n_waiting (quality), ==, 10);
  confabd_quality_flush (quality);
  g_assert_cmpuint (confabd_quality_get_n_waiting (quality), ==, 0);
  session_fixture_settle (fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, SessionFixture, NULL, session_fixture_set_up, func, session_fixture_tear_down)
  ADD ("/reporter/kept", test_kept);
  ADD ("/reporter/bad", test_bad);
  ADD ("/reporter/too-large", test_too_large);
  ADD ("/reporter/strangers", test_strangers);
  ADD ("/reporter/too-often", test_too_often);
  ADD ("/reporter/bounded", test_bounded);

  return g_test_run ();
}
