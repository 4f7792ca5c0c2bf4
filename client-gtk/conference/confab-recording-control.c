/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-recording-control"

#include "config.h"

#include "confab-recording-control.h"

/**
 * ConfabRecordingControl:
 *
 * Lets the engine record exactly while everybody knows of it: asks the server to tell them, and
 * begins when that came back, for it reaches us as it reaches the others. Ends when the server says
 * that it is over, and when nobody could be told any more who comes meanwhile.
 *
 * Whoever makes it lets it go when the stay is over; what is being recorded then ends with the
 * engine. Belongs to the main context of the engine.
 */
struct _ConfabRecordingControl {
  GObject parent_instance;

  ConfabLiveCall *call;      /* (owned) */
  ConfabAudioEngine *engine; /* (owned) */
  char *folder;              /* (owned) (nullable) where to once everybody was told */
  gboolean is_recording;     /* begun, and not ended by us */
  gboolean is_hearing_recorded;
};

enum { SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabRecordingControl, confab_recording_control, G_TYPE_OBJECT)

static void
stop (ConfabRecordingControl *self)
{
  self->is_recording = FALSE;
  confab_audio_engine_stop_recording (self->engine);
  if (self->is_hearing_recorded)
    confab_audio_engine_hold_recording (self->engine, TRUE);
}

static void
begin (ConfabRecordingControl *self)
{
  g_autofree char *folder = g_steal_pointer (&self->folder);
  g_autoptr (GError) error = NULL;

  if (self->is_hearing_recorded)
    confab_audio_engine_hold_recording (self->engine, FALSE);
  self->is_recording =
      folder != NULL && confab_audio_engine_start_recording (self->engine, folder, &error);
  if (self->is_recording)
    return;
  if (!self->is_hearing_recorded)
    confab_live_call_ask_recording (self->call, FALSE);
  if (error != NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

/* A disk that is full later: whoever is told that one records would be told so for ever. */
static void
on_device_problem (ConfabRecordingControl *self, const GError *error)
{
  if (!self->is_recording || confab_audio_engine_is_recording (self->engine))
    return;
  stop (self);
  if (!self->is_hearing_recorded)
    confab_live_call_ask_recording (self->call, FALSE);
}

/* Our own participant says that the server has told everybody, or that it has an end. */
static void
on_self_recording (ConfabRecordingControl *self, GParamSpec *pspec, ConfabLiveParticipant *us)
{
  gboolean is_told = FALSE;

  g_object_get (us, "recording", &is_told, NULL);
  if (is_told)
    begin (self);
  else
    stop (self);
}

/* After an outage we are another participant, too. */
static void
on_joined (ConfabRecordingControl *self)
{
  g_autoptr (ConfabLiveParticipant) us = g_list_model_get_item (G_LIST_MODEL (self->call), 0);

  g_signal_connect_object (us, "notify::recording", G_CALLBACK (on_self_recording), self,
                           G_CONNECT_SWAPPED);
}

static void
on_reconnecting (ConfabRecordingControl *self)
{
  g_clear_pointer (&self->folder, g_free);
  stop (self);
}

static void
confab_recording_control_dispose (GObject *object)
{
  ConfabRecordingControl *self = CONFAB_RECORDING_CONTROL (object);

  g_clear_object (&self->call);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (confab_recording_control_parent_class)->dispose (object);
}

static void
confab_recording_control_finalize (GObject *object)
{
  g_free (CONFAB_RECORDING_CONTROL (object)->folder);

  G_OBJECT_CLASS (confab_recording_control_parent_class)->finalize (object);
}

static void
confab_recording_control_class_init (ConfabRecordingControlClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_recording_control_dispose;
  object_class->finalize = confab_recording_control_finalize;

  /**
   * ConfabRecordingControl::failed:
   * @error: as confab_audio_engine_start_recording () fails
   *
   * Nothing can be written to the folder; the others are told that nobody records.
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_recording_control_init (ConfabRecordingControl *self)
{
}

/**
 * confab_recording_control_new:
 * @call: whose members are to be told; not joined yet
 * @engine: what records
 *
 * Returns: (transfer full): the control of a recording that nobody has asked for
 */
ConfabRecordingControl *
confab_recording_control_new (ConfabLiveCall *call, ConfabAudioEngine *engine)
{
  ConfabRecordingControl *self = NULL;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (call), NULL);
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_TYPE_RECORDING_CONTROL, NULL);
  self->call = g_object_ref (call);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (call, "joined", G_CALLBACK (on_joined), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "reconnecting", G_CALLBACK (on_reconnecting), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "device-problem", G_CALLBACK (on_device_problem), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * confab_recording_control_record:
 * @self: the control
 * @folder: (nullable): where to; %NULL ends the recording
 *
 * Records everybody into a file of their own, once they were told.
 */
void
confab_recording_control_record (ConfabRecordingControl *self, const char *folder)
{
  g_return_if_fail (CONFAB_IS_RECORDING_CONTROL (self));

  g_free (self->folder);
  self->folder = g_strdup (folder);
  if (folder == NULL) {
    self->is_recording = FALSE;
    confab_audio_engine_stop_recording (self->engine);
  }
  confab_live_call_ask_recording (self->call, folder != NULL);
}

/**
 * confab_recording_control_record_hearing:
 * @self: the control
 *
 * Lets what one hears into the file of confab_audio_engine_set_record_path (), once everybody was
 * told. To be called whenever the call was joined.
 */
void
confab_recording_control_record_hearing (ConfabRecordingControl *self)
{
  g_return_if_fail (CONFAB_IS_RECORDING_CONTROL (self));

  self->is_hearing_recorded = TRUE;
  confab_live_call_ask_recording (self->call, TRUE);
}
