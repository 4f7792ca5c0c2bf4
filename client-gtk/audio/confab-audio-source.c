/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-source"

#include "config.h"

#include "confab-audio-source.h"

typedef enum {
  KIND_DEVICE,
  KIND_SAMPLES,
  KIND_SILENCE,
  KIND_ECHO,
} Kind;

struct _ConfabAudioSource {
  ConfabAudioCapture *capture;   /* (unowned) the device pipeline has all three */
  ConfabAudioDeck *deck;         /* (unowned) */
  ConfabAudioKeeper *microphone; /* (owned) at work while a device is the source */
  Kind kind;
  char *device; /* (owned) (nullable) */
  gboolean is_started;
  gboolean is_deafened; /* whoever hears nobody keeps no microphone open */
};

/* ---- the half, as its keeper sees it ---- */

static void
open_microphone (const char *device, gpointer user_data)
{
  ConfabAudioSource *self = user_data;

  confab_audio_capture_open_device (self->capture, device);
}

static void
open_silence (gpointer user_data)
{
  ConfabAudioSource *self = user_data;

  confab_audio_capture_open_feed (self->capture);
  confab_audio_deck_set_feeding (self->deck, TRUE);
}

static void
close_capture (gpointer user_data)
{
  ConfabAudioSource *self = user_data;

  confab_audio_deck_set_feeding (self->deck, FALSE);
  confab_audio_capture_close (self->capture);
}

static gboolean
is_flowing (gpointer user_data)
{
  ConfabAudioSource *self = user_data;

  return confab_audio_capture_is_flowing (self->capture);
}

static const ConfabAudioHalf microphone_half = {
  .name = "microphone",
  .is_input = TRUE,
  .open = open_microphone,
  .open_substitute = open_silence,
  .close = close_capture,
  .is_flowing = is_flowing,
};

/* ---- opening and closing ---- */

static void
open_source (ConfabAudioSource *self)
{
  if (!self->is_started)
    return;
  if (self->kind == KIND_DEVICE && self->is_deafened) {
    open_silence (self);
  } else if (self->kind == KIND_DEVICE) {
    confab_audio_keeper_start (self->microphone, self->device);
  } else {
    confab_audio_keeper_recover (self->microphone);
    confab_audio_capture_open_feed (self->capture);
    confab_audio_deck_set_feeding (self->deck, self->kind != KIND_ECHO);
    confab_audio_deck_set_echoing (self->deck, self->kind == KIND_ECHO);
  }
}

static void
close_source (ConfabAudioSource *self)
{
  confab_audio_deck_set_echoing (self->deck, FALSE);
  confab_audio_keeper_stop (self->microphone);
  g_clear_pointer (&self->device, g_free);
  confab_audio_deck_take_player (self->deck, NULL);
}

/**
 * confab_audio_source_new:
 * @context: the engine's
 * @capture: (transfer none): what is fed; outlives the source
 * @deck: (transfer none): stands in for a microphone; outlives the source
 * @events: what happens to the microphone; copied
 *
 * Returns: (transfer full): the default microphone, not started
 */
ConfabAudioSource *
confab_audio_source_new (GMainContext *context,
                         ConfabAudioCapture *capture,
                         ConfabAudioDeck *deck,
                         const ConfabAudioKeeperEvents *events)
{
  ConfabAudioSource *self = g_new0 (ConfabAudioSource, 1);

  self->capture = capture;
  self->deck = deck;
  self->microphone = confab_audio_keeper_new (context, &microphone_half, self, events);
  return self;
}

void
confab_audio_source_free (ConfabAudioSource *self)
{
  confab_audio_keeper_free (self->microphone);
  g_free (self->device);
  g_free (self);
}

void
confab_audio_source_start (ConfabAudioSource *self)
{
  self->is_started = TRUE;
  open_source (self);
}

/**
 * confab_audio_source_stop:
 * @self: the source
 *
 * Closes it, and forgets its trouble without a word; the device or file is forgotten, too.
 */
void
confab_audio_source_stop (ConfabAudioSource *self)
{
  self->is_started = FALSE;
  close_source (self);
  confab_audio_keeper_forget_problem (self->microphone);
}

/* ---- what to use ---- */

void
confab_audio_source_set_device (ConfabAudioSource *self, const char *device)
{
  g_autofree char *copy = g_strdup (device);

  close_source (self);
  self->kind = KIND_DEVICE;
  self->device = g_steal_pointer (&copy);
  open_source (self);
}

void
confab_audio_source_set_samples (ConfabAudioSource *self, GBytes *samples, gboolean loop)
{
  close_source (self);
  self->kind = KIND_SAMPLES;
  confab_audio_deck_take_player (self->deck, confab_audio_player_new (samples, loop));
  open_source (self);
}

void
confab_audio_source_set_silence (ConfabAudioSource *self)
{
  close_source (self);
  self->kind = KIND_SILENCE;
  open_source (self);
}

void
confab_audio_source_set_echo (ConfabAudioSource *self)
{
  close_source (self);
  self->kind = KIND_ECHO;
  open_source (self);
}

/* Silence instead of the file until it is restarted; of no meaning for other sources. */
void
confab_audio_source_hold (ConfabAudioSource *self)
{
  ConfabAudioPlayer *player = confab_audio_deck_get_player (self->deck);

  if (player != NULL)
    confab_audio_player_hold (player);
}

/* The file from its beginning; of no meaning for other sources. */
void
confab_audio_source_restart (ConfabAudioSource *self)
{
  ConfabAudioPlayer *player = confab_audio_deck_get_player (self->deck);

  if (player != NULL)
    confab_audio_player_rewind (player);
}

/**
 * confab_audio_source_set_deafened:
 * @self: the source
 * @is_deafened: whether nobody is to be heard
 *
 * Closes a microphone while that holds, so that the desktop shows it as not in use; silence is sent
 * instead. Other sources stay: nobody is overheard by them.
 */
void
confab_audio_source_set_deafened (ConfabAudioSource *self, gboolean is_deafened)
{
  if (self->is_deafened == is_deafened)
    return;
  self->is_deafened = is_deafened;
  if (self->kind != KIND_DEVICE)
    return;
  confab_audio_keeper_stop (self->microphone);
  open_source (self);
}

/* An open microphone is opened again, with what is set for the capture now. */
void
confab_audio_source_reopen (ConfabAudioSource *self)
{
  confab_audio_keeper_reopen (self->microphone);
}

/* What the stream of the microphone says; what comes when it is closed is no news. */
void
confab_audio_source_take_error (ConfabAudioSource *self, const GError *cause)
{
  confab_audio_keeper_take_error (self->microphone, cause);
}

/**
 * confab_audio_source_is_there:
 * @self: the source
 *
 * Returns: whether something but silence for want of a microphone is sent; who is deafened is taken
 * to have one
 */
gboolean
confab_audio_source_is_there (ConfabAudioSource *self)
{
  return self->kind != KIND_DEVICE ||
         (self->is_deafened && !confab_audio_keeper_has_problem (self->microphone)) ||
         confab_audio_keeper_has_device (self->microphone);
}
