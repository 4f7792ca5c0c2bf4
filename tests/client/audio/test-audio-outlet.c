/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "confab-audio-fanout.h"
#include "sound-room.h"

#define N_GREETINGS 10

typedef struct {
  GstElement *pipeline;      /* (owned) */
  ConfabAudioGate *gate;     /* (owned) */
  ConfabAudioHeader *header; /* (owned) */
  ConfabAudioOutlet *outlet; /* (owned) */
  gint n_packets;            /* (atomic) that came where webrtcbin would be */
  gint payload_type;         /* (atomic) of the last one */
} Fixture;

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Fixture *fixture = user_data;
  guint8 type = 0;

  gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 1, &type, 1);
  g_atomic_int_set (&fixture->payload_type, type & 0x7f);
  g_atomic_int_inc (&fixture->n_packets);
  return GST_PAD_PROBE_OK;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GstElement *webrtc = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (webrtc, "sink");

  g_object_set (webrtc, "async", FALSE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, fixture, NULL);
  fixture->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (fixture->pipeline), webrtc);
  fixture->gate = confab_audio_gate_new ();
  fixture->header = confab_audio_header_new ();
  fixture->outlet = confab_audio_outlet_new (fixture->gate);
  confab_audio_outlet_attach (fixture->outlet, webrtc, fixture->header, 111);
  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (fixture->pipeline), ==, 1);
  gst_object_unref (fixture->pipeline);
  confab_audio_outlet_unref (fixture->outlet);
  confab_audio_header_unref (fixture->header);
  confab_audio_gate_unref (fixture->gate);
}

/* 10 ms of CELT, narrow band: the first byte of a packet says so. */
static GstBuffer *
make_frame (guint i)
{
  static const guint8 bytes[] = { 0x90, 0, 0 };
  GstBuffer *frame = gst_buffer_new_memdup (bytes, sizeof bytes);

  GST_BUFFER_PTS (frame) = i * 10 * GST_MSECOND;
  GST_BUFFER_DURATION (frame) = 10 * GST_MSECOND;
  return frame;
}

static void
push (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GstBuffer) frame = make_frame (i);

    confab_audio_outlet_push (fixture->outlet, frame);
  }
}

/* Nothing gets out before the gate is open, and nothing after it is closed. */
static void
test_gate (Fixture *fixture, gconstpointer data)
{
  push (fixture, 3);
  g_assert_cmpuint (confab_audio_outlet_get_n_frames (fixture->outlet), ==, 0);
  confab_audio_gate_open (fixture->gate);
  push (fixture, 2);
  RUN_UNTIL (g_atomic_int_get (&fixture->n_packets) == 2, 10);
  g_assert_cmpint (g_atomic_int_get (&fixture->payload_type), ==, 111);
  confab_audio_gate_close (fixture->gate);
  push (fixture, 3);
  g_assert_cmpuint (confab_audio_outlet_get_n_frames (fixture->outlet), ==, 2);
  g_assert_cmpuint (confab_audio_outlet_get_n_bytes (fixture->outlet), ==, 6);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_packets), ==, 2);
}

/* A new connection is greeted, silence or not; one whose gate is shut waits for nothing. */
static void
test_greeting (Fixture *fixture, gconstpointer data)
{
  ConfabAudioFanout *fanout = confab_audio_fanout_new ();

  confab_audio_fanout_add (fanout, fixture->outlet);
  push (fixture, N_GREETINGS);
  g_assert_false (confab_audio_fanout_is_awaited (fanout));
  confab_audio_gate_open (fixture->gate);
  for (guint i = 0; i < N_GREETINGS; i++) {
    g_autoptr (GstBuffer) frame = make_frame (i);

    g_assert_true (confab_audio_fanout_is_awaited (fanout));
    confab_audio_fanout_push (fanout, frame);
  }
  g_assert_false (confab_audio_fanout_is_awaited (fanout));
  confab_audio_fanout_remove (fanout, fixture->outlet);
  confab_audio_fanout_free (fanout);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add ("/audio/outlet/gate", Fixture, NULL, set_up, test_gate, tear_down);
  g_test_add ("/audio/outlet/greeting", Fixture, NULL, set_up, test_greeting, tear_down);
  return g_test_run ();
}
