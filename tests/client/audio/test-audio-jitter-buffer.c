/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-opus-packet.h"
#include "confab-audio-rhythm.h"
#include "fake-talker.h"

#define FREQUENCY 200

static void
assert_between (gint64 value, gint64 low, gint64 high)
{
  g_assert_cmpint (value, >=, low);
  g_assert_cmpint (value, <=, high);
}

/* Runs until the start is over; what happens after it counts. */
static void
begin (FakeTalker *talker, guint frame_samples, guint tick_samples)
{
  fake_talker_init (talker, FREQUENCY, frame_samples, tick_samples);
  fake_talker_run (talker, 3);
  fake_talker_forget (talker);
}

static void
test_plays (gconstpointer data)
{
  const guint *sizes = data;
  guint frame_us = sizes[0] * 1000 / 48;
  guint tick_us = sizes[1] * 1000 / 48;
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  fake_talker_init (&talker, FREQUENCY, sizes[0], sizes[1]);
  fake_talker_run (&talker, 1);
  g_assert_cmpuint (talker.n_silent * tick_us, <=, 20000 + frame_us + 2 * tick_us);
  fake_talker_get_stats (&talker, &before);
  fake_talker_forget (&talker);
  fake_talker_run (&talker, 10);
  fake_talker_get_stats (&talker, &after);
  g_assert_cmpuint (talker.n_silent, ==, 0);
  g_assert_cmpint (talker.largest_step, <,
                   600); /* the tone itself has 210, the seam of its coding some more */
  g_assert_cmpuint (after.waits, ==, before.waits);
  g_assert_cmpuint (after.packets_lost, ==, 0);
  assert_between (talker.lowest_delay_us, 0, 3000 + 2 * tick_us);
  assert_between (talker.highest_delay_us, 0, 5000 + 2 * tick_us);
  fake_talker_clear (&talker);
}

static void
test_jitter_comes_and_goes (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  begin (&talker, 960, 480);
  talker.jitter_us = 30000;
  fake_talker_run (&talker, 3);
  fake_talker_get_stats (&talker, &before);
  assert_between (before.target_us, 24000, 34000);
  fake_talker_forget (&talker);
  fake_talker_run (&talker, 20);
  fake_talker_get_stats (&talker, &after);
  g_assert_cmpuint (after.waits - before.waits, <=, 20); /* of 2,000 ticks */
  assert_between (talker.lowest_delay_us, 20000, 45000);
  assert_between (talker.highest_delay_us, 20000, 45000);
  talker.jitter_us = 0;
  fake_talker_run (&talker, 8);
  fake_talker_get_stats (&talker, &after);
  assert_between (after.delay_us, 0, 14000);
  fake_talker_clear (&talker);
}

static void
test_loss_is_repaired (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  begin (&talker, 960, 480);
  talker.loss = 0.1;
  fake_talker_run (&talker, 30);
  fake_talker_get_stats (&talker, &stats);
  assert_between ((gint64) stats.packets_lost, 110, 190);
  /* libopus takes a tone for speech now and then only, and sends FEC for that */
  g_assert_cmpuint (stats.packets_recovered, >, stats.packets_lost / 10);
  g_assert_cmpfloat (stats.loss_ratio, >, 0.03);
  assert_between (stats.target_us, 21000, 24000); /* the next packet's FEC is waited for */
  g_assert_cmpuint (talker.n_silent, ==, 0);
  talker.loss = 0;
  fake_talker_run (&talker, 10);
  fake_talker_get_stats (&talker, &stats);
  assert_between (stats.delay_us, 0, 14000);
  fake_talker_clear (&talker);
}

static void
test_packet_tells_its_fec (void)
{
  const guint8 silk_20ms[] = { 0x08, 0xc0 }; /* active, with FEC */
  const guint8 silk_20ms_without[] = { 0x08, 0xbf };
  const guint8 silk_60ms[] = { 0x18, 0x10 };
  const guint8 silk_60ms_without[] = { 0x18, 0xef };
  const guint8 hybrid_10ms[] = { 0x70, 0x40 };
  const guint8 stereo_side[] = { 0x0c, 0x10 };
  const guint8 celt[] = { 0xf8, 0xff };
  const guint8 two_frames[] = { 0x09, 0x40, 0x00 };
  const guint8 broken[] = { 0x0b, 0x3f, 0xff };

  g_assert_true (confab_audio_opus_packet_has_fec (silk_20ms, sizeof silk_20ms));
  g_assert_false (confab_audio_opus_packet_has_fec (silk_20ms_without, sizeof silk_20ms_without));
  g_assert_true (confab_audio_opus_packet_has_fec (silk_60ms, sizeof silk_60ms));
  g_assert_false (confab_audio_opus_packet_has_fec (silk_60ms_without, sizeof silk_60ms_without));
  g_assert_true (confab_audio_opus_packet_has_fec (hybrid_10ms, sizeof hybrid_10ms));
  g_assert_true (confab_audio_opus_packet_has_fec (stereo_side, sizeof stereo_side));
  g_assert_false (confab_audio_opus_packet_has_fec (celt, sizeof celt));
  g_assert_true (confab_audio_opus_packet_has_fec (two_frames, sizeof two_frames));
  g_assert_false (confab_audio_opus_packet_has_fec (broken, sizeof broken));
  g_assert_false (confab_audio_opus_packet_has_fec (silk_20ms, 1));
  g_assert_false (confab_audio_opus_packet_is_celt_alone (silk_60ms, sizeof silk_60ms));
  g_assert_false (confab_audio_opus_packet_is_celt_alone (hybrid_10ms, sizeof hybrid_10ms));
  g_assert_true (confab_audio_opus_packet_is_celt_alone (celt, sizeof celt));
  g_assert_false (confab_audio_opus_packet_is_celt_alone (celt, 0));
}

static void
test_duplicates_do_not_count (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  begin (&talker, 480, 480);
  talker.duplicates = 0.5;
  fake_talker_run (&talker, 10);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.packets_duplicate, >, 400);
  g_assert_cmpuint (stats.packets_lost, ==, 0);
  g_assert_cmpuint (stats.packets_late, ==, 0);
  assert_between (stats.jitter_us, 0, 500);
  g_assert_cmpint (talker.largest_step, <, 600);
  fake_talker_clear (&talker);
}

static void
test_numbers_wrap (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  fake_talker_init (&talker, FREQUENCY, 480, 480);
  talker.seq = 65535 - 150;
  talker.timestamp = G_MAXUINT32 / 960 * 960 - 480 * 250;
  talker.jitter_us = 25000; /* packets of both sides of the wrap under way together */
  fake_talker_run (&talker, 1);
  fake_talker_get_stats (&talker, &before);
  fake_talker_run (&talker, 4);
  fake_talker_get_stats (&talker, &after);
  g_assert_cmpuint (talker.seq, <, 1000);
  g_assert_cmpuint (talker.timestamp, <, 480 * 1000);
  g_assert_cmpuint (after.resyncs, ==, 0);
  g_assert_cmpuint (after.packets_lost, <=, before.packets_lost + 5);
  g_assert_cmpuint (after.packets_received, >, 480);
  fake_talker_clear (&talker);
}

static void
test_dtx (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  begin (&talker, 960, 480);
  talker.jitter_us = 10000;
  fake_talker_run (&talker, 5);
  fake_talker_get_stats (&talker, &before);
  for (guint i = 0; i < 20; i++) {
    talker.is_silent = TRUE;
    fake_talker_run (&talker, 0.38);
    talker.is_silent = FALSE;
    fake_talker_run (&talker, 0.02);
  }
  fake_talker_get_stats (&talker, &after);
  g_assert_cmpuint (talker.n_silent, ==, 0);
  g_assert_cmpuint (after.packets_lost, ==, before.packets_lost);
  g_assert_cmpuint (after.resyncs, ==, 0);
  g_assert_cmpuint (after.waits, <=, before.waits + 2);
  assert_between (after.target_us, 5000, 14000);
  fake_talker_forget (&talker);
  fake_talker_run (&talker, 5);
  fake_talker_get_stats (&talker, &after);
  assert_between (talker.highest_delay_us, 5000, 27000);
  g_assert_cmpuint (after.packets_skipped, ==, 0);
  fake_talker_clear (&talker);
}

/* Without packets for long there is no talker; the first word afterwards is whole and in time. */
static void
test_sleeps_and_wakes (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  begin (&talker, 960, 480);
  fake_talker_get_stats (&talker, &before);
  talker.is_silent = TRUE;
  fake_talker_run (&talker, 1);
  fake_talker_forget (&talker);
  fake_talker_run (&talker, 60);
  g_assert_cmpuint (talker.n_silent, ==, talker.n_ticks);
  g_assert_cmpint (talker.largest_step, ==, 0);
  talker.is_silent = FALSE;
  fake_talker_forget (&talker);
  fake_talker_run (&talker, 5);
  fake_talker_get_stats (&talker, &after);
  g_assert_cmpuint (talker.n_silent, <=, 5);
  g_assert_cmpuint (after.packets_lost, ==, before.packets_lost);
  g_assert_cmpuint (after.packets_skipped, ==, before.packets_skipped);
  assert_between (talker.highest_delay_us, 0, 25000);
  fake_talker_clear (&talker);
}

static void
test_stall_is_not_caught_up (void)
{
  const double stalls_s[] = { 0.2, 0.6, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (stalls_s); i++) {
    FakeTalker talker;
    ConfabAudioJitterBufferStats stats;

    begin (&talker, 960, 480);
    talker.is_held = TRUE;
    fake_talker_run (&talker, stalls_s[i]);
    talker.is_held = FALSE;
    fake_talker_run (&talker, 1);
    fake_talker_get_stats (&talker, &stats);
    assert_between (stats.delay_us, 0, 250000);
    g_assert_true (talker.has_sound);
    fake_talker_run (&talker, 10);
    fake_talker_get_stats (&talker, &stats);
    assert_between (stats.delay_us, 0, 14000);
    fake_talker_clear (&talker);
  }
}

/* What was made up takes the place of what comes late: the delay is what it was, at once, and
 * nothing is cut out of what follows. */
static void
test_short_stall_moves_nothing (void)
{
  for (guint n_ms = 10; n_ms <= 60; n_ms += 10) {
    FakeTalker talker;
    ConfabAudioJitterBufferStats before;
    ConfabAudioJitterBufferStats after;

    begin (&talker, 480, 480);
    fake_talker_get_stats (&talker, &before);
    talker.is_held = TRUE;
    fake_talker_run (&talker, n_ms / 1000.0);
    talker.is_held = FALSE;
    fake_talker_run (&talker, 0.05);
    fake_talker_get_stats (&talker, &after);
    g_assert_cmpuint (after.waits, >, before.waits);
    g_assert_cmpint (after.delay_us, ==, before.delay_us);
    fake_talker_run (&talker, 5);
    fake_talker_get_stats (&talker, &after);
    g_assert_cmpuint (after.cuts, ==, before.cuts);
    g_assert_cmpuint (after.repeats, ==, before.repeats);
    g_assert_cmpuint (after.packets_lost, ==, before.packets_lost);
    g_assert_cmpuint (talker.n_silent, ==, 0);
    fake_talker_clear (&talker);
  }
}

static void
check_bursts (guint frame_samples, guint tick_samples, gint64 card_us, gint64 talker_us)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats before;
  ConfabAudioJitterBufferStats after;

  fake_talker_init (&talker, FREQUENCY, frame_samples, tick_samples);
  talker.card_burst_us = card_us;
  talker.talker_burst_us = talker_us;
  talker.jitter_us = 1500;
  talker.delay_us = 22237; /* the phase in which it matters most: packets come just after a burst */
  fake_talker_run (&talker, 6);
  fake_talker_get_stats (&talker, &before);
  fake_talker_run (&talker, 10);
  fake_talker_get_stats (&talker, &after);
  g_test_message ("frame %u, tick %u, card %d, talker %d us", frame_samples, tick_samples,
                  (int) card_us, (int) talker_us);
  g_assert_cmpuint (after.cuts, ==, before.cuts);
  g_assert_cmpuint (after.repeats, ==, before.repeats);
  g_assert_cmpuint (after.waits, ==, before.waits);
  fake_talker_clear (&talker);
}

/* One sound server brings 10 ms in two pieces, another asks for two ticks at once: no reason to
 * move. */
static void
test_bursts_move_nothing (void)
{
  static const guint frames[] = { 480, 960 };
  static const guint ticks[] = { 120, 240 };
  static const gint64 bursts_us[] = { 5000, 10000, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ticks); k++)
      for (guint m = 0; m < G_N_ELEMENTS (bursts_us); m++) {
        check_bursts (frames[i], ticks[k], bursts_us[m], 0);
        check_bursts (frames[i], ticks[k], bursts_us[m], 10000);
      }
}

/* A card with a timer of its own, whose clock is off, too. */
static void
test_uneven_card (void)
{
  static const guint ticks[] = { 480, 360, 480, 240, 600, 360, 480, 120 };
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  fake_talker_init (&talker, FREQUENCY, 480, 480);
  talker.talker_speed = 1.002;
  talker.card_speed = 0.998;
  talker.jitter_us = 1500;
  for (guint i = 0; i < 6000; i++) {
    talker.tick_samples = ticks[i % G_N_ELEMENTS (ticks)];
    fake_talker_run (&talker, 0.001); /* one of them */
    if (i == 500)
      fake_talker_forget (&talker);
  }
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.packets_skipped, ==, 0);
  assert_between (talker.lowest_delay_us, 0, 20000);
  assert_between (talker.highest_delay_us, 0, 25000);
  fake_talker_clear (&talker);
}

static guint
ask (ConfabAudioRhythm *rhythm, guint n_samples, gint64 now_us)
{
  guint tick_samples = confab_audio_rhythm_begin (rhythm, n_samples, now_us);

  confab_audio_rhythm_end (rhythm, n_samples);
  return tick_samples;
}

/* Two pieces every 10 ms; now and then a late thread makes two times two of them one. */
static void
test_rhythm (void)
{
  ConfabAudioRhythm rhythm = { 0 };
  gint64 now_us = 1000000;

  g_assert_cmpuint (ask (&rhythm, 240, now_us), ==, 240); /* nothing is known yet */
  for (guint i = 0; i < 100; i++) {
    gint64 late_us = i % 10 == 0 ? 9800 : 0;

    now_us += 10000;
    ask (&rhythm, 240, now_us + late_us);
    ask (&rhythm, 240, now_us + late_us + 100);
    g_assert_cmpuint (confab_audio_rhythm_get_taken (&rhythm), >=, 480);
  }
  g_assert_cmpuint (ask (&rhythm, 240, now_us + 10000), ==, 480);
  for (guint i = 0; i < 100; i++)
    ask (&rhythm, 240, now_us + 30000 + i * 5000);
  g_assert_cmpuint (ask (&rhythm, 240, now_us + 600000), ==, 240); /* another card */
}

/* What gathers while the call is set up comes in one burst: it must not become delay. */
static void
test_backlog_at_start_is_skipped (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  fake_talker_init (&talker, FREQUENCY, 960, 480);
  talker.is_held = TRUE;
  fake_talker_run (&talker, 0.3);
  talker.is_held = FALSE;
  fake_talker_run (&talker, 0.2);
  fake_talker_get_stats (&talker, &stats);
  assert_between (stats.delay_us, 0, 45000);
  fake_talker_run (&talker, 2);
  fake_talker_get_stats (&talker, &stats);
  assert_between (stats.delay_us, 0, 14000);
  fake_talker_clear (&talker);
}

/* The mixer stands still (no sound card) while packets come on: memory is bounded, and what comes
 * after is what is new. */
static void
test_nobody_pulls (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  begin (&talker, 480, 480);
  for (guint i = 0; i < 700; i++)
    fake_talker_step (&talker);
  fake_talker_run (&talker, 5);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.packets_skipped, >, 600);
  assert_between (stats.delay_us, 0, 14000);
  g_assert_cmpuint (stats.resyncs, ==, 0);
  fake_talker_clear (&talker);
}

static void
test_new_stream_starts_anew (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;

  begin (&talker, 960, 480);
  talker.ssrc = 0x9999;
  talker.seq = 40000;
  talker.timestamp = 3000000000u / 960 * 960;
  fake_talker_run (&talker, 2);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.resyncs, ==, 1);
  g_assert_cmpuint (stats.packets_lost, ==, 0);
  g_assert_cmpuint (talker.n_silent, ==, 0);
  assert_between (stats.delay_us, 0, 14000);
  fake_talker_clear (&talker);
}

static void
test_jump_needs_two_packets (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;
  gsize size;
  const guint8 *payload;

  begin (&talker, 960, 480);
  payload = g_bytes_get_data (g_ptr_array_index (talker.packets, 0), &size);
  confab_audio_jitter_buffer_put (talker.buffer, talker.ssrc, (guint16) (talker.seq + 5000),
                                  talker.timestamp, payload, size, (gint64) talker.now_us);
  fake_talker_run (&talker, 1);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.resyncs, ==, 0);
  g_assert_cmpuint (stats.packets_lost, ==, 0);
  talker.seq += 20000;
  talker.timestamp += 960u * 1000000u;
  fake_talker_run (&talker, 2);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.resyncs, ==, 1);
  assert_between (stats.delay_us, 0, 25000);
  g_assert_true (talker.has_sound);
  fake_talker_clear (&talker);
}

/* Ten minutes in which the two sample clocks run apart by far more than real ones: the delay must
 * not follow. */
static void
test_clocks_apart (gconstpointer data)
{
  double difference = *(const double *) data;

  for (guint i = 0; i < 2; i++) {
    FakeTalker talker;
    ConfabAudioJitterBufferStats before;
    ConfabAudioJitterBufferStats after;

    begin (&talker, 960, 480);
    if (i == 0)
      talker.card_speed = 1 + difference;
    else
      talker.talker_speed = 1 + difference;
    talker.jitter_us = 2000;
    fake_talker_run (&talker, 10);
    fake_talker_get_stats (&talker, &before);
    fake_talker_forget (&talker);
    fake_talker_run (&talker, 600);
    fake_talker_get_stats (&talker, &after);
    assert_between (talker.lowest_delay_us, 0, 10000);
    assert_between (talker.highest_delay_us, 3000,
                    21000); /* a tick and a pitch period above the least */
    g_assert_cmpuint (after.waits - before.waits, <=,
                      60); /* of 60,000: made up by whole periods instead */
    g_assert_cmpuint (after.packets_skipped, ==, before.packets_skipped);
    g_assert_cmpint (talker.largest_step, <,
                     2500); /* where the decoder comes back from its guess */
    fake_talker_clear (&talker);
  }
}

static void
test_hostile_packets (void)
{
  FakeTalker talker;
  ConfabAudioJitterBufferStats stats;
  guint8 payload[1600];
  GRand *random = g_rand_new_with_seed (7);

  begin (&talker, 960, 480);
  for (guint i = 0; i < sizeof payload; i++)
    payload[i] = (guint8) g_rand_int (random);
  confab_audio_jitter_buffer_put (talker.buffer, talker.ssrc, talker.seq, talker.timestamp, payload,
                                  0, 0);
  confab_audio_jitter_buffer_put (talker.buffer, talker.ssrc, talker.seq, talker.timestamp, payload,
                                  1501, 0);
  payload[0] = 0x1b; /* code 3 ... */
  payload[1] = 0x3f; /* ... with 63 frames of 60 ms */
  confab_audio_jitter_buffer_put (talker.buffer, talker.ssrc, talker.seq, talker.timestamp, payload,
                                  500, 0);
  fake_talker_get_stats (&talker, &stats);
  g_assert_cmpuint (stats.packets_invalid, ==, 3);
  for (guint i = 0; i < 20000; i++) {
    gsize size = (gsize) g_rand_int_range (random, 1, 1501);
    guint16 seq = (guint16) (talker.seq + g_rand_int_range (random, -120, 120));
    guint32 timestamp = g_rand_int_range (random, 0, 3)
                            ? talker.timestamp + (guint32) (gint16) g_rand_int (random)
                            : g_rand_int (random);

    payload[g_rand_int_range (random, 0, 20)] = (guint8) g_rand_int (random);
    confab_audio_jitter_buffer_put (
        talker.buffer, i % 1000 ? talker.ssrc : g_rand_int (random), seq, timestamp, payload, size,
        (gint64) talker.now_us + g_rand_int_range (random, -50000, 50000));
    if (i % 20 == 0)
      fake_talker_run (&talker, 0.01);
  }
  talker.ssrc = 77;
  fake_talker_run (&talker, 6);
  fake_talker_get_stats (&talker, &stats);
  g_assert_true (talker.has_sound);
  assert_between (stats.delay_us, 0, 14000);
  g_rand_free (random);
  fake_talker_clear (&talker);
}

int
main (int argc, char **argv)
{
  static const guint sizes[][2] = { { 480, 480 },  { 960, 480 },  { 960, 960 },
                                    { 960, 240 },  { 120, 480 },  { 240, 240 },
                                    { 1920, 480 }, { 2880, 480 }, { 960, 441 } };
  static const double differences[] = { 0.002, -0.002 };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *path =
        g_strdup_printf ("/audio/jitter-buffer/plays/%u-by-%u", sizes[i][0], sizes[i][1]);

    g_test_add_data_func (path, sizes[i], test_plays);
  }
  g_test_add_func ("/audio/jitter-buffer/jitter-comes-and-goes", test_jitter_comes_and_goes);
  g_test_add_func ("/audio/jitter-buffer/loss-is-repaired", test_loss_is_repaired);
  g_test_add_func ("/audio/jitter-buffer/packet-tells-its-fec", test_packet_tells_its_fec);
  g_test_add_func ("/audio/jitter-buffer/duplicates-do-not-count", test_duplicates_do_not_count);
  g_test_add_func ("/audio/jitter-buffer/numbers-wrap", test_numbers_wrap);
  g_test_add_func ("/audio/jitter-buffer/dtx", test_dtx);
  g_test_add_func ("/audio/jitter-buffer/sleeps-and-wakes", test_sleeps_and_wakes);
  g_test_add_func ("/audio/jitter-buffer/stall-is-not-caught-up", test_stall_is_not_caught_up);
  g_test_add_func ("/audio/jitter-buffer/short-stall-moves-nothing",
                   test_short_stall_moves_nothing);
  g_test_add_func ("/audio/jitter-buffer/backlog-at-start-is-skipped",
                   test_backlog_at_start_is_skipped);
  g_test_add_func ("/audio/jitter-buffer/bursts-move-nothing", test_bursts_move_nothing);
  g_test_add_func ("/audio/jitter-buffer/uneven-card", test_uneven_card);
  g_test_add_func ("/audio/rhythm", test_rhythm);
  g_test_add_func ("/audio/jitter-buffer/nobody-pulls", test_nobody_pulls);
  g_test_add_func ("/audio/jitter-buffer/new-stream-starts-anew", test_new_stream_starts_anew);
  g_test_add_func ("/audio/jitter-buffer/jump-needs-two-packets", test_jump_needs_two_packets);
  g_test_add_data_func ("/audio/jitter-buffer/clocks-apart/faster", &differences[0],
                        test_clocks_apart);
  g_test_add_data_func ("/audio/jitter-buffer/clocks-apart/slower", &differences[1],
                        test_clocks_apart);
  g_test_add_func ("/audio/jitter-buffer/hostile-packets", test_hostile_packets);
  return g_test_run ();
}
