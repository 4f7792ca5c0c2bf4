/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-stage"

#include "config.h"

#include <gst/app/app.h>

#include "confab-audio-context.h"
#include "confab-audio-patience.h"
#include "confab-audio-stage.h"
#include "confab-audio-toolkit.h"

#define WAIT_MS 300 /* opening takes 20 to 50, closing 5: a stall that one hardly sees */

/* Counted atomically: streaming threads and the ones that wait for the server hold it. */
struct _ConfabAudioStage {
  GstElement *pipeline; /* (owned) */
  GSource *bus_watch;   /* (owned) (nullable) NULL: closed */
  ConfabAudioStageErrorFunc func;
  gpointer user_data; /* (unowned) the owner; the context's copy */
  gint has_failed;    /* (atomic) could not be set to playing */

  GMutex lock;
  gpointer owner; /* (unowned) (nullable) the streaming threads' copy; guarded by lock */
};

static void
clear (gpointer data)
{
  ConfabAudioStage *self = data;

  gst_object_unref (self->pipeline);
  g_mutex_clear (&self->lock);
}

ConfabAudioStage *
confab_audio_stage_ref (ConfabAudioStage *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_stage_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_stage_enter:
 * @self: the stage
 *
 * Keeps the owner there until confab_audio_stage_leave (), which always follows: do what has to be
 * done and wait for nothing. A streaming thread of the stage.
 *
 * Returns: (transfer none) (nullable): the owner; %NULL when the stage is closed
 */
gpointer
confab_audio_stage_enter (ConfabAudioStage *self)
{
  g_mutex_lock (&self->lock);
  return self->owner;
}

void
confab_audio_stage_leave (ConfabAudioStage *self)
{
  g_mutex_unlock (&self->lock);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  ConfabAudioStage *self = user_data;
  g_autoptr (GError) cause = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  /* An appsrc only repeats, less well, what the device behind it says. */
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR || GST_IS_APP_SRC (message->src))
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &cause, NULL);
  self->func (cause, self->user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * confab_audio_stage_new:
 * @parts: of the engine
 * @name: for logs
 * @func: says what went wrong
 * @user_data: the owner: for @func and for confab_audio_stage_enter (), until
 *   confab_audio_stage_close ()
 *
 * Returns: (transfer full): an empty stage, to be closed
 */
ConfabAudioStage *
confab_audio_stage_new (const ConfabAudioParts *parts,
                        const char *name,
                        ConfabAudioStageErrorFunc func,
                        gpointer user_data)
{
  ConfabAudioStage *self = g_atomic_rc_box_new0 (ConfabAudioStage);
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = confab_audio_toolkit_new_pipeline (name, parts);
  self->func = func;
  self->user_data = user_data;
  self->owner = user_data;
  g_mutex_init (&self->lock);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  self->bus_watch = gst_bus_create_watch (bus);
  g_source_set_callback (self->bus_watch, G_SOURCE_FUNC (on_message), self, NULL);
  g_source_attach (self->bus_watch, parts->context);
  return self;
}

/**
 * confab_audio_stage_get_bin:
 * @self: the stage
 *
 * Returns: (transfer none): where the elements go
 */
GstBin *
confab_audio_stage_get_bin (ConfabAudioStage *self)
{
  return GST_BIN (self->pipeline);
}

static void
play (gpointer data)
{
  ConfabAudioStage *self = data;

  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    g_atomic_int_set (&self->has_failed, TRUE);
}

/**
 * confab_audio_stage_play:
 * @self: the stage
 *
 * Opens the device. One that takes its time is opened later, or never: whoever needs it has to see
 * whether anything flows.
 *
 * Returns: whether it was opened, or may still be
 */
gboolean
confab_audio_stage_play (ConfabAudioStage *self)
{
  confab_audio_patience_run (play, confab_audio_stage_ref (self), confab_audio_stage_unref,
                             WAIT_MS);
  return !g_atomic_int_get (&self->has_failed);
}

/* The callbacks of the elements hold the stage, which would hold them for ever. */
static void
stop (gpointer data)
{
  ConfabAudioStage *self = data;

  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  while (GST_BIN_CHILDREN (self->pipeline) != NULL)
    gst_bin_remove (GST_BIN (self->pipeline), GST_BIN_CHILDREN (self->pipeline)->data);
}

/**
 * confab_audio_stage_close:
 * @self: (transfer full): the stage
 *
 * Ends it. Once this returns, nothing is called any more, and mostly its threads have ended.
 */
void
confab_audio_stage_close (ConfabAudioStage *self)
{
  g_mutex_lock (&self->lock);
  self->owner = NULL;
  g_mutex_unlock (&self->lock);
  confab_audio_context_clear_source (&self->bus_watch);
  confab_audio_patience_run (stop, self, confab_audio_stage_unref, WAIT_MS);
}
