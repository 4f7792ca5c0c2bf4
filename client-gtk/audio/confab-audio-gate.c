/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-gate.h"

typedef enum { UNJUDGED, OPEN, CLOSED } State;

struct _ConfabAudioGate {
  gint state; /* (atomic) */
};

ConfabAudioGate *
confab_audio_gate_new (void)
{
  return g_atomic_rc_box_new0 (ConfabAudioGate);
}

ConfabAudioGate *
confab_audio_gate_ref (ConfabAudioGate *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_gate_unref (ConfabAudioGate *self)
{
  g_atomic_rc_box_release (self);
}

/**
 * confab_audio_gate_open:
 * @self: the gate
 *
 * The certificate is the right one. Without effect once the gate was closed. Any thread.
 */
void
confab_audio_gate_open (ConfabAudioGate *self)
{
  g_atomic_int_compare_and_exchange (&self->state, UNJUDGED, OPEN);
}

/**
 * confab_audio_gate_close:
 * @self: the gate
 *
 * The connection ends. For good. Any thread.
 */
void
confab_audio_gate_close (ConfabAudioGate *self)
{
  g_atomic_int_set (&self->state, CLOSED);
}

gboolean
confab_audio_gate_is_open (ConfabAudioGate *self)
{
  return g_atomic_int_get (&self->state) == OPEN;
}

gboolean
confab_audio_gate_is_closed (ConfabAudioGate *self)
{
  return g_atomic_int_get (&self->state) == CLOSED;
}
