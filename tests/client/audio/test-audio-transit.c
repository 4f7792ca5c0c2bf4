/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-audio-packet-ring.h"
#include "confab-audio-transit.h"

#define FRAME_US 20000

typedef struct {
  ConfabAudioTransit transit;
  gint64 seq;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->now_us = 5000000;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
}

/* One packet each 20 ms by the sender's clock, of which one in nth_late is late by so much. */
static void
run (Fixture *fixture, guint n, double speed, guint nth_late, gint64 late_us)
{
  for (guint i = 0; i < n; i++) {
    gint64 late = nth_late > 0 && i % nth_late == 0 ? late_us : 0;

    confab_audio_transit_observe (&fixture->transit, fixture->seq, fixture->seq * FRAME_US,
                                  fixture->now_us + late);
    fixture->seq++;
    fixture->now_us += (gint64) (FRAME_US / speed);
  }
}

static void
test_target_follows_the_jitter (Fixture *fixture, gconstpointer data)
{
  g_assert_true (confab_audio_transit_is_young (&fixture->transit));
  run (fixture, 10, 1, 0, 0);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 5000);
  run (fixture, 300, 1, 0, 0);
  g_assert_false (confab_audio_transit_is_young (&fixture->transit));
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 2000);
  run (fixture, 300, 1, 10, 40000);
  g_assert_cmpint (fixture->transit.jitter_us, ==, 40000);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 41000);
  run (fixture, 300, 1, 10, 900000);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 200000);
  run (fixture, 300, 1, 0, 0);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 2000);
}

/* Two in a hundred are not worth anybody's delay. */
static void
test_outliers_do_not_count (Fixture *fixture, gconstpointer data)
{
  run (fixture, 500, 1, 50, 150000);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 2000);
}

/* What the network holds back for that time comes all at once. */
static void
stall (Fixture *fixture, guint n)
{
  gint64 end_us = fixture->now_us + n * FRAME_US;

  for (; fixture->now_us < end_us; fixture->now_us += FRAME_US) {
    confab_audio_transit_observe (&fixture->transit, fixture->seq, fixture->seq * FRAME_US, end_us);
    fixture->seq++;
  }
}

/* However long it lasts: whoever would wait for the next one of its kind would wait for minutes. */
static void
test_one_stall_does_not_count (Fixture *fixture, gconstpointer data)
{
  const guint lengths[] = { 2, 10, 40 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    run (fixture, 300, 1, 0, 0);
    stall (fixture, lengths[i]);
    run (fixture, 10, 1, 0, 0);
    g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 2000);
  }
}

static void
test_repeated_stalls_count (Fixture *fixture, gconstpointer data)
{
  run (fixture, 300, 1, 0, 0);
  for (guint i = 0; i < 10; i++) {
    stall (fixture, 3);
    run (fixture, 12, 1, 0, 0);
  }
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), >=, 40000);
}

/* Not one of so many is among the first of its stall. */
static void
test_flood_is_survived (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2 * CONFAB_AUDIO_TRANSIT_HISTORY; i++) {
    confab_audio_transit_observe (&fixture->transit, fixture->seq, fixture->seq * FRAME_US,
                                  fixture->now_us);
    fixture->seq++;
    fixture->now_us += 100;
  }
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), <=, 200000);
}

static void
test_drift_is_no_jitter (Fixture *fixture, gconstpointer data)
{
  const double speeds[] = { 1.002, 0.998, 1.0001 };

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    run (fixture, 500, speeds[i], 0, 0);
    g_assert_cmpint (fixture->transit.jitter_us, <, 1000);
    g_assert_cmpint (ABS (confab_audio_transit_get_slack_us (
                         &fixture->transit, fixture->seq * FRAME_US, fixture->now_us)),
                     <, 1000);
  }
}

static void
test_loss_is_counted_with_a_memory (Fixture *fixture, gconstpointer data)
{
  run (fixture, 250, 1, 0, 0);
  for (guint i = 0; i < 25; i++) {
    run (fixture, 9, 1, 0, 0);
    fixture->seq++; /* the tenth is lost */
    fixture->now_us += FRAME_US;
  }
  g_assert_cmpfloat_with_epsilon (fixture->transit.loss_ratio, 0.1, 0.02);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 21000);
  run (fixture, 300, 1, 0, 0);
  g_assert_cmpfloat (fixture->transit.loss_ratio, ==, 0);
  g_assert_cmpint (confab_audio_transit_get_target_us (&fixture->transit, FRAME_US), ==, 2000);
}

static void
test_faster_way_is_taken_at_once (Fixture *fixture, gconstpointer data)
{
  run (fixture, 300, 1, 0, 0);
  fixture->now_us -= 30000;
  run (fixture, 1, 1, 0, 0);
  g_assert_cmpint (confab_audio_transit_get_slack_us (&fixture->transit,
                                                      (fixture->seq - 1) * FRAME_US,
                                                      fixture->now_us - FRAME_US),
                   ==, 0);
}

/* --- the ring --- */

static ConfabAudioPacketFate
store (ConfabAudioPacketRing *ring, guint16 seq, guint32 timestamp)
{
  const guint8 payload[] = { 1, 2, 3 };
  gint64 full_seq;
  gint64 full_timestamp;

  confab_audio_packet_ring_unwrap (ring, seq, timestamp, &full_seq, &full_timestamp);
  g_assert_true (confab_audio_packet_ring_is_near (ring, full_seq));
  return confab_audio_packet_ring_store (ring, full_seq, full_timestamp, payload, sizeof payload);
}

static void
test_ring_keeps_the_order (Fixture *fixture, gconstpointer data)
{
  g_autofree ConfabAudioPacketRing *ring = g_new0 (ConfabAudioPacketRing, 1);
  gint64 first;

  confab_audio_packet_ring_restart (ring, 65534, G_MAXUINT32 - 100);
  first = ring->next_seq;
  g_assert_cmpint (store (ring, 1, 2780), ==, CONFAB_AUDIO_PACKET_STORED);
  g_assert_cmpint (store (ring, 65534, G_MAXUINT32 - 100), ==, CONFAB_AUDIO_PACKET_STORED);
  g_assert_cmpint (store (ring, 0, 1820), ==, CONFAB_AUDIO_PACKET_STORED);
  g_assert_cmpint (store (ring, 0, 1820), ==, CONFAB_AUDIO_PACKET_DUPLICATE);
  g_assert_cmpint (store (ring, 65533, 0), ==, CONFAB_AUDIO_PACKET_LATE);
  g_assert_cmpint (store (ring, 65533, 0), ==, CONFAB_AUDIO_PACKET_DUPLICATE);
  g_assert_nonnull (confab_audio_packet_ring_get (ring, first));
  g_assert_null (confab_audio_packet_ring_get (ring, first + 1));
  g_assert_cmpint (confab_audio_packet_ring_get (ring, first + 3)->timestamp -
                       confab_audio_packet_ring_get (ring, first)->timestamp,
                   ==, 2881);
  g_assert_true (confab_audio_packet_ring_skip (ring) ==
                 confab_audio_packet_ring_get (ring, first + 2));
  g_assert_cmpint (ring->next_seq, ==, first + 2);
}

static void
test_ring_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autofree ConfabAudioPacketRing *ring = g_new0 (ConfabAudioPacketRing, 1);
  gint64 full_seq;
  gint64 full_timestamp;

  confab_audio_packet_ring_restart (ring, 0, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (store (ring, (guint16) i, i * 960), ==, CONFAB_AUDIO_PACKET_STORED);
  g_assert_cmpint (ring->newest_seq - ring->next_seq, <, CONFAB_AUDIO_PACKET_RING_SIZE);
  g_assert_cmpuint (ring->n_overrun, ==, 1000 - CONFAB_AUDIO_PACKET_RING_SIZE);
  confab_audio_packet_ring_unwrap (ring, 5000, 0, &full_seq, &full_timestamp);
  g_assert_false (confab_audio_packet_ring_is_near (ring, full_seq));
}

#define ADD(path, function) g_test_add ("/audio/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("transit/target-follows-the-jitter", test_target_follows_the_jitter);
  ADD ("transit/outliers-do-not-count", test_outliers_do_not_count);
  ADD ("transit/one-stall-does-not-count", test_one_stall_does_not_count);
  ADD ("transit/repeated-stalls-count", test_repeated_stalls_count);
  ADD ("transit/flood-is-survived", test_flood_is_survived);
  ADD ("transit/drift-is-no-jitter", test_drift_is_no_jitter);
  ADD ("transit/loss-is-counted-with-a-memory", test_loss_is_counted_with_a_memory);
  ADD ("transit/faster-way-is-taken-at-once", test_faster_way_is_taken_at_once);
  ADD ("packet-ring/keeps-the-order", test_ring_keeps_the_order);
  ADD ("packet-ring/is-bounded", test_ring_is_bounded);
  return g_test_run ();
}
