/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-sink"

#include "config.h"

#include "confab-audio-sink.h"

struct _ConfabAudioSink {
  ConfabAudioPlayback *playback; /* (unowned) the device pipeline has all three */
  ConfabAudioDeck *deck;         /* (unowned) */
  ConfabAudioKeeper *speaker;    /* (owned) at work while a device is the sink */
  char *device;                  /* (owned) (nullable) */
  gboolean is_started;
  gboolean is_null; /* nobody is to hear it */
};

/* ---- the half, as its keeper sees it ---- */

static void
open_speaker (const char *device, gpointer user_data)
{
  ConfabAudioSink *self = user_data;

  confab_audio_playback_open_device (self->playback, device);
}

/* Nobody hears it, but everything goes on: recording, levels, echo, jitter buffers. */
static void
open_nothing (gpointer user_data)
{
  ConfabAudioSink *self = user_data;

  confab_audio_deck_set_pulling (self->deck, TRUE);
}

static void
close_playback (gpointer user_data)
{
  ConfabAudioSink *self = user_data;

  confab_audio_deck_set_pulling (self->deck, FALSE);
  confab_audio_playback_close (self->playback);
}

static gboolean
is_flowing (gpointer user_data)
{
  ConfabAudioSink *self = user_data;

  return confab_audio_playback_is_flowing (self->playback);
}

static const ConfabAudioHalf speaker_half = {
  .name = "speaker",
  .open = open_speaker,
  .open_substitute = open_nothing,
  .close = close_playback,
  .is_flowing = is_flowing,
};

/* ---- opening and closing ---- */

static void
open_sink (ConfabAudioSink *self)
{
  if (!self->is_started)
    return;
  if (!self->is_null) {
    confab_audio_keeper_start (self->speaker, self->device);
  } else {
    confab_audio_keeper_recover (self->speaker);
    open_nothing (self);
  }
}

static void
close_sink (ConfabAudioSink *self)
{
  confab_audio_keeper_stop (self->speaker);
  g_clear_pointer (&self->device, g_free);
}

/**
 * confab_audio_sink_new:
 * @context: the engine's
 * @playback: (transfer none): what pulls the mix; outlives the sink
 * @deck: (transfer none): pulls it where there is no speaker; outlives the sink
 * @events: what happens to the speaker; copied
 *
 * Returns: (transfer full): the default speaker, not started
 */
ConfabAudioSink *
confab_audio_sink_new (GMainContext *context,
                       ConfabAudioPlayback *playback,
                       ConfabAudioDeck *deck,
                       const ConfabAudioKeeperEvents *events)
{
  ConfabAudioSink *self = g_new0 (ConfabAudioSink, 1);

  self->playback = playback;
  self->deck = deck;
  self->speaker = confab_audio_keeper_new (context, &speaker_half, self, events);
  return self;
}

void
confab_audio_sink_free (ConfabAudioSink *self)
{
  confab_audio_keeper_free (self->speaker);
  g_free (self->device);
  g_free (self);
}

void
confab_audio_sink_start (ConfabAudioSink *self)
{
  self->is_started = TRUE;
  open_sink (self);
}

/**
 * confab_audio_sink_stop:
 * @self: the sink
 *
 * Closes it, and forgets its trouble without a word; the device is forgotten, too.
 */
void
confab_audio_sink_stop (ConfabAudioSink *self)
{
  self->is_started = FALSE;
  close_sink (self);
  confab_audio_keeper_forget_problem (self->speaker);
}

/* ---- what to use ---- */

void
confab_audio_sink_set_device (ConfabAudioSink *self, const char *device)
{
  g_autofree char *copy = g_strdup (device);

  close_sink (self);
  self->is_null = FALSE;
  self->device = g_steal_pointer (&copy);
  open_sink (self);
}

void
confab_audio_sink_set_null (ConfabAudioSink *self)
{
  close_sink (self);
  self->is_null = TRUE;
  open_sink (self);
}

/* An open speaker is opened again, with what is set for the playback now. */
void
confab_audio_sink_reopen (ConfabAudioSink *self)
{
  confab_audio_keeper_reopen (self->speaker);
}

/* What the stream of the speaker says; what comes when it is closed is no news. */
void
confab_audio_sink_take_error (ConfabAudioSink *self, const GError *cause)
{
  confab_audio_keeper_take_error (self->speaker, cause);
}
