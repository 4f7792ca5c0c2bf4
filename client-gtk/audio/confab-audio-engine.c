/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-closer.h"
#include "confab-audio-context.h"
#include "confab-audio-device-pipeline.h"
#include "confab-audio-engine-private.h"
#include "confab-audio-fanout.h"
#include "confab-audio-member.h"
#include "confab-audio-routes.h"
#include "confab-audio-toolkit.h"

#define LEVELS_MS       100
#define TICKS_PER_STATS 10

struct _ConfabAudioEngine {
  GObject parent_instance;

  ConfabAudioParts parts;
  GError *toolkit_error;              /* (owned) (nullable) why nothing will work here */
  GThread *warm_up;                   /* (owned) (nullable) */
  gboolean is_cold;                   /* the warm-up has not ended */
  ConfabAudioDevicePipeline *devices; /* (owned) (nullable) NULL without GStreamer */
  GHashTable *members;                /* (owned) (element-type utf8 ConfabAudioMember) */
  ConfabAudioRoutes *routes;          /* (owned) (nullable) while started */
  GSource *ticker;                    /* (owned) (nullable) while started */
  guint n_ticks;
};

/* Emitted here; the others are by their names, where they belong. */
typedef enum {
  SIGNAL_READY,
  SIGNAL_RELAY_PROBLEM,
  SIGNAL_LEVELS,
  SIGNAL_STATS,
  SIGNAL_DEVICE_PROBLEM,
  SIGNAL_DEVICE_RECOVERED,
  SIGNAL_SOURCE_ENDED,
  SIGNAL_TALKING_WHILE_MUTED,
  SIGNAL_REALTIME_REFUSED,
} EngineSignal;
static guint signals[SIGNAL_REALTIME_REFUSED + 1];

G_DEFINE_FINAL_TYPE (ConfabAudioEngine, confab_audio_engine, G_TYPE_OBJECT)

/* ---- events of devices and relays ---- */

static void
on_problem (ConfabAudioEngine *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_DEVICE_PROBLEM], 0, error);
}

static void
on_recovered (ConfabAudioEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_DEVICE_RECOVERED], 0);
}

static void
on_source_ended (ConfabAudioEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_SOURCE_ENDED], 0);
}

static void
on_relay_problem (const GError *error, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_RELAY_PROBLEM], 0, error);
}

static gboolean
on_warm (gpointer object)
{
  ConfabAudioEngine *self = object;

  self->is_cold = FALSE;
  g_signal_emit (self, signals[SIGNAL_READY], 0);
  return G_SOURCE_REMOVE;
}

static void
on_realtime_refused (const GError *error, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_REALTIME_REFUSED], 0, error);
}

static void
refresh_member (ConfabAudioMember *member)
{
  ConfabAudioPeer *current =
      confab_audio_generations_get_current (confab_audio_member_get_generations (member));

  if (current != NULL)
    confab_audio_peer_refresh_stats (current);
}

static void
refresh_stats (ConfabAudioEngine *self)
{
  confab_audio_device_pipeline_get_delays (self->devices, &self->parts.capture_ms,
                                           &self->parts.output_ms);
  confab_audio_engine_for_each_member (self, refresh_member);
  g_signal_emit (self, signals[SIGNAL_STATS], 0);
}

static void
on_routes_changed (gpointer user_data)
{
  g_autoptr (ConfabAudioEngine) self = g_object_ref (user_data);

  confab_audio_engine_for_each_member (self, confab_audio_member_reroute);
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (ConfabAudioEngine) self = g_object_ref (user_data);

  confab_audio_device_pipeline_fill (self->devices, LEVELS_MS);
  confab_audio_engine_for_each_member (self, confab_audio_member_watch);
  confab_audio_engine_adapt (self);
  if (++self->n_ticks % TICKS_PER_STATS == 0)
    refresh_stats (self);
  g_signal_emit (self, signals[SIGNAL_LEVELS], 0);
  if (confab_audio_talk_take_unheard (self->parts.talk))
    g_signal_emit (self, signals[SIGNAL_TALKING_WHILE_MUTED], 0);
  confab_audio_engine_watch_echo (self);
  return G_SOURCE_CONTINUE;
}

/* ---- object ---- */

static void
remove_member (gpointer data)
{
  confab_audio_member_close (data);
  confab_audio_member_unref (data);
}

static void
build_devices (ConfabAudioEngine *self)
{
  if (!confab_audio_toolkit_init (&self->toolkit_error))
    return;
  self->is_cold = TRUE;
  self->warm_up = confab_audio_toolkit_warm_up (self->parts.context, on_warm, G_OBJECT (self));
  self->parts.clock = gst_system_clock_obtain ();
  self->parts.base_time = gst_clock_get_time (self->parts.clock);
  self->devices = confab_audio_device_pipeline_new (&self->parts);
  g_signal_connect_object (self->devices, "problem", G_CALLBACK (on_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->devices, "recovered", G_CALLBACK (on_recovered), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->devices, "source-ended", G_CALLBACK (on_source_ended), self,
                           G_CONNECT_SWAPPED);
}

static void
confab_audio_engine_dispose (GObject *object)
{
  ConfabAudioEngine *self = CONFAB_AUDIO_ENGINE (object);

  confab_audio_engine_stop (self);
  g_clear_pointer (&self->warm_up, g_thread_join);
  g_clear_object (&self->devices);
  confab_audio_realtime_close (self->parts.realtime);
  G_OBJECT_CLASS (confab_audio_engine_parent_class)->dispose (object);
}

static void
confab_audio_engine_finalize (GObject *object)
{
  ConfabAudioEngine *self = CONFAB_AUDIO_ENGINE (object);

  g_hash_table_unref (self->members);
  confab_audio_closer_free (self->parts.closer);
  confab_audio_fanout_free (self->parts.fanout);
  confab_audio_recorder_unref (self->parts.recorder);
  confab_audio_mixer_unref (self->parts.mixer);
  confab_audio_realtime_unref (self->parts.realtime);
  g_free (self->parts.talk);
  confab_audio_voice_free (self->parts.voice);
  confab_audio_adaptation_free (self->parts.adaptation);
  confab_audio_relays_free (self->parts.relays);
  gst_clear_object (&self->parts.clock);
  g_main_context_unref (self->parts.context);
  g_clear_error (&self->toolkit_error);
  G_OBJECT_CLASS (confab_audio_engine_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, CONFAB_TYPE_AUDIO_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
confab_audio_engine_class_init (ConfabAudioEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType none = G_TYPE_NONE;

  object_class->dispose = confab_audio_engine_dispose;
  object_class->finalize = confab_audio_engine_finalize;
  signals[SIGNAL_READY] = add_signal ("ready", 0, none, none);
  signals[SIGNAL_RELAY_PROBLEM] = add_signal ("relay-problem", 1, G_TYPE_ERROR, none);
  add_signal ("send-signal", 2, G_TYPE_STRING, CONFAB_TYPE_SIGNAL);
  add_signal ("peer-state", 2, G_TYPE_STRING, G_TYPE_STRING);
  add_signal ("peer-failed", 2, G_TYPE_STRING, G_TYPE_ERROR);
  add_signal ("first-audio", 1, G_TYPE_STRING, none);
  g_signal_new ("safety-code", CONFAB_TYPE_AUDIO_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_LEVELS] = add_signal ("levels", 0, none, none);
  signals[SIGNAL_STATS] = add_signal ("stats", 0, none, none);
  signals[SIGNAL_DEVICE_PROBLEM] = add_signal ("device-problem", 1, G_TYPE_ERROR, none);
  signals[SIGNAL_DEVICE_RECOVERED] = add_signal ("device-recovered", 0, none, none);
  signals[SIGNAL_SOURCE_ENDED] = add_signal ("source-ended", 0, none, none);
  signals[SIGNAL_TALKING_WHILE_MUTED] = add_signal ("talking-while-muted", 0, none, none);
  add_signal ("echo", 1, G_TYPE_BOOLEAN, none);
  signals[SIGNAL_REALTIME_REFUSED] = add_signal ("realtime-refused", 1, G_TYPE_ERROR, none);
}

static void
confab_audio_engine_init (ConfabAudioEngine *self)
{
  self->parts.context = g_main_context_ref_thread_default ();
  self->parts.realtime = confab_audio_realtime_new (confab_audio_realtime_get_usual_ways (),
                                                    self->parts.context, on_realtime_refused, self);
  self->parts.mixer = confab_audio_mixer_new ();
  self->parts.adaptation = confab_audio_adaptation_new ();
  self->parts.fanout = confab_audio_fanout_new ();
  self->parts.recorder = confab_audio_recorder_new (confab_audio_engine_recording_failed, self);
  self->parts.closer = confab_audio_closer_new (self->parts.context);
  self->parts.relays = confab_audio_relays_new (self->parts.context, on_relay_problem, self);
  self->parts.talk = g_new (ConfabAudioTalk, 1);
  confab_audio_talk_init (self->parts.talk);
  self->parts.voice = confab_audio_voice_new ();
  self->parts.timing = (ConfabAudioTiming) CONFAB_AUDIO_TIMING_INIT;
  self->parts.capture_ms = self->parts.output_ms = -1;
  self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, remove_member);
  build_devices (self);
}

/**
 * confab_audio_engine_new:
 *
 * Makes an engine for the thread-default main context. Opens no device and no socket; the
 * certificate of this process is made in the background.
 *
 * Returns: (transfer full): the engine
 */
ConfabAudioEngine *
confab_audio_engine_new (void)
{
  return g_object_new (CONFAB_TYPE_AUDIO_ENGINE, NULL);
}

void
confab_audio_engine_set_timing (ConfabAudioEngine *self, const ConfabAudioTiming *timing)
{
  g_return_if_fail (g_hash_table_size (self->members) == 0);
  self->parts.timing = *timing;
}

const ConfabAudioParts *
confab_audio_engine_get_parts (ConfabAudioEngine *self)
{
  return &self->parts;
}

ConfabAudioEncoder *
confab_audio_engine_get_encoder (ConfabAudioEngine *self)
{
  if (self->devices == NULL)
    return NULL;
  return confab_audio_uplink_get_encoder (confab_audio_device_pipeline_get_uplink (self->devices));
}

ConfabAudioDevicePipeline *
confab_audio_engine_get_devices (ConfabAudioEngine *self)
{
  return self->devices;
}

const GError *
confab_audio_engine_get_toolkit_error (ConfabAudioEngine *self)
{
  return self->toolkit_error;
}

GHashTable *
confab_audio_engine_get_members (ConfabAudioEngine *self)
{
  return self->members;
}

gboolean
confab_audio_engine_is_running (ConfabAudioEngine *self)
{
  return self->ticker != NULL;
}

/* ---- running ---- */

/**
 * confab_audio_engine_is_ready:
 * @self: the engine
 *
 * Whether connections can be made at once; else "ready" follows. The certificate of a process is an
 * RSA key: 50 to 900 ms of search. Who joins before would keep the others waiting for their answer.
 */
gboolean
confab_audio_engine_is_ready (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  return !self->is_cold;
}

/**
 * confab_audio_engine_start:
 * @self: the engine
 * @error: return location for a #GError
 *
 * Opens the devices. Fails with %CONFAB_ERROR_MEDIA_FAILED only when this machine cannot do calls
 * at all: a GStreamer plugin is missing.
 */
gboolean
confab_audio_engine_start (ConfabAudioEngine *self, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  if (self->toolkit_error != NULL) {
    g_propagate_error (error, g_error_copy (self->toolkit_error));
    return FALSE;
  }
  if (self->ticker != NULL)
    return TRUE;
  self->routes = confab_audio_routes_new (self->parts.context, on_routes_changed, self);
  self->ticker = confab_audio_context_add_timeout (self->parts.context, LEVELS_MS, on_tick, self);
  confab_audio_device_pipeline_start (self->devices);
  return TRUE;
}

/**
 * confab_audio_engine_stop:
 * @self: the engine
 *
 * Removes every peer, then closes the devices and finishes the recording; returns when all
 * streaming threads have ended. That takes up to 0.4 s when a peer was just being connected.
 */
void
confab_audio_engine_stop (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_context_clear_source (&self->ticker);
  g_clear_pointer (&self->routes, confab_audio_routes_free);
  g_hash_table_remove_all (self->members);
  confab_audio_closer_flush (self->parts.closer);
  confab_audio_recorder_stop (self->parts.recorder);
  if (self->devices != NULL)
    confab_audio_device_pipeline_stop (self->devices);
}
