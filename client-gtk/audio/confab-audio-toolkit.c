/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-toolkit.h"
#include "confab-error.h"

#define MAX_SSRCS 4 /* each costs a jitter buffer and a thread; a good peer has one */

/* Everything that a call is made of; nicesrc comes in a package of its own that webrtcbin's does
 * not depend on. */
static const char *const needed_elements[] = {
  "appsrc",   "appsink", "rtpopuspay", "webrtcbin", "rtpbin",  "nicesrc",
  "nicesink", "dtlsdec", "dtlsenc",    "srtpenc",   "srtpdec",
};

static gboolean
check_elements (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (needed_elements); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (needed_elements[i]);

    if (factory == NULL) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED,
                   "GStreamer has no element “%s”: a package is missing", needed_elements[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * confab_audio_toolkit_init:
 * @error: return location for a #GError
 *
 * Starts GStreamer (once in a process) and looks whether it can carry a call. Fails with
 * %CONFAB_ERROR_MEDIA_FAILED, naming the element that is not installed.
 */
gboolean
confab_audio_toolkit_init (GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!gst_init_check (NULL, NULL, &local_error)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED, "GStreamer does not start: %s",
                 local_error != NULL ? local_error->message : "no reason given");
    return FALSE;
  }
  return check_elements (error);
}

typedef struct {
  GMainContext *context; /* (owned) */
  GSourceFunc done;
  GWeakRef object;
} WarmUp;

static void
free_warm_up (gpointer data)
{
  WarmUp *self = data;

  g_weak_ref_clear (&self->object);
  g_main_context_unref (self->context);
  g_free (self);
}

static gboolean
deliver_warm (gpointer data)
{
  WarmUp *self = data;
  g_autoptr (GObject) object = g_weak_ref_get (&self->object);

  return object != NULL ? self->done (object) : G_SOURCE_REMOVE;
}

static gpointer
warm_up (gpointer user_data)
{
  WarmUp *self = user_data;
  /* dtlsdec makes the certificate of this process, 100 to 400 ms; the others are loaded. */
  static const char *const slow[] = { "dtlsdec", "webrtcbin", "nicesrc", "srtpdec" };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++) {
    GstElement *element = gst_element_factory_make (slow[i], NULL);

    if (element != NULL) {
      gst_object_ref_sink (element);
      gst_object_unref (element);
    }
  }
  confab_audio_context_post (self->context, deliver_warm, self, free_warm_up);
  return NULL;
}

/**
 * confab_audio_toolkit_warm_up:
 * @context: where @done is called
 * @done: everything is there
 * @object: for @done, which is not called once it is gone
 *
 * Does in a thread what would make the first connection of a process 300 ms slower than the next.
 * After confab_audio_toolkit_init ().
 *
 * Returns: (transfer full): the thread, to be joined
 */
GThread *
confab_audio_toolkit_warm_up (GMainContext *context, GSourceFunc done, GObject *object)
{
  WarmUp *self = g_new0 (WarmUp, 1);

  self->context = g_main_context_ref (context);
  self->done = done;
  g_weak_ref_init (&self->object, object);
  return g_thread_new ("confab-warm-up", warm_up, self);
}

/**
 * confab_audio_toolkit_new_pipeline:
 * @name: for logs
 * @parts: of the engine
 *
 * Returns: (transfer full): an empty pipeline that runs on the clock of the engine and starts at
 * its base time, whenever it is set to PLAYING; with threads of real-time priority
 */
GstElement *
confab_audio_toolkit_new_pipeline (const char *name, const ConfabAudioParts *parts)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (name));

  gst_pipeline_use_clock (GST_PIPELINE (pipeline), parts->clock);
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, parts->base_time);
  confab_audio_realtime_watch (parts->realtime, pipeline);
  return pipeline;
}

/**
 * confab_audio_toolkit_new_webrtc:
 *
 * Returns: (transfer full): a webrtcbin for one medium, without a jitter buffer of its own
 */
GstElement *
confab_audio_toolkit_new_webrtc (void)
{
  GstElement *webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");

  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  g_object_set (webrtc, "latency", 0, NULL);
  g_object_set (rtpbin, "max-streams", MAX_SSRCS, NULL);
  return webrtc;
}

/**
 * confab_audio_toolkit_is_made_by:
 * @element: an element
 * @factory_name: as of gst_element_factory_make ()
 *
 * Returns: whether @element is of that kind
 */
gboolean
confab_audio_toolkit_is_made_by (GstElement *element, const char *factory_name)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_strcmp0 (GST_OBJECT_NAME (factory), factory_name) == 0;
}
