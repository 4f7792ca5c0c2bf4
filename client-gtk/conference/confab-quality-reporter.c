/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-quality-reporter"

#include "config.h"

#include "confab-quality-reporter.h"
#include "confab-quality-sample.h"

/**
 * ConfabQualityReporter:
 *
 * Tells the server every ten seconds how well we hear each of the others.
 *
 * Belongs to the main context of the engine, which counts the seconds for it.
 */
struct _ConfabQualityReporter {
  GObject parent_instance;

  ConfabLiveCall *call; /* (owned) */
  guint n_seconds;
};

G_DEFINE_FINAL_TYPE (ConfabQualityReporter, confab_quality_reporter, G_TYPE_OBJECT)

/* NULL for oneself, and for somebody who is not heard yet. */
static ConfabQualitySample *
make_sample (ConfabAudioEngine *engine, ConfabLiveParticipant *participant)
{
  const char *peer_id = confab_live_participant_get_id (participant);
  ConfabAudioPeerStats stats;
  ConfabQualityFigures figures;

  if (confab_live_participant_get_is_self (participant) ||
      !confab_audio_engine_get_peer_stats (engine, peer_id, &stats) || stats.mos < 0)
    return NULL;
  figures = (ConfabQualityFigures){
    .rtt_ms = stats.rtt_ms,
    .jitter_ms = stats.jitter_ms,
    .lost_ratio = stats.lost_ratio,
    .bitrate_kbps = stats.received_kbps,
    .level_dbov = confab_audio_engine_get_peer_level (engine, peer_id, NULL),
    .mouth_to_ear_ms = stats.mouth_to_ear_ms,
    .mos = stats.mos,
  };
  return confab_quality_sample_new (NULL, peer_id, NULL, &figures);
}

static void
report (ConfabQualityReporter *self, ConfabAudioEngine *engine)
{
  g_autoptr (GPtrArray) samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->call));

  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) participant =
        g_list_model_get_item (G_LIST_MODEL (self->call), i);
    ConfabQualitySample *sample = make_sample (engine, participant);

    if (sample != NULL)
      g_ptr_array_add (samples, sample);
  }
  confab_live_call_send_quality (self->call, samples);
}

static void
on_stats (ConfabAudioEngine *engine, ConfabQualityReporter *self)
{
  if (++self->n_seconds % CONFAB_QUALITY_REPORTER_S == 0)
    report (self, engine);
}

static void
confab_quality_reporter_dispose (GObject *object)
{
  g_clear_object (&CONFAB_QUALITY_REPORTER (object)->call);

  G_OBJECT_CLASS (confab_quality_reporter_parent_class)->dispose (object);
}

static void
confab_quality_reporter_class_init (ConfabQualityReporterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_quality_reporter_dispose;
}

static void
confab_quality_reporter_init (ConfabQualityReporter *self)
{
}

/**
 * confab_quality_reporter_new:
 * @call: where to tell it
 * @engine: what hears the others
 *
 * Returns: (transfer full): a reporter, at work while the engine is
 */
ConfabQualityReporter *
confab_quality_reporter_new (ConfabLiveCall *call, ConfabAudioEngine *engine)
{
  ConfabQualityReporter *self = g_object_new (CONFAB_TYPE_QUALITY_REPORTER, NULL);

  self->call = g_object_ref (call);
  g_signal_connect_object (engine, "stats", G_CALLBACK (on_stats), self, 0);
  return self;
}
