/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device-pipeline"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-device-pipeline.h"

struct _ConfabAudioDevicePipeline {
  GObject parent_instance;

  const ConfabAudioParts *parts; /* (unowned) the engine's, outlives it */
  ConfabAudioCapture *capture;   /* (owned) */
  ConfabAudioPlayback *playback; /* (owned) */
  ConfabAudioDeck *deck;         /* (owned) */
  ConfabAudioSource *source;     /* (owned) what the capture is open with */
  ConfabAudioSink *sink;         /* (owned) what the playback is open with */
  ConfabAudioDelayMode delay_mode;
  gboolean is_started;
  guint n_problems; /* halves in trouble */
};

typedef enum { SIGNAL_PROBLEM, SIGNAL_RECOVERED, SIGNAL_SOURCE_ENDED } PipelineSignal;
static guint signals[SIGNAL_SOURCE_ENDED + 1];

G_DEFINE_FINAL_TYPE (ConfabAudioDevicePipeline, confab_audio_device_pipeline, G_TYPE_OBJECT)

static gboolean
deliver_source_ended (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SOURCE_ENDED], 0);
  return G_SOURCE_REMOVE;
}

/* The deck's thread. */
static void
on_player_ended (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_context_post (self->parts->context, deliver_source_ended, g_object_ref (self),
                             g_object_unref);
}

/* ---- problems ---- */

typedef struct {
  ConfabAudioDevicePipeline *self; /* (owned) */
  GError *error;                   /* (owned) (nullable) NULL: recovered */
} News;

static void
free_news (gpointer data)
{
  News *news = data;

  g_object_unref (news->self);
  g_clear_error (&news->error);
  g_free (news);
}

static gboolean
deliver_news (gpointer data)
{
  News *news = data;

  if (news->error != NULL)
    g_signal_emit (news->self, signals[SIGNAL_PROBLEM], 0, news->error);
  else
    g_signal_emit (news->self, signals[SIGNAL_RECOVERED], 0);
  return G_SOURCE_REMOVE;
}

/* Any thread; and never from within a keeper, which a handler may replace by choosing a device. */
static void
post_news (ConfabAudioDevicePipeline *self, const GError *error)
{
  News *news = g_new0 (News, 1);

  news->self = g_object_ref (self);
  news->error = error != NULL ? g_error_copy (error) : NULL;
  confab_audio_context_post (self->parts->context, deliver_news, news, free_news);
}

static void
on_half_problem (const GError *error, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  self->n_problems++;
  post_news (self, error);
}

static void
on_half_recovered (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  self->n_problems--;
  if (self->n_problems == 0)
    post_news (self, NULL);
}

/* The writer's thread. */
static void
on_recording_failed (const GError *error, gpointer user_data)
{
  post_news (user_data, error);
}

/* ---- the halves ---- */

static void
on_capture_error (const GError *cause, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_source_take_error (self->source, cause);
}

static void
on_playback_error (const GError *cause, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_sink_take_error (self->sink, cause);
}

/* ---- object ---- */

static void
confab_audio_device_pipeline_dispose (GObject *object)
{
  ConfabAudioDevicePipeline *self = CONFAB_AUDIO_DEVICE_PIPELINE (object);

  confab_audio_device_pipeline_stop (self);
  g_clear_pointer (&self->source, confab_audio_source_free);
  g_clear_pointer (&self->sink, confab_audio_sink_free);
  g_clear_pointer (&self->deck, confab_audio_deck_free);
  g_clear_pointer (&self->capture, confab_audio_capture_free);
  g_clear_pointer (&self->playback, confab_audio_playback_free);
  G_OBJECT_CLASS (confab_audio_device_pipeline_parent_class)->dispose (object);
}

static void
confab_audio_device_pipeline_class_init (ConfabAudioDevicePipelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = confab_audio_device_pipeline_dispose;
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_RECOVERED] =
      g_signal_new ("recovered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SOURCE_ENDED] =
      g_signal_new ("source-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_audio_device_pipeline_init (ConfabAudioDevicePipeline *self)
{
}

ConfabAudioDevicePipeline *
confab_audio_device_pipeline_new (const ConfabAudioParts *parts)
{
  ConfabAudioDevicePipeline *self = g_object_new (CONFAB_TYPE_AUDIO_DEVICE_PIPELINE, NULL);
  ConfabAudioKeeperEvents events = { on_half_problem, on_half_recovered, self };

  self->parts = parts;
  self->capture = confab_audio_capture_new (parts, on_capture_error, self);
  self->playback = confab_audio_playback_new (parts, on_playback_error, self);
  self->deck = confab_audio_deck_new (parts, self->capture, on_player_ended, self);
  self->source = confab_audio_source_new (parts->context, self->capture, self->deck, &events);
  self->sink = confab_audio_sink_new (parts->context, self->playback, self->deck, &events);
  return self;
}

/* ---- what to use ---- */

/* (transfer none) */
ConfabAudioSource *
confab_audio_device_pipeline_get_source (ConfabAudioDevicePipeline *self)
{
  return self->source;
}

/* (transfer none) */
ConfabAudioSink *
confab_audio_device_pipeline_get_sink (ConfabAudioDevicePipeline *self)
{
  return self->sink;
}

/**
 * confab_audio_device_pipeline_set_record_path:
 * @self: the pipeline
 * @path: (nullable): a WAV to write; %NULL ends the recording
 * @error: return location for a #GError
 *
 * Records what one hears, whatever hears it. Fails with %CONFAB_ERROR_BAD_FILE; then nothing is
 * recorded. A disk that fills up later is a "problem".
 */
gboolean
confab_audio_device_pipeline_set_record_path (ConfabAudioDevicePipeline *self,
                                              const char *path,
                                              GError **error)
{
  ConfabWavWriter *recorder = NULL;

  confab_audio_deck_take_recorder (self->deck, NULL); /* it may be the same file */
  if (path == NULL)
    return TRUE;
  recorder = confab_wav_writer_new (path, on_recording_failed, self, error);
  confab_audio_deck_take_recorder (self->deck, recorder);
  return recorder != NULL;
}

/**
 * confab_audio_device_pipeline_hold_recording:
 * @self: the pipeline
 * @is_held: whether nothing gets into the recording
 */
void
confab_audio_device_pipeline_hold_recording (ConfabAudioDevicePipeline *self, gboolean is_held)
{
  confab_audio_deck_hold_recorder (self->deck, is_held);
}

/**
 * confab_audio_device_pipeline_set_delay_mode:
 * @self: the pipeline
 * @mode: of microphone and speaker
 *
 * Those that are open are opened again: a gap as when another is chosen.
 */
void
confab_audio_device_pipeline_set_delay_mode (ConfabAudioDevicePipeline *self,
                                             ConfabAudioDelayMode mode)
{
  if (self->delay_mode == mode)
    return;
  self->delay_mode = mode;
  confab_audio_capture_set_delay_mode (self->capture, mode);
  confab_audio_playback_set_delay_mode (self->playback, mode);
  confab_audio_source_reopen (self->source);
  confab_audio_sink_reopen (self->sink);
}

ConfabAudioDelayMode
confab_audio_device_pipeline_get_delay_mode (ConfabAudioDevicePipeline *self)
{
  return self->delay_mode;
}

/* ---- running ---- */

void
confab_audio_device_pipeline_start (ConfabAudioDevicePipeline *self)
{
  if (self->is_started)
    return;
  self->is_started = TRUE;
  confab_audio_deck_start (self->deck);
  confab_audio_sink_start (self->sink);
  confab_audio_source_start (self->source);
}

/**
 * confab_audio_device_pipeline_stop:
 * @self: the pipeline
 *
 * Closes the devices and finishes the recording; returns when no thread is left. What was set
 * before is forgotten with the devices.
 */
void
confab_audio_device_pipeline_stop (ConfabAudioDevicePipeline *self)
{
  if (!self->is_started)
    return;
  self->is_started = FALSE;
  confab_audio_source_stop (self->source);
  confab_audio_sink_stop (self->sink);
  self->n_problems = 0;
  confab_audio_deck_stop (self->deck);
}

/* As confab_audio_capture_fill (). */
void
confab_audio_device_pipeline_fill (ConfabAudioDevicePipeline *self, guint duration_ms)
{
  confab_audio_capture_fill (self->capture, duration_ms);
}

/**
 * confab_audio_device_pipeline_get_uplink:
 * @self: the pipeline
 *
 * Returns: (transfer none): muting, level and encoder of whatever is the source
 */
ConfabAudioUplink *
confab_audio_device_pipeline_get_uplink (ConfabAudioDevicePipeline *self)
{
  return confab_audio_capture_get_uplink (self->capture);
}

/**
 * confab_audio_device_pipeline_get_delays:
 * @self: the pipeline
 * @capture_ms: (out): from the microphone to us
 * @output_ms: (out): from us to the speaker
 *
 * Each is 0 without a device and negative when it is not known.
 */
void
confab_audio_device_pipeline_get_delays (ConfabAudioDevicePipeline *self,
                                         double *capture_ms,
                                         double *output_ms)
{
  ConfabAudioStream *microphone = confab_audio_capture_get_stream (self->capture);
  ConfabAudioStream *speaker = confab_audio_playback_get_stream (self->playback);

  *capture_ms = microphone != NULL ? confab_audio_stream_get_delay_ms (microphone) : 0;
  *output_ms = speaker != NULL ? confab_audio_stream_get_delay_ms (speaker) : 0;
}

/**
 * confab_audio_device_pipeline_get_streams:
 * @self: the pipeline
 * @microphone: (out) (transfer none) (nullable):
 * @speaker: (out) (transfer none) (nullable):
 *
 * Each is %NULL while no device is open.
 */
void
confab_audio_device_pipeline_get_streams (ConfabAudioDevicePipeline *self,
                                          ConfabAudioStream **microphone,
                                          ConfabAudioStream **speaker)
{
  *microphone = confab_audio_capture_get_stream (self->capture);
  *speaker = confab_audio_playback_get_stream (self->playback);
}
