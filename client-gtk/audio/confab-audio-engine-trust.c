/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-engine-private.h"
#include "confab-audio-recorder.h"

/**
 * confab_audio_engine_ring:
 * @self: the engine
 * @kind: what there is to tell
 *
 * A few notes for this end alone; not heard while deafened, and in no recording.
 */
void
confab_audio_engine_ring (ConfabAudioEngine *self, ConfabAudioChimeKind kind)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_mixer_ring (confab_audio_engine_get_parts (self)->mixer, kind);
}

/* ---- recording ---- */

/**
 * confab_audio_engine_hold_recording:
 * @self: the engine
 * @is_held: whether nothing gets into the file of confab_audio_engine_set_record_path ()
 *
 * So that the file is there before anybody is asked, and everybody was told before the first sound.
 */
void
confab_audio_engine_hold_recording (ConfabAudioEngine *self, gboolean is_held)
{
  ConfabAudioDevicePipeline *devices = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  devices = confab_audio_engine_get_devices (self);
  if (devices != NULL)
    confab_audio_device_pipeline_hold_recording (devices, is_held);
}

typedef struct {
  ConfabAudioEngine *engine; /* (owned) */
  GError *error;             /* (owned) */
} Failure;

static gboolean
deliver_failure (gpointer data)
{
  Failure *failure = data;

  g_signal_emit_by_name (failure->engine, "device-problem", failure->error);
  return G_SOURCE_REMOVE;
}

static void
free_failure (gpointer data)
{
  Failure *failure = data;

  g_object_unref (failure->engine);
  g_error_free (failure->error);
  g_free (failure);
}

void
confab_audio_engine_recording_failed (const GError *error, gpointer user_data)
{
  ConfabAudioEngine *self = user_data;
  Failure *failure = g_new0 (Failure, 1);

  failure->engine = g_object_ref (self);
  failure->error = g_error_copy (error);
  confab_audio_context_post (confab_audio_engine_get_parts (self)->context, deliver_failure,
                             failure, free_failure);
}

/**
 * confab_audio_engine_start_recording:
 * @self: an engine that does not record
 * @folder: where to; made when it is not there
 * @error: return location for a #GError
 *
 * Records each person as their packets come, ourselves as we are sent, and the mix of all. The
 * others have to know before: that is the caller's to see to. Fails with %CONFAB_ERROR_BAD_FILE.
 */
gboolean
confab_audio_engine_start_recording (ConfabAudioEngine *self, const char *folder, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  confab_audio_engine_stop_recording (self);
  return confab_audio_recorder_start (confab_audio_engine_get_parts (self)->recorder, folder,
                                      error);
}

/**
 * confab_audio_engine_stop_recording:
 * @self: the engine
 *
 * Ends the recording; returns when the files are complete.
 */
void
confab_audio_engine_stop_recording (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_recorder_stop (confab_audio_engine_get_parts (self)->recorder);
}

gboolean
confab_audio_engine_is_recording (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  return confab_audio_recorder_is_running (confab_audio_engine_get_parts (self)->recorder);
}

void
confab_audio_engine_set_recording_name (ConfabAudioEngine *self,
                                        const char *peer_id,
                                        const char *name)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_recorder_set_name (confab_audio_engine_get_parts (self)->recorder,
                                  peer_id != NULL ? peer_id : CONFAB_AUDIO_RECORDER_SELF, name);
}
