/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-quality"

#include "config.h"

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-private.h"

/**
 * confab_quality_sample_to_message:
 * @sample: a sample
 *
 * Source: data/api/openapi.yaml, “QualitySample”.
 *
 * Returns: (transfer full): the object
 * Since: 0.1
 */
ConfabMessage *
confab_quality_sample_to_message (ConfabQualitySample *sample)
{
  ConfabQualityFigures figures;
  ConfabMessage *message = NULL;

  g_return_val_if_fail (sample != NULL, NULL);

  confab_quality_sample_get_figures (sample, &figures);
  message = confab_message_new (NULL);
  confab_message_set_string (message, "participant",
                             confab_quality_sample_get_participant_id (sample));
  confab_message_set_string (message, "peer", confab_quality_sample_get_peer_id (sample));
  confab_message_set_time (message, "at", confab_quality_sample_get_at (sample));
  if (figures.rtt_ms >= 0)
    confab_message_set_double (message, "rtt_ms", figures.rtt_ms);
  confab_message_set_double (message, "jitter_ms", figures.jitter_ms);
  confab_message_set_double (message, "lost_ratio", figures.lost_ratio);
  confab_message_set_double (message, "bitrate_kbps", figures.bitrate_kbps);
  confab_message_set_double (message, "level_dbov", figures.level_dbov);
  if (figures.mouth_to_ear_ms >= 0)
    confab_message_set_double (message, "mouth_to_ear_ms", figures.mouth_to_ear_ms);
  confab_message_set_double (message, "mos", figures.mos);
  return message;
}

static gboolean
get_ms (ConfabMessage *message,
        const char *name,
        ConfabFieldPresence presence,
        double *value,
        GError **error)
{
  return confab_message_get_double (message, name, presence, 0, CONFAB_QUALITY_MAX_MS, value,
                                    error);
}

static gboolean
get_optional_ms (ConfabMessage *message, const char *name, double *value, GError **error)
{
  *value = -1;
  return !confab_message_has (message, name) ||
         get_ms (message, name, CONFAB_FIELD_REQUIRED, value, error);
}

static gboolean
get_figures (ConfabMessage *message, ConfabQualityFigures *figures, GError **error)
{
  const ConfabFieldPresence required = CONFAB_FIELD_REQUIRED;

  return get_optional_ms (message, "rtt_ms", &figures->rtt_ms, error) &&
         get_ms (message, "jitter_ms", required, &figures->jitter_ms, error) &&
         confab_message_get_double (message, "lost_ratio", required, 0, 1, &figures->lost_ratio,
                                    error) &&
         confab_message_get_double (message, "bitrate_kbps", required, 0, CONFAB_QUALITY_MAX_KBPS,
                                    &figures->bitrate_kbps, error) &&
         confab_message_get_double (message, "level_dbov", required, CONFAB_QUALITY_MIN_DBOV, 0,
                                    &figures->level_dbov, error) &&
         get_optional_ms (message, "mouth_to_ear_ms", &figures->mouth_to_ear_ms, error) &&
         confab_message_get_double (message, "mos", required, CONFAB_QUALITY_MIN_MOS,
                                    CONFAB_QUALITY_MAX_MOS, &figures->mos, error);
}

/**
 * confab_quality_sample_from_message:
 * @message: an object “QualitySample”
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE, also for a figure out of its bounds. Unknown members are
 * ignored.
 *
 * Returns: (transfer full): the sample
 * Since: 0.1
 */
ConfabQualitySample *
confab_quality_sample_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (GDateTime) at = NULL;
  ConfabQualityFigures figures;
  const char *participant_id = NULL;
  const char *peer_id = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  if (!confab_message_get_string (message, "participant", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_WIRE_MAX_ID_CHARS, &participant_id, error) ||
      !confab_wire_get_id (message, "peer", &peer_id, error) ||
      !confab_wire_get_optional_time (message, "at", &at, error) ||
      !get_figures (message, &figures, error))
    return NULL;
  return confab_quality_sample_new (participant_id, peer_id, at, &figures);
}

/**
 * confab_quality_to_message:
 * @samples: (element-type ConfabQualitySample): how we hear others, one of each, at most
 *   %CONFAB_LIMIT_PARTICIPANTS
 *
 * Source: data/api/asyncapi.yaml, “quality”.
 *
 * Returns: (transfer full): a message of the kind `quality`
 * Since: 0.1
 */
ConfabMessage *
confab_quality_to_message (GPtrArray *samples)
{
  ConfabMessage *message = NULL;
  GPtrArray *list = NULL;

  g_return_val_if_fail (samples != NULL, NULL);

  message = confab_message_new ("quality");
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < samples->len; i++)
    g_ptr_array_add (list, confab_quality_sample_to_message (g_ptr_array_index (samples, i)));
  confab_message_take_list (message, "samples", list);
  return message;
}

static gboolean
check_is_new (GHashTable *peers, ConfabQualitySample *sample, GError **error)
{
  if (g_hash_table_add (peers, (gpointer) confab_quality_sample_get_peer_id (sample)))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                       "There are two samples of the same peer");
  return FALSE;
}

/**
 * confab_quality_from_message:
 * @message: a message of the kind `quality`
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for more than %CONFAB_LIMIT_PARTICIPANTS samples, two of one
 * peer, and as confab_quality_sample_from_message().
 *
 * Returns: (transfer container) (element-type ConfabQualitySample): the samples
 * Since: 0.1
 */
GPtrArray *
confab_quality_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (GHashTable) peers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  if (!confab_message_get_list (message, "samples", CONFAB_FIELD_REQUIRED,
                                CONFAB_LIMIT_PARTICIPANTS, &list, error))
    return NULL;
  samples = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);
  for (guint i = 0; i < list->len; i++) {
    ConfabQualitySample *sample =
        confab_quality_sample_from_message (g_ptr_array_index (list, i), error);

    if (sample == NULL)
      return NULL;
    g_ptr_array_add (samples, sample);
    if (!check_is_new (peers, sample, error))
      return NULL;
  }
  return g_steal_pointer (&samples);
}
