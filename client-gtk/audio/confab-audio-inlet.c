/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-inlet"

#include "config.h"

#include <gst/rtp/rtp.h>
#include <opus/opus.h>

#include "confab-audio-context.h"
#include "confab-audio-inlet.h"
#include "confab-audio-opus-packet.h"
#include "confab-audio-toolkit.h"

/* Counted atomically: probes and the mixer hold it. */
struct _ConfabAudioInlet {
  GMainContext *context;           /* (owned) */
  ConfabAudioMixer *mixer;         /* (owned) */
  ConfabAudioRecorder *recorder;   /* (owned) */
  char *member;                    /* (owned) whose sound it is */
  ConfabAudioGate *gate;           /* (owned) */
  ConfabAudioHeader *header;       /* (owned) */
  ConfabAudioJitterBuffer *buffer; /* (owned) */
  ConfabAudioSlot *slot;           /* (owned) (nullable) NULL: detached */
  guint payload_type;
  ConfabAudioInletHeardFunc heard;
  gpointer user_data; /* (unowned) not used once the gate is closed */
  gint last_rtp_ms;   /* (atomic) monotonic, wraps: for differences */
  gint n_bytes;       /* (atomic) of Opus, wraps */
  gint frame_samples; /* (atomic) of the last packet */
  gint is_celt_alone; /* (atomic) likewise */
};

/* What the mixer's thread has in hand when the first sample is heard. Empty from then on: a mixer
 * that has stopped would keep it for ever. */
typedef struct {
  ConfabAudioInlet *inlet;   /* (owned) (nullable) */
  ConfabAudioSlot *replaced; /* (owned) (nullable) */
} Entry;

static gint
get_now_ms (void)
{
  return (gint) (guint) (g_get_monotonic_time () / G_TIME_SPAN_MILLISECOND);
}

static void
clear (gpointer data)
{
  ConfabAudioInlet *self = data;

  confab_audio_jitter_buffer_unref (self->buffer);
  confab_audio_header_unref (self->header);
  confab_audio_gate_unref (self->gate);
  confab_audio_mixer_unref (self->mixer);
  confab_audio_recorder_unref (self->recorder);
  g_free (self->member);
  g_main_context_unref (self->context);
}

static gpointer
ref (ConfabAudioInlet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear);
}

void
confab_audio_inlet_unref (ConfabAudioInlet *self)
{
  unref (self);
}

/* ---- network threads ---- */

static void
note_payload (ConfabAudioInlet *self, const guint8 *payload, guint size)
{
  int n_samples =
      size > 0 ? opus_packet_get_nb_samples (payload, (opus_int32) size, CONFAB_AUDIO_RATE) : 0;

  g_atomic_int_add (&self->n_bytes, (gint) size);
  if (n_samples <= 0)
    return;
  g_atomic_int_set (&self->frame_samples, n_samples);
  g_atomic_int_set (&self->is_celt_alone, confab_audio_opus_packet_is_celt_alone (payload, size));
}

static void
take_rtp (ConfabAudioInlet *self, GstBuffer *buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return;
  if (gst_rtp_buffer_get_payload_type (&rtp) == self->payload_type) {
    g_atomic_int_set (&self->last_rtp_ms, get_now_ms ());
    note_payload (self, gst_rtp_buffer_get_payload (&rtp), gst_rtp_buffer_get_payload_len (&rtp));
    confab_audio_header_take (self->header, &rtp, g_get_monotonic_time ());
    confab_audio_jitter_buffer_put (
        self->buffer, gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_seq (&rtp),
        gst_rtp_buffer_get_timestamp (&rtp), gst_rtp_buffer_get_payload (&rtp),
        gst_rtp_buffer_get_payload_len (&rtp), g_get_monotonic_time ());
    confab_audio_recorder_put (self->recorder, self->member, gst_rtp_buffer_get_ssrc (&rtp),
                               gst_rtp_buffer_get_timestamp (&rtp),
                               gst_rtp_buffer_get_payload (&rtp),
                               gst_rtp_buffer_get_payload_len (&rtp), g_get_monotonic_time ());
  }
  gst_rtp_buffer_unmap (&rtp);
}

/* Decrypted RTP, as it came, in front of webrtcbin's own jitter buffer; nothing goes on to that. */
static GstPadProbeReturn
on_rtp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  ConfabAudioInlet *self = user_data;

  if (!confab_audio_gate_is_open (self->gate))
    return GST_PAD_PROBE_DROP;
  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      take_rtp (self, gst_buffer_list_get (list, i));
  } else {
    take_rtp (self, GST_PAD_PROBE_INFO_BUFFER (info));
  }
  return GST_PAD_PROBE_DROP;
}

static void
on_element_added (GstBin *bin, GstBin *sub_bin, GstElement *element, gpointer user_data)
{
  g_autoptr (GstPad) pad = NULL;

  /* The first packet counts: SRTP has proved its origin, and the second may be a comfort frame
   * 400 ms later. */
  if (confab_audio_toolkit_is_made_by (element, "rtpsession"))
    g_object_set (element, "probation", 0, NULL);
  /* Our time is counted samples: of a microphone that is faster than the clock, or brought a
   * backlog when it was opened, it lies ahead. Who waits for that drops four packets of five. */
  if (confab_audio_toolkit_is_made_by (element, "clocksync"))
    g_object_set (element, "sync", FALSE, NULL);
  if (!confab_audio_toolkit_is_made_by (element, "rtpjitterbuffer"))
    return;
  pad = gst_element_get_static_pad (element, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_rtp,
                     ref (user_data), unref);
}

/* ---- mixer's thread ---- */

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->replaced, confab_audio_slot_unref);
  g_clear_pointer (&entry->inlet, unref);
  g_free (entry);
}

static gboolean
deliver_heard (gpointer user_data)
{
  ConfabAudioInlet *self = user_data;

  if (!confab_audio_gate_is_closed (self->gate))
    self->heard (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_heard (ConfabAudioSlot *slot, gpointer user_data)
{
  Entry *entry = user_data;
  ConfabAudioInlet *self = g_steal_pointer (&entry->inlet);

  if (entry->replaced != NULL)
    confab_audio_mixer_remove (self->mixer, entry->replaced);
  g_clear_pointer (&entry->replaced, confab_audio_slot_unref);
  confab_audio_context_post (self->context, deliver_heard, self, unref);
}

/* ---- engine's context ---- */

static void
enter_mix (ConfabAudioInlet *self, double volume, ConfabAudioSlot *replaced)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->inlet = ref (self);
  if (replaced != NULL)
    entry->replaced = confab_audio_slot_ref (replaced);
  self->slot =
      confab_audio_mixer_add (self->mixer, self->buffer, volume, on_heard, entry, free_entry);
}

/**
 * confab_audio_inlet_new:
 * @setup: (transfer none): where from and where to
 *
 * Returns: (transfer full): an inlet in the mix, to be detached
 */
ConfabAudioInlet *
confab_audio_inlet_new (const ConfabAudioInletSetup *setup)
{
  ConfabAudioInlet *self = g_atomic_rc_box_new0 (ConfabAudioInlet);

  self->context = g_main_context_ref (setup->context);
  self->mixer = confab_audio_mixer_ref (setup->mixer);
  self->recorder = confab_audio_recorder_ref (setup->recorder);
  self->member = g_strdup (setup->member);
  self->gate = confab_audio_gate_ref (setup->gate);
  self->header = confab_audio_header_ref (setup->header);
  self->payload_type = setup->payload_type;
  self->heard = setup->heard;
  self->user_data = setup->user_data;
  self->last_rtp_ms = get_now_ms ();
  self->buffer = confab_audio_jitter_buffer_new ();
  enter_mix (self, setup->volume, setup->replaced);
  return self;
}

static void
unref_in_closure (gpointer data, GClosure *closure)
{
  unref (data);
}

/**
 * confab_audio_inlet_attach:
 * @self: the inlet
 * @webrtc: (transfer none): a webrtcbin that has received nothing yet
 *
 * Takes what @webrtc receives, in front of its own jitter buffer: behind it every packet that was
 * overtaken would be lost, or 20 to 40 ms later.
 */
void
confab_audio_inlet_attach (ConfabAudioInlet *self, GstElement *webrtc)
{
  g_signal_connect_data (webrtc, "deep-element-added", G_CALLBACK (on_element_added), ref (self),
                         unref_in_closure, 0);
}

/**
 * confab_audio_inlet_detach:
 * @self: the inlet
 * @webrtc: (transfer none): what it was attached to
 *
 * Leaves the mix; a probe may be there until @webrtc is gone, and lets nothing through.
 */
void
confab_audio_inlet_detach (ConfabAudioInlet *self, GstElement *webrtc)
{
  g_signal_handlers_disconnect_by_data (webrtc, self);
  confab_audio_mixer_remove (self->mixer, self->slot);
  g_clear_pointer (&self->slot, confab_audio_slot_unref);
}

ConfabAudioSlot *
confab_audio_inlet_get_slot (ConfabAudioInlet *self)
{
  return self->slot;
}

/**
 * confab_audio_inlet_get_silence_ms:
 * @self: the inlet
 *
 * Returns: milliseconds since the last RTP packet, or since it was made
 */
gint64
confab_audio_inlet_get_silence_ms (ConfabAudioInlet *self)
{
  return (gint) ((guint) get_now_ms () - (guint) g_atomic_int_get (&self->last_rtp_ms));
}

/**
 * confab_audio_inlet_get_n_bytes:
 * @self: the inlet
 *
 * Returns: how many bytes of Opus have come; wraps
 */
guint32
confab_audio_inlet_get_n_bytes (ConfabAudioInlet *self)
{
  return (guint32) g_atomic_int_get (&self->n_bytes);
}

/**
 * confab_audio_inlet_get_frame_samples:
 * @self: the inlet
 *
 * Returns: how much sound the last packet had, at 48 kHz; 0 before the first
 */
guint
confab_audio_inlet_get_frame_samples (ConfabAudioInlet *self)
{
  return (guint) g_atomic_int_get (&self->frame_samples);
}

/**
 * confab_audio_inlet_is_celt_alone:
 * @self: the inlet
 *
 * Returns: whether the last packet was made without SILK; %FALSE before the first
 */
gboolean
confab_audio_inlet_is_celt_alone (ConfabAudioInlet *self)
{
  return g_atomic_int_get (&self->is_celt_alone);
}

void
confab_audio_inlet_get_stats (ConfabAudioInlet *self, ConfabAudioJitterBufferStats *stats)
{
  confab_audio_jitter_buffer_get_stats (self->buffer, stats);
}
