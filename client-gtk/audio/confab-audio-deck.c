/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-deck"

#include "config.h"

#include "confab-audio-deck.h"
#include "confab-audio-pacer.h"

struct _ConfabAudioDeck {
  const ConfabAudioParts *parts; /* (unowned) the engine's, outlives it */
  ConfabAudioCapture *capture;   /* (unowned) its owner's, outlives it */
  ConfabAudioDeckEndedFunc ended;
  gpointer user_data; /* (unowned) the owner */
  gboolean is_started;

  /* Changed only while the pacer stands still. */
  ConfabAudioPacer *pacer;   /* (owned) (nullable) */
  ConfabAudioPlayer *player; /* (owned) (nullable) */
  gboolean is_feeding;       /* the pacer brings the capture its samples */
  gboolean is_pulling;       /* the pacer pulls the mixer */

  /* Changed only while the mixer's tap is off. */
  ConfabWavWriter *recorder; /* (owned) (nullable) */
  gboolean is_recorder_held;
  gboolean is_echoing;
};

static gboolean
is_recording (ConfabAudioDeck *self)
{
  return self->recorder != NULL && !self->is_recorder_held;
}

/* ---- the pacer's thread ---- */

static void
feed (ConfabAudioDeck *self)
{
  gint16 samples[CONFAB_AUDIO_TICK_SAMPLES];

  if (self->player == NULL) {
    confab_audio_capture_feed (self->capture, NULL, CONFAB_AUDIO_TICK_SAMPLES);
    return;
  }
  if (confab_audio_player_read (self->player, samples, CONFAB_AUDIO_TICK_SAMPLES))
    self->ended (self->user_data);
  confab_audio_capture_feed (self->capture, samples, CONFAB_AUDIO_TICK_SAMPLES);
}

static void
on_tick (gint64 due_us, gpointer user_data)
{
  ConfabAudioDeck *self = user_data;
  gint16 unheard[CONFAB_AUDIO_TICK_SAMPLES];

  if (self->is_pulling)
    confab_audio_mixer_mix (self->parts->mixer, unheard, CONFAB_AUDIO_TICK_SAMPLES, due_us);
  if (self->is_feeding)
    feed (self);
}

/* ---- the mixer's thread: the pacer's or the sound card's ---- */

static void
on_mixed (const gint16 *samples, guint n_samples, gpointer user_data)
{
  ConfabAudioDeck *self = user_data;

  if (is_recording (self))
    confab_wav_writer_push (self->recorder, samples, n_samples);
  if (self->is_echoing)
    confab_audio_capture_feed (self->capture, samples, n_samples);
}

/* ---- changing what the two see: engine's context ---- */

static void
hold_pacer (ConfabAudioDeck *self)
{
  g_clear_pointer (&self->pacer, confab_audio_pacer_free);
}

static void
run_pacer (ConfabAudioDeck *self)
{
  if (self->is_started && self->pacer == NULL && (self->is_feeding || self->is_pulling))
    self->pacer = confab_audio_pacer_new (self->parts->realtime, on_tick, self);
}

static void
hold_tap (ConfabAudioDeck *self)
{
  confab_audio_mixer_set_tap (self->parts->mixer, NULL, NULL, NULL);
}

static void
run_tap (ConfabAudioDeck *self)
{
  if (self->is_started && (is_recording (self) || self->is_echoing))
    confab_audio_mixer_set_tap (self->parts->mixer, on_mixed, self, NULL);
}

static void
finish_recorder (ConfabAudioDeck *self)
{
  if (self->recorder != NULL)
    confab_wav_writer_finish (g_steal_pointer (&self->recorder), NULL);
}

/**
 * confab_audio_deck_take_player:
 * @self: the deck
 * @player: (transfer full) (nullable): what the capture is fed with; %NULL for silence
 */
void
confab_audio_deck_take_player (ConfabAudioDeck *self, ConfabAudioPlayer *player)
{
  hold_pacer (self);
  g_clear_pointer (&self->player, confab_audio_player_free);
  self->player = player;
  run_pacer (self);
}

ConfabAudioPlayer *
confab_audio_deck_get_player (ConfabAudioDeck *self)
{
  return self->player;
}

/**
 * confab_audio_deck_take_recorder:
 * @self: the deck
 * @recorder: (transfer full) (nullable): gets what is heard from now on; the one before is finished
 */
void
confab_audio_deck_take_recorder (ConfabAudioDeck *self, ConfabWavWriter *recorder)
{
  hold_tap (self);
  finish_recorder (self);
  self->recorder = recorder;
  run_tap (self);
}

/**
 * confab_audio_deck_hold_recorder:
 * @self: the deck
 * @is_held: whether the recorder, this one or the next, gets nothing
 */
void
confab_audio_deck_hold_recorder (ConfabAudioDeck *self, gboolean is_held)
{
  hold_tap (self);
  self->is_recorder_held = is_held;
  run_tap (self);
}

/**
 * confab_audio_deck_set_feeding:
 * @self: the deck
 * @is_feeding: whether the capture gets the player's samples, or silence, every 10 ms
 */
void
confab_audio_deck_set_feeding (ConfabAudioDeck *self, gboolean is_feeding)
{
  if (self->is_feeding == is_feeding)
    return;
  hold_pacer (self);
  self->is_feeding = is_feeding;
  run_pacer (self);
}

/**
 * confab_audio_deck_set_pulling:
 * @self: the deck
 * @is_pulling: whether the mixer is pulled every 10 ms; only while nobody else does
 */
void
confab_audio_deck_set_pulling (ConfabAudioDeck *self, gboolean is_pulling)
{
  if (self->is_pulling == is_pulling)
    return;
  hold_pacer (self);
  self->is_pulling = is_pulling;
  run_pacer (self);
}

/**
 * confab_audio_deck_set_echoing:
 * @self: the deck
 * @is_echoing: whether the capture is fed with what is heard
 */
void
confab_audio_deck_set_echoing (ConfabAudioDeck *self, gboolean is_echoing)
{
  if (self->is_echoing == is_echoing)
    return;
  hold_tap (self);
  self->is_echoing = is_echoing;
  run_tap (self);
}

void
confab_audio_deck_start (ConfabAudioDeck *self)
{
  self->is_started = TRUE;
  run_tap (self);
  run_pacer (self);
}

/**
 * confab_audio_deck_stop:
 * @self: the deck
 *
 * Finishes the recording; returns when its thread has ended.
 */
void
confab_audio_deck_stop (ConfabAudioDeck *self)
{
  self->is_started = FALSE;
  hold_pacer (self);
  hold_tap (self);
  finish_recorder (self);
}

ConfabAudioDeck *
confab_audio_deck_new (const ConfabAudioParts *parts,
                       ConfabAudioCapture *capture,
                       ConfabAudioDeckEndedFunc ended,
                       gpointer user_data)
{
  ConfabAudioDeck *self = g_new0 (ConfabAudioDeck, 1);

  self->parts = parts;
  self->capture = capture;
  self->ended = ended;
  self->user_data = user_data;
  return self;
}

/**
 * confab_audio_deck_free:
 * @self: a stopped deck, or one that was never started
 */
void
confab_audio_deck_free (ConfabAudioDeck *self)
{
  finish_recorder (self);
  g_clear_pointer (&self->player, confab_audio_player_free);
  g_free (self);
}
