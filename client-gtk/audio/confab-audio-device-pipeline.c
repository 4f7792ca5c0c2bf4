/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device-pipeline"

#include "config.h"

#include "confab-audio-capture.h"
#include "confab-audio-context.h"
#include "confab-audio-deck.h"
#include "confab-audio-device-pipeline.h"
#include "confab-audio-keeper.h"
#include "confab-audio-playback.h"
#include "confab-error.h"

typedef enum {
  SOURCE_DEVICE,
  SOURCE_SAMPLES,
  SOURCE_SILENCE,
  SOURCE_ECHO,
} Source;

struct _ConfabAudioDevicePipeline {
  GObject parent_instance;

  const ConfabAudioParts *parts; /* (unowned) the engine's, outlives it */
  ConfabAudioCapture *capture;   /* (owned) */
  ConfabAudioPlayback *playback; /* (owned) */
  ConfabAudioDeck *deck;         /* (owned) */
  ConfabAudioDelayMode delay_mode;
  gboolean is_started;
  guint n_problems; /* halves in trouble */

  Source source;
  char *source_device;           /* (owned) (nullable) */
  ConfabAudioKeeper *microphone; /* (owned) (nullable) while a device is the source */
  gboolean is_deafened;          /* whoever hears nobody keeps no microphone open */
  gboolean has_mute_trouble;     /* of the microphone that was dropped, said and not ended */
  gboolean has_speaker;          /* wanted: a device, not nothing */
  char *sink_device;             /* (owned) (nullable) */
  ConfabAudioKeeper *speaker;    /* (owned) (nullable) while a device is the sink */
  gboolean has_deaf_trouble;     /* likewise of the speaker */
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
open_microphone (const char *device, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_capture_open_device (self->capture, device);
}

static void
open_silence (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_capture_open_feed (self->capture);
  confab_audio_deck_set_feeding (self->deck, TRUE);
}

static void
close_capture (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_deck_set_feeding (self->deck, FALSE);
  confab_audio_capture_close (self->capture);
}

static gboolean
is_microphone_flowing (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  return confab_audio_capture_is_flowing (self->capture);
}

static void
open_speaker (const char *device, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_playback_open_device (self->playback, device);
}

/* Nobody hears it, but everything goes on: recording, levels, echo, jitter buffers. */
static void
open_nothing (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_deck_set_pulling (self->deck, TRUE);
}

static void
close_playback (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  confab_audio_deck_set_pulling (self->deck, FALSE);
  confab_audio_playback_close (self->playback);
}

static gboolean
is_speaker_flowing (gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  return confab_audio_playback_is_flowing (self->playback);
}

static const ConfabAudioHalf microphone_half = {
  .name = "microphone",
  .is_input = TRUE,
  .open = open_microphone,
  .open_substitute = open_silence,
  .close = close_capture,
  .is_flowing = is_microphone_flowing,
  .problem = on_half_problem,
  .recovered = on_half_recovered,
};

static const ConfabAudioHalf speaker_half = {
  .name = "speaker",
  .open = open_speaker,
  .open_substitute = open_nothing,
  .close = close_playback,
  .is_flowing = is_speaker_flowing,
  .problem = on_half_problem,
  .recovered = on_half_recovered,
};

/* What has no device is out of trouble with it. */
static void
end_trouble (ConfabAudioDevicePipeline *self, gboolean *has_trouble)
{
  if (*has_trouble)
    on_half_recovered (self);
  *has_trouble = FALSE;
}

static ConfabAudioKeeper *
make_keeper (ConfabAudioDevicePipeline *self,
             const ConfabAudioHalf *half,
             const char *device,
             gboolean *has_trouble)
{
  ConfabAudioKeeper *keeper = confab_audio_keeper_new (self->parts->context, half, device, self);

  if (*has_trouble)
    confab_audio_keeper_inherit_problem (keeper);
  *has_trouble = FALSE;
  return keeper;
}

static void
drop_keeper (ConfabAudioKeeper **keeper, gboolean *has_trouble)
{
  if (*keeper != NULL && confab_audio_keeper_has_problem (*keeper))
    *has_trouble = TRUE;
  g_clear_pointer (keeper, confab_audio_keeper_free);
}

static void
open_source (ConfabAudioDevicePipeline *self)
{
  if (!self->is_started)
    return;
  if (self->source == SOURCE_DEVICE && self->is_deafened) {
    open_silence (self);
  } else if (self->source == SOURCE_DEVICE) {
    self->microphone =
        make_keeper (self, &microphone_half, self->source_device, &self->has_mute_trouble);
    confab_audio_keeper_start (self->microphone);
  } else {
    end_trouble (self, &self->has_mute_trouble);
    confab_audio_capture_open_feed (self->capture);
    confab_audio_deck_set_feeding (self->deck, self->source != SOURCE_ECHO);
    confab_audio_deck_set_echoing (self->deck, self->source == SOURCE_ECHO);
  }
}

static void
close_source (ConfabAudioDevicePipeline *self)
{
  confab_audio_deck_set_echoing (self->deck, FALSE);
  drop_keeper (&self->microphone, &self->has_mute_trouble);
  close_capture (self);
  g_clear_pointer (&self->source_device, g_free);
  confab_audio_deck_take_player (self->deck, NULL);
}

static void
open_sink (ConfabAudioDevicePipeline *self)
{
  if (!self->is_started)
    return;
  if (self->has_speaker) {
    self->speaker = make_keeper (self, &speaker_half, self->sink_device, &self->has_deaf_trouble);
    confab_audio_keeper_start (self->speaker);
  } else {
    end_trouble (self, &self->has_deaf_trouble);
    open_nothing (self);
  }
}

static void
close_sink (ConfabAudioDevicePipeline *self)
{
  drop_keeper (&self->speaker, &self->has_deaf_trouble);
  close_playback (self);
  g_clear_pointer (&self->sink_device, g_free);
}

static void
on_capture_error (const GError *cause, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  if (self->microphone != NULL)
    confab_audio_keeper_take_error (self->microphone, cause);
}

static void
on_playback_error (const GError *cause, gpointer user_data)
{
  ConfabAudioDevicePipeline *self = user_data;

  if (self->speaker != NULL)
    confab_audio_keeper_take_error (self->speaker, cause);
}

/* ---- object ---- */

static void
confab_audio_device_pipeline_dispose (GObject *object)
{
  ConfabAudioDevicePipeline *self = CONFAB_AUDIO_DEVICE_PIPELINE (object);

  confab_audio_device_pipeline_stop (self);
  g_clear_pointer (&self->deck, confab_audio_deck_free);
  g_clear_pointer (&self->capture, confab_audio_capture_free);
  g_clear_pointer (&self->playback, confab_audio_playback_free);
  G_OBJECT_CLASS (confab_audio_device_pipeline_parent_class)->dispose (object);
}

static void
confab_audio_device_pipeline_finalize (GObject *object)
{
  ConfabAudioDevicePipeline *self = CONFAB_AUDIO_DEVICE_PIPELINE (object);

  g_free (self->source_device);
  g_free (self->sink_device);
  G_OBJECT_CLASS (confab_audio_device_pipeline_parent_class)->finalize (object);
}

static void
confab_audio_device_pipeline_class_init (ConfabAudioDevicePipelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = confab_audio_device_pipeline_dispose;
  object_class->finalize = confab_audio_device_pipeline_finalize;
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
  self->has_speaker = TRUE;
}

ConfabAudioDevicePipeline *
confab_audio_device_pipeline_new (const ConfabAudioParts *parts)
{
  ConfabAudioDevicePipeline *self = g_object_new (CONFAB_TYPE_AUDIO_DEVICE_PIPELINE, NULL);

  self->parts = parts;
  self->capture = confab_audio_capture_new (parts, on_capture_error, self);
  self->playback = confab_audio_playback_new (parts, on_playback_error, self);
  self->deck = confab_audio_deck_new (parts, self->capture, on_player_ended, self);
  return self;
}

/* ---- what to use ---- */

void
confab_audio_device_pipeline_set_source_device (ConfabAudioDevicePipeline *self, const char *device)
{
  g_autofree char *copy = g_strdup (device);

  close_source (self);
  self->source = SOURCE_DEVICE;
  self->source_device = g_steal_pointer (&copy);
  open_source (self);
}

void
confab_audio_device_pipeline_set_source_samples (ConfabAudioDevicePipeline *self,
                                                 GBytes *samples,
                                                 gboolean loop)
{
  close_source (self);
  self->source = SOURCE_SAMPLES;
  confab_audio_deck_take_player (self->deck, confab_audio_player_new (samples, loop));
  open_source (self);
}

void
confab_audio_device_pipeline_set_source_silence (ConfabAudioDevicePipeline *self)
{
  close_source (self);
  self->source = SOURCE_SILENCE;
  open_source (self);
}

/* Silence instead of the file until it is restarted; of no meaning for other sources. */
void
confab_audio_device_pipeline_hold_source (ConfabAudioDevicePipeline *self)
{
  ConfabAudioPlayer *player = confab_audio_deck_get_player (self->deck);

  if (player != NULL)
    confab_audio_player_hold (player);
}

/* The file from its beginning; of no meaning for other sources. */
void
confab_audio_device_pipeline_restart_source (ConfabAudioDevicePipeline *self)
{
  ConfabAudioPlayer *player = confab_audio_deck_get_player (self->deck);

  if (player != NULL)
    confab_audio_player_rewind (player);
}

void
confab_audio_device_pipeline_set_source_echo (ConfabAudioDevicePipeline *self)
{
  close_source (self);
  self->source = SOURCE_ECHO;
  open_source (self);
}

void
confab_audio_device_pipeline_set_sink_device (ConfabAudioDevicePipeline *self, const char *device)
{
  g_autofree char *copy = g_strdup (device);

  close_sink (self);
  self->has_speaker = TRUE;
  self->sink_device = g_steal_pointer (&copy);
  open_sink (self);
}

void
confab_audio_device_pipeline_set_sink_null (ConfabAudioDevicePipeline *self)
{
  close_sink (self);
  self->has_speaker = FALSE;
  open_sink (self);
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
 * confab_audio_device_pipeline_set_deafened:
 * @self: the pipeline
 * @is_deafened: whether nobody is to be heard
 *
 * Closes a microphone while that holds, so that the desktop shows it as not in use; silence is sent
 * instead. Other sources stay: nobody is overheard by them.
 */
void
confab_audio_device_pipeline_set_deafened (ConfabAudioDevicePipeline *self, gboolean is_deafened)
{
  if (self->is_deafened == is_deafened)
    return;
  self->is_deafened = is_deafened;
  if (self->source != SOURCE_DEVICE)
    return;
  drop_keeper (&self->microphone, &self->has_mute_trouble);
  close_capture (self);
  open_source (self);
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
  if (self->microphone != NULL)
    confab_audio_keeper_reopen (self->microphone);
  if (self->speaker != NULL)
    confab_audio_keeper_reopen (self->speaker);
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
  open_sink (self);
  open_source (self);
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
  close_source (self);
  close_sink (self);
  self->has_mute_trouble = self->has_deaf_trouble = FALSE;
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

/**
 * confab_audio_device_pipeline_has_source:
 * @self: the pipeline
 *
 * Returns: whether something but silence for want of a microphone is sent; who is deafened is taken
 * to have one
 */
gboolean
confab_audio_device_pipeline_has_source (ConfabAudioDevicePipeline *self)
{
  return self->source != SOURCE_DEVICE || (self->is_deafened && !self->has_mute_trouble) ||
         (self->microphone != NULL && confab_audio_keeper_has_device (self->microphone));
}
