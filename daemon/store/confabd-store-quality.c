/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <math.h>

#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-quality.h"
#include "confabd-store-rows-private.h"

#define COLUMNS                                                                          \
  "q.at, q.participant_id, q.peer_id, q.rtt_us, q.jitter_us, q.lost_ppm, q.bitrate_bps," \
  " q.level_millidbov, q.mouth_to_ear_us, q.mos_millis"
#define ROW "(xssmxxxxxmxx)"

/* Dropping them one by one would look for the oldest with every write. */
#define DROP_AT_ONCE 20 /* of a call's bound, as the part that goes */

/**
 * confabd_quality_batch_new:
 * @call_id: a call
 *
 * Returns: (transfer full): what was measured in it: nothing yet
 */
ConfabdQualityBatch *
confabd_quality_batch_new (const char *call_id)
{
  ConfabdQualityBatch *self = g_new0 (ConfabdQualityBatch, 1);

  self->call_id = g_strdup (call_id);
  self->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);
  return self;
}

/**
 * confabd_quality_batch_free:
 * @self: (transfer full): a batch
 */
void
confabd_quality_batch_free (ConfabdQualityBatch *self)
{
  g_free (self->call_id);
  g_ptr_array_unref (self->samples);
  g_free (self);
}

/* Rows and values */

static gint64
to_units (double value, double units)
{
  return (gint64) llround (value * units);
}

static GVariant *
make_row (const char *call_id, ConfabQualitySample *sample)
{
  ConfabQualityFigures f;

  confab_quality_sample_get_figures (sample, &f);
  return g_variant_new (
      "(sxssmxxxxxmxx)", call_id, confab_time_to_unix_us (confab_quality_sample_get_at (sample)),
      confab_quality_sample_get_participant_id (sample), confab_quality_sample_get_peer_id (sample),
      f.rtt_ms >= 0, to_units (f.rtt_ms, 1e3), to_units (f.jitter_ms, 1e3),
      to_units (f.lost_ratio, 1e6), to_units (f.bitrate_kbps, 1e3), to_units (f.level_dbov, 1e3),
      f.mouth_to_ear_ms >= 0, to_units (f.mouth_to_ear_ms, 1e3), to_units (f.mos, 1e3));
}

static ConfabQualitySample *
row_to_sample (GVariant *row)
{
  g_autoptr (GDateTime) at = NULL;
  ConfabQualityFigures figures;
  const char *participant_id;
  const char *peer_id;
  gboolean has_rtt, has_mouth_to_ear;
  gint64 at_us, rtt_us, jitter_us, lost_ppm, bitrate_bps, level, mouth_to_ear_us, mos;

  g_variant_get (row, "(x&s&smxxxxxmxx)", &at_us, &participant_id, &peer_id, &has_rtt, &rtt_us,
                 &jitter_us, &lost_ppm, &bitrate_bps, &level, &has_mouth_to_ear, &mouth_to_ear_us,
                 &mos);
  at = confab_time_from_unix_us (at_us);
  figures = (ConfabQualityFigures){
    .rtt_ms = has_rtt ? (double) rtt_us / 1e3 : -1,
    .jitter_ms = (double) jitter_us / 1e3,
    .lost_ratio = (double) lost_ppm / 1e6,
    .bitrate_kbps = (double) bitrate_bps / 1e3,
    .level_dbov = (double) level / 1e3,
    .mouth_to_ear_ms = has_mouth_to_ear ? (double) mouth_to_ear_us / 1e3 : -1,
    .mos = (double) mos / 1e3,
  };
  return confab_quality_sample_new (participant_id, peer_id, at, &figures);
}

/* Adding */

typedef struct {
  GPtrArray *batches; /* (element-type ConfabdQualityBatch) (owned) */
  guint max_per_call;
} Add;

static void
add_free (Add *self)
{
  g_ptr_array_unref (self->batches);
  g_free (self);
}

static gboolean
find_count (ConfabdConnection *connection,
            const char *call_id,
            gboolean *is_there,
            guint *count,
            GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT n_quality_samples FROM calls WHERE id = $1",
                                     g_variant_new ("(s)", call_id), "(u)", &row, error)) {
    return FALSE;
  }
  *is_there = row != NULL;
  if (row != NULL) {
    g_variant_get (row, "(u)", count);
  }
  return TRUE;
}

static gboolean
insert_samples (ConfabdConnection *connection,
                const ConfabdQualityBatch *batch,
                guint *n_inserted,
                GError **error)
{
  *n_inserted = 0;
  for (guint i = 0; i < batch->samples->len; i++) {
    guint n_changed = 0;

    if (!confabd_connection_execute (
            connection,
            "INSERT INTO quality_samples (call_id, at, participant_id, peer_id, rtt_us, jitter_us,"
            " lost_ppm, bitrate_bps, level_millidbov, mouth_to_ear_us, mos_millis)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " ON CONFLICT (call_id, at, participant_id, peer_id) DO NOTHING",
            make_row (batch->call_id, g_ptr_array_index (batch->samples, i)), &n_changed, error)) {
      return FALSE;
    }
    *n_inserted += n_changed;
  }
  return TRUE;
}

/* The newest ones tell more about a call than the oldest. */
static gboolean
drop_oldest (
    ConfabdConnection *connection, const char *call_id, guint n, guint *n_dropped, GError **error)
{
  return confabd_connection_execute (
      connection,
      "DELETE FROM quality_samples WHERE call_id = $1 AND at <="
      " (SELECT at FROM quality_samples WHERE call_id = $1 ORDER BY at LIMIT 1 OFFSET $2)",
      g_variant_new ("(su)", call_id, n - 1), n_dropped, error);
}

static gboolean
add_batch (ConfabdConnection *connection,
           const ConfabdQualityBatch *batch,
           guint max_per_call,
           GError **error)
{
  gboolean is_there = FALSE;
  guint count = 0;
  guint n_inserted = 0;
  guint n_dropped = 0;

  if (!find_count (connection, batch->call_id, &is_there, &count, error)) {
    return FALSE;
  }
  if (!is_there) {
    return TRUE;
  }
  if (!insert_samples (connection, batch, &n_inserted, error)) {
    return FALSE;
  }
  count += n_inserted;
  if (count > max_per_call &&
      !drop_oldest (connection, batch->call_id, count - max_per_call + max_per_call / DROP_AT_ONCE,
                    &n_dropped, error)) {
    return FALSE;
  }
  return confabd_connection_execute (
      connection, "UPDATE calls SET n_quality_samples = $2 WHERE id = $1",
      g_variant_new ("(su)", batch->call_id, count - n_dropped), NULL, error);
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  Add *add = data;

  for (guint i = 0; i < add->batches->len; i++) {
    if (!add_batch (connection, g_ptr_array_index (add->batches, i), add->max_per_call, error)) {
      return NULL;
    }
  }
  return NULL;
}

/**
 * confabd_store_add_quality_async:
 * @batches: (element-type ConfabdQualityBatch): of several calls, not to be changed any more
 * @max_per_call: how many samples of a call are kept; the oldest go
 *
 * Keeps samples, all in one transaction. What is about a call that is no more is dropped.
 */
void
confabd_store_add_quality_async (ConfabdStore *self,
                                 GPtrArray *batches,
                                 guint max_per_call,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Add *add = g_new0 (Add, 1);
  const ConfabdWork work = { run_add, add, (GDestroyNotify) add_free, NULL };

  g_return_if_fail (max_per_call > 0);

  add->batches = g_ptr_array_ref (batches);
  add->max_per_call = max_per_call;
  confabd_store_write (self, &work, confabd_store_add_quality_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_add_quality_finish:
 *
 * Returns: whether the samples are kept
 */
gboolean
confabd_store_add_quality_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_add_quality_async, error);
}

/* Listing */

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GPtrArray *samples = NULL;
  const char *user_id, *call_id, *participant_id, *peer_id;
  gint64 at_us;
  guint limit;

  g_variant_get (data, "(&s&sx&s&su)", &user_id, &call_id, &at_us, &participant_id, &peer_id,
                 &limit);
  if (!confabd_rows_check_member (connection, call_id, user_id, error)) {
    return NULL;
  }
  rows = confabd_connection_query (
      connection,
      "SELECT " COLUMNS " FROM quality_samples q"
      " WHERE q.call_id = $1 AND (q.at, q.participant_id, q.peer_id) < ($2, $3, $4)"
      " ORDER BY q.at DESC, q.participant_id DESC, q.peer_id DESC LIMIT $5",
      g_variant_new ("(sxssu)", call_id, at_us, participant_id, peer_id, limit), ROW, error);
  if (rows == NULL) {
    return NULL;
  }
  samples = g_ptr_array_new_full (rows->len, (GDestroyNotify) confab_quality_sample_unref);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (samples, row_to_sample (g_ptr_array_index (rows, i)));
  }
  return samples;
}

/**
 * confabd_store_list_quality_async:
 * @after: (nullable): the last sample of the page before; %NULL for the newest
 * @limit: at most so many
 *
 * Lists how well people heard each other, the newest first. Finishes with
 * %CONFAB_ERROR_NO_SUCH_CALL for whoever is not a member.
 */
void
confabd_store_list_quality_async (ConfabdStore *self,
                                  const char *user_id,
                                  const char *call_id,
                                  const ConfabdQualityCursor *after,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  const ConfabdQualityCursor newest = { G_MAXINT64, "", "" };
  const ConfabdQualityCursor *from = after != NULL ? after : &newest;
  const ConfabdWork work = {
    run_list,
    g_variant_ref_sink (g_variant_new ("(ssxssu)", user_id, call_id, from->at_us,
                                       from->participant_id, from->peer_id, limit)),
    (GDestroyNotify) g_variant_unref,
    (GDestroyNotify) g_ptr_array_unref,
  };

  confabd_store_read (self, &work, confabd_store_list_quality_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_list_quality_finish:
 *
 * Returns: (transfer full) (element-type ConfabQualitySample): the samples
 */
GPtrArray *
confabd_store_list_quality_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_list_quality_async, error);
}
