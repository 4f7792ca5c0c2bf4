/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"
#include "confab-audio-level.h"
#include "confab-wav-reader.h"

/* (nullable): NULL without GStreamer */
static ConfabAudioSource *
get_source (ConfabAudioEngine *self)
{
  ConfabAudioDevicePipeline *devices = confab_audio_engine_get_devices (self);

  return devices != NULL ? confab_audio_device_pipeline_get_source (devices) : NULL;
}

/* (nullable): NULL without GStreamer */
static ConfabAudioSink *
get_sink (ConfabAudioEngine *self)
{
  ConfabAudioDevicePipeline *devices = confab_audio_engine_get_devices (self);

  return devices != NULL ? confab_audio_device_pipeline_get_sink (devices) : NULL;
}

/**
 * confab_audio_engine_set_source_device:
 * @self: the engine
 * @device: (nullable): a #ConfabAudioDevice's id; %NULL for the default microphone
 *
 * Chooses the microphone; it is opened by confab_audio_engine_start (), or now. One that is not
 * there is a "device-problem", the default stands in, and it is used once it comes.
 */
void
confab_audio_engine_set_source_device (ConfabAudioEngine *self, const char *device)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_source (self) != NULL)
    confab_audio_source_set_device (get_source (self), device);
}

/**
 * confab_audio_engine_set_source_file:
 * @self: the engine
 * @path: a WAV of any usual rate and width
 * @loop: start over at the end, else silence follows
 * @error: return location for a #GError
 *
 * Speaks with a file instead of a microphone. Reads it whole, now. Fails as
 * confab_wav_reader_load (), and then changes nothing.
 */
gboolean
confab_audio_engine_set_source_file (ConfabAudioEngine *self,
                                     const char *path,
                                     gboolean loop,
                                     GError **error)
{
  g_autoptr (GBytes) samples = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  samples = confab_wav_reader_load (path, error);
  if (samples == NULL)
    return FALSE;
  if (get_source (self) != NULL)
    confab_audio_source_set_samples (get_source (self), samples, loop);
  return TRUE;
}

/**
 * confab_audio_engine_hold_source:
 * @self: the engine
 *
 * Says nothing instead of the source file until confab_audio_engine_restart_source (); other
 * sources are not held.
 */
void
confab_audio_engine_hold_source (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_source (self) != NULL)
    confab_audio_source_hold (get_source (self));
}

/**
 * confab_audio_engine_restart_source:
 * @self: the engine
 *
 * Plays the source file from its beginning, held, ended or not; nothing for other sources.
 */
void
confab_audio_engine_restart_source (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_source (self) != NULL)
    confab_audio_source_restart (get_source (self));
}

/**
 * confab_audio_engine_set_source_silence:
 * @self: the engine
 *
 * Says nothing, but stays present: comfort frames go out.
 */
void
confab_audio_engine_set_source_silence (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_source (self) != NULL)
    confab_audio_source_set_silence (get_source (self));
}

/**
 * confab_audio_engine_set_source_echo:
 * @self: the engine
 *
 * Says what it hears.
 */
void
confab_audio_engine_set_source_echo (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_source (self) != NULL)
    confab_audio_source_set_echo (get_source (self));
}

/**
 * confab_audio_engine_set_sink_device:
 * @self: the engine
 * @device: (nullable): a #ConfabAudioDevice's id; %NULL for the default speaker
 *
 * As confab_audio_engine_set_source_device (), for hearing.
 */
void
confab_audio_engine_set_sink_device (ConfabAudioEngine *self, const char *device)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_sink (self) != NULL)
    confab_audio_sink_set_device (get_sink (self), device);
}

/**
 * confab_audio_engine_set_sink_null:
 * @self: the engine
 *
 * Hears without a speaker, in real time: for recording and for an echo.
 */
void
confab_audio_engine_set_sink_null (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  if (get_sink (self) != NULL)
    confab_audio_sink_set_null (get_sink (self));
}

/**
 * confab_audio_engine_set_record_path:
 * @self: the engine
 * @path: (nullable): of a WAV, replaced when it is there; %NULL ends the recording
 * @error: return location for a #GError
 *
 * Records what one hears from confab_audio_engine_start () on. Fails with %CONFAB_ERROR_BAD_FILE.
 */
gboolean
confab_audio_engine_set_record_path (ConfabAudioEngine *self, const char *path, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  if (confab_audio_engine_get_devices (self) != NULL)
    return confab_audio_device_pipeline_set_record_path (confab_audio_engine_get_devices (self),
                                                         path, error);
  g_propagate_error (error, g_error_copy (confab_audio_engine_get_toolkit_error (self)));
  return FALSE;
}

/**
 * confab_audio_engine_set_deafened:
 * @self: the engine
 * @deafened: whether nobody is to be heard
 *
 * Plays silence, and lets go of a microphone meanwhile.
 */
void
confab_audio_engine_set_deafened (ConfabAudioEngine *self, gboolean deafened)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_mixer_set_deafened (confab_audio_engine_get_parts (self)->mixer, deafened);
  if (get_source (self) != NULL)
    confab_audio_source_set_deafened (get_source (self), deafened);
}

gboolean
confab_audio_engine_get_deafened (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  return confab_audio_mixer_get_deafened (confab_audio_engine_get_parts (self)->mixer);
}

/**
 * confab_audio_engine_get_input_level:
 * @self: the engine
 * @is_speaking: (out) (optional): whether that is speech, with a hang-over
 *
 * Returns: the level of what is sent, -127..0 dBov; -127 while muted
 */
double
confab_audio_engine_get_input_level (ConfabAudioEngine *self, gboolean *is_speaking)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), CONFAB_AUDIO_LEVEL_MIN_DBOV);
  if (confab_audio_engine_get_devices (self) != NULL)
    return confab_audio_uplink_get_level (
        confab_audio_device_pipeline_get_uplink (confab_audio_engine_get_devices (self)),
        is_speaking);
  if (is_speaking != NULL)
    *is_speaking = FALSE;
  return CONFAB_AUDIO_LEVEL_MIN_DBOV;
}

/**
 * confab_audio_engine_has_source:
 * @self: the engine
 *
 * Returns: whether something is sent but silence for want of a microphone
 */
gboolean
confab_audio_engine_has_source (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  return get_source (self) != NULL && confab_audio_source_is_there (get_source (self));
}
