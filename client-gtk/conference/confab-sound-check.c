/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-sound-check"

#include "config.h"

#include <glib/gstdio.h>

#include "confab-sound-check.h"

#define ME   "a" /* of two participants the one with the smaller id offers */
#define ECHO "b"

#define TAIL_MS 500 /* what was sent last is still in the buffers */

/**
 * ConfabSoundCheck:
 *
 * A call with oneself before the real one: an engine with microphone and speaker, and a second one
 * in the same process that sends back what it hears, at once or when one has finished. All that
 * a call does to sound is done to it: processing, encoder, encryption, jitter buffer.
 *
 * Nothing is opened before a check starts, and nothing stays open after it.
 */
struct _ConfabSoundCheck {
  GObject parent_instance;

  ConfabAudioEngine *me;   /* (owned) the caller's, with devices and settings */
  ConfabAudioEngine *echo; /* (owned) (nullable) while a check runs */
  ConfabSoundCheckState state;
  gboolean is_recording_wanted;
  char *path;  /* (owned) (nullable) of the recording */
  guint timer; /* source id, while recording */
};

typedef enum { SIGNAL_CHANGED, SIGNAL_LEVELS, SIGNAL_PROBLEM, N_SIGNALS } ConfabSoundCheckSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabSoundCheck, confab_sound_check, G_TYPE_OBJECT)

static void
set_state (ConfabSoundCheck *self, ConfabSoundCheckState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
remove_recording (ConfabSoundCheck *self)
{
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}

static void
report (ConfabSoundCheck *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, error);
}

/* ---- record, play back ---- */

static gboolean
begin_recording (ConfabSoundCheck *self, GError **error)
{
  int file = g_file_open_tmp ("confab-XXXXXX.wav", &self->path, error);

  if (file < 0)
    return FALSE;
  g_close (file, NULL);
  return confab_audio_engine_set_record_path (self->echo, self->path, error);
}

/* Who listens is silent, or one would hear oneself twice. Five seconds are half a megabyte in
 * memory that was written just now: reading them takes no time. */
static gboolean
play_back (ConfabSoundCheck *self, GError **error)
{
  confab_audio_engine_set_muted (self->me, TRUE);
  return confab_audio_engine_set_record_path (self->echo, NULL, error) &&
         confab_audio_engine_set_source_file (self->echo, self->path, FALSE, error);
}

static gboolean
on_recorded (gpointer user_data)
{
  ConfabSoundCheck *self = user_data;
  g_autoptr (GError) error = NULL;

  self->timer = 0;
  if (play_back (self, &error)) {
    set_state (self, CONFAB_SOUND_CHECK_PLAYING);
  } else {
    report (self, error);
    confab_sound_check_stop (self);
  }
  return G_SOURCE_REMOVE;
}

static gboolean
on_tail_over (gpointer user_data)
{
  ConfabSoundCheck *self = user_data;

  self->timer = 0;
  confab_sound_check_stop (self);
  return G_SOURCE_REMOVE;
}

static void
on_played (ConfabSoundCheck *self)
{
  if (self->state == CONFAB_SOUND_CHECK_PLAYING && self->timer == 0)
    self->timer = g_timeout_add (TAIL_MS, on_tail_over, self);
}

/* ---- the two engines ---- */

/* They are in one process, and do not find each other all the same. */
static void
on_failed (ConfabSoundCheck *self, const char *peer_id, const GError *error)
{
  report (self, error);
  confab_sound_check_stop (self);
}

/* The echo hears us. */
static void
on_heard (ConfabSoundCheck *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->is_recording_wanted) {
    set_state (self, CONFAB_SOUND_CHECK_ECHOING);
    return;
  }
  if (begin_recording (self, &error)) {
    self->timer = g_timeout_add_seconds (CONFAB_SOUND_CHECK_RECORDING_S, on_recorded, self);
    set_state (self, CONFAB_SOUND_CHECK_RECORDING);
  } else {
    report (self, error);
    confab_sound_check_stop (self);
  }
}

static void
on_my_signal (ConfabSoundCheck *self, const char *to, ConfabSignal *signal)
{
  confab_audio_engine_take_signal (self->echo, ME, signal);
}

static void
on_echo_signal (ConfabSoundCheck *self, const char *to, ConfabSignal *signal)
{
  confab_audio_engine_take_signal (self->me, ECHO, signal);
}

static void
on_levels (ConfabSoundCheck *self)
{
  g_signal_emit (self, signals[SIGNAL_LEVELS], 0);
}

static void
connect_engines (ConfabSoundCheck *self)
{
  g_signal_connect_swapped (self->me, "send-signal", G_CALLBACK (on_my_signal), self);
  g_signal_connect_swapped (self->me, "levels", G_CALLBACK (on_levels), self);
  g_signal_connect_swapped (self->me, "device-problem", G_CALLBACK (report), self);
  g_signal_connect_swapped (self->me, "peer-failed", G_CALLBACK (on_failed), self);
  g_signal_connect_swapped (self->echo, "send-signal", G_CALLBACK (on_echo_signal), self);
  g_signal_connect_swapped (self->echo, "first-audio", G_CALLBACK (on_heard), self);
  g_signal_connect_swapped (self->echo, "source-ended", G_CALLBACK (on_played), self);
  confab_audio_engine_add_peer (self->me, ECHO, TRUE);
  confab_audio_engine_add_peer (self->echo, ME, FALSE);
}

static gboolean
start (ConfabSoundCheck *self, gboolean is_recording_wanted, GError **error)
{
  self->is_recording_wanted = is_recording_wanted;
  confab_audio_engine_set_relay_only (self->me, FALSE); /* nobody else learns an address */
  self->echo = confab_audio_engine_new ();
  confab_audio_engine_set_sink_null (self->echo);
  confab_audio_engine_set_automatic_gain (self->echo, FALSE);
  if (is_recording_wanted)
    confab_audio_engine_set_source_silence (self->echo);
  else
    confab_audio_engine_set_source_echo (self->echo);
  if (!confab_audio_engine_start (self->me, error) ||
      !confab_audio_engine_start (self->echo, error)) {
    confab_sound_check_stop (self);
    return FALSE;
  }
  set_state (self, CONFAB_SOUND_CHECK_CONNECTING);
  connect_engines (self);
  return TRUE;
}

static void
confab_sound_check_dispose (GObject *object)
{
  ConfabSoundCheck *self = CONFAB_SOUND_CHECK (object);

  if (self->me != NULL)
    confab_sound_check_stop (self);
  g_clear_object (&self->me);
  G_OBJECT_CLASS (confab_sound_check_parent_class)->dispose (object);
}

static void
confab_sound_check_class_init (ConfabSoundCheckClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_sound_check_dispose;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEVELS] =
      g_signal_new ("levels", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_sound_check_init (ConfabSoundCheck *self)
{
}

/**
 * confab_sound_check_new:
 * @engine: (transfer none): one that was not started, its devices chosen, for one check; it may be
 * changed meanwhile
 *
 * Opens nothing yet. Belongs to the main context of @engine.
 *
 * Returns: (transfer full): the check
 */
ConfabSoundCheck *
confab_sound_check_new (ConfabAudioEngine *engine)
{
  ConfabSoundCheck *self = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_TYPE_SOUND_CHECK, NULL);
  self->me = g_object_ref (engine);
  return self;
}

/**
 * confab_sound_check_start_echo:
 * @self: a check that has not run
 * @error: return location for a #GError
 *
 * Plays what the microphone hears, until it is stopped. Fails as confab_audio_engine_start().
 *
 * Returns: whether it has begun
 */
gboolean
confab_sound_check_start_echo (ConfabSoundCheck *self, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SOUND_CHECK (self), FALSE);
  g_return_val_if_fail (self->echo == NULL, FALSE);

  return start (self, FALSE, error);
}

/**
 * confab_sound_check_start_recording:
 * @self: a check that has not run
 * @error: return location for a #GError
 *
 * Records the microphone for %CONFAB_SOUND_CHECK_RECORDING_S seconds, then plays that and stops.
 * Fails as confab_audio_engine_start().
 *
 * Returns: whether it has begun
 */
gboolean
confab_sound_check_start_recording (ConfabSoundCheck *self, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SOUND_CHECK (self), FALSE);
  g_return_val_if_fail (self->echo == NULL, FALSE);

  return start (self, TRUE, error);
}

/**
 * confab_sound_check_stop:
 * @self: the check, running or not
 *
 * Closes the devices and forgets the recording.
 */
void
confab_sound_check_stop (ConfabSoundCheck *self)
{
  g_return_if_fail (CONFAB_IS_SOUND_CHECK (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->me, self);
  if (self->echo != NULL)
    g_signal_handlers_disconnect_by_data (self->echo, self);
  confab_audio_engine_stop (self->me);
  confab_audio_engine_set_muted (self->me, FALSE);
  g_clear_object (&self->echo);
  remove_recording (self);
  set_state (self, CONFAB_SOUND_CHECK_IDLE);
}

ConfabSoundCheckState
confab_sound_check_get_state (ConfabSoundCheck *self)
{
  g_return_val_if_fail (CONFAB_IS_SOUND_CHECK (self), CONFAB_SOUND_CHECK_IDLE);

  return self->state;
}

/**
 * confab_sound_check_get_level:
 * @self: the check
 *
 * Returns: how loud it is at the microphone, -127..0 dBov; -127 when none is open
 */
double
confab_sound_check_get_level (ConfabSoundCheck *self)
{
  g_return_val_if_fail (CONFAB_IS_SOUND_CHECK (self), -127);

  if (self->state == CONFAB_SOUND_CHECK_IDLE)
    return -127;
  return confab_audio_engine_get_microphone_level (self->me, NULL);
}
