/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-shortcut"

#include "config.h"

#include "confab-audio-shortcut.h"
#include "confab-audio-toolkit.h"

#define MAX_ELEMENTS 4 /* nicesrc, capsfilter, queue, dtlssrtpdec: webrtcbin 1.22 */

/* One socket's way around the queue behind it. */
typedef struct {
  ConfabAudioGate *gate; /* (owned) */
  GstPad *target;        /* (owned) (nullable) NULL before the first packet; socket's thread */
} Shortcut;

static void
free_shortcut (gpointer data)
{
  Shortcut *self = data;

  gst_clear_object (&self->target);
  confab_audio_gate_unref (self->gate);
  g_free (self);
}

/* Returns: (transfer full) (nullable): where the way that begins at pad enters dtlssrtpdec */
static GstPad *
find_target (GstPad *pad)
{
  g_autoptr (GstPad) source = gst_object_ref (pad);

  for (guint i = 1; i < MAX_ELEMENTS && source != NULL; i++) {
    g_autoptr (GstPad) sink = gst_pad_get_peer (source);
    g_autoptr (GstElement) element = sink != NULL ? gst_pad_get_parent_element (sink) : NULL;

    gst_clear_object (&source);
    if (element == NULL)
      return NULL;
    if (confab_audio_toolkit_is_made_by (element, "dtlssrtpdec"))
      return g_steal_pointer (&sink);
    source = gst_element_get_static_pad (element, "src");
  }
  return NULL;
}

/* Before the gate is open the handshake goes its usual way, and may be held up there. */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Shortcut *self = user_data;

  if (!confab_audio_gate_is_open (self->gate))
    return GST_PAD_PROBE_OK;
  if (self->target == NULL)
    self->target = find_target (pad);
  if (self->target == NULL)
    return GST_PAD_PROBE_OK;
  info->ABI.abi.flow_ret = gst_pad_chain (self->target, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_HANDLED;
}

static void
on_element_added (GstBin *bin, GstBin *sub_bin, GstElement *element, gpointer gate)
{
  g_autoptr (GstPad) pad = NULL;
  Shortcut *self = NULL;

  if (!confab_audio_toolkit_is_made_by (element, "nicesrc"))
    return;
  self = g_new0 (Shortcut, 1);
  self->gate = confab_audio_gate_ref (gate);
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, self, free_shortcut);
}

static void
unref_in_closure (gpointer gate, GClosure *closure)
{
  confab_audio_gate_unref (gate);
}

/**
 * confab_audio_shortcut_attach:
 * @webrtc: (transfer none): a webrtcbin without a transport yet
 * @gate: (transfer none): open once the handshake is over
 *
 * Hands what comes from the socket to the decryption in the socket's own thread. webrtcbin has a
 * queue between them, so that ICE goes on while DTLS waits; from then on its only use is to wake a
 * thread for each packet, a fifth of what listening costs.
 */
void
confab_audio_shortcut_attach (GstElement *webrtc, ConfabAudioGate *gate)
{
  g_signal_connect_data (webrtc, "deep-element-added", G_CALLBACK (on_element_added),
                         confab_audio_gate_ref (gate), unref_in_closure, 0);
}
