/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-store-import-rows-private.h"

/* Who was in the calls of another server, and how well they heard each other. */

#define MAX_SAME_MOMENT 100 /* figures of one participant that are said to be of one moment */

/* ---- participants ---- */

/* A place in a call, and who takes it. */
typedef struct {
  char *call_id;    /* (owned) */
  char *creator_id; /* (owned) */
  char *state;      /* (owned) */
  char *user_id;    /* (owned) */
  char *name;       /* (owned) */
  gboolean is_over;
  gint64 ended_us;
} Place;

static void
place_clear (Place *self)
{
  g_free (self->call_id);
  g_free (self->creator_id);
  g_free (self->state);
  g_free (self->user_id);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
set_gone (const char *what, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND,
               "The %s that it refers to was deleted here", what);
  return FALSE;
}

static gboolean
find_place (const ConfabdImportPass *pass,
            const ConfabdImportParticipant *participant,
            Place *place,
            GError **error)
{
  g_autoptr (GVariant) call = NULL;
  g_autoptr (GVariant) user = NULL;

  place->call_id =
      confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_CALL, participant->call_id, error);
  if (place->call_id == NULL) {
    return FALSE;
  }
  place->user_id =
      confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_USER, participant->user_id, error);
  if (place->user_id == NULL ||
      !confabd_connection_query_one (
          pass->connection, "SELECT creator_id, state, ended_at FROM calls WHERE id = $1",
          g_variant_new ("(s)", place->call_id), "(ssmx)", &call, error) ||
      !confabd_connection_query_one (pass->connection,
                                     "SELECT display_name FROM users WHERE id = $1",
                                     g_variant_new ("(s)", place->user_id), "(s)", &user, error)) {
    return FALSE;
  }
  if (call == NULL || user == NULL) {
    return set_gone (call == NULL ? "call" : "user", error);
  }
  g_variant_get (call, "(ssmx)", &place->creator_id, &place->state, &place->is_over,
                 &place->ended_us);
  g_variant_get (user, "(s)", &place->name);
  return TRUE;
}

/* Whose end nobody wrote down left with the call, or at once: they are not in it now. */
static gint64
get_left_us (const ConfabdImportItem *item, const Place *place)
{
  if (item->participant.left_us != CONFABD_IMPORT_NO_TIME) {
    return item->participant.left_us;
  }
  return place->is_over ? MAX (item->at_us, place->ended_us) : item->at_us;
}

static gboolean
stretch_call (const ConfabdImportPass *pass,
              const char *call_id,
              gint64 joined_us,
              gint64 left_us,
              GError **error)
{
  return confabd_import_execute (
      pass,
      "UPDATE calls SET"
      " started_at = CASE WHEN started_at <= $2 THEN started_at ELSE $2 END,"
      " ended_at = CASE WHEN state = 'ended' AND ended_at < $3 THEN $3 ELSE ended_at END"
      " WHERE id = $1 AND state IN ('ended', 'expired')",
      g_variant_new ("(sxx)", call_id, joined_us, left_us), error);
}

/**
 * confabd_import_add_participant:
 *
 * Returns: (transfer full): what the participant is called here
 */
char *
confabd_import_add_participant (const ConfabdImportPass *pass,
                                const ConfabdImportItem *item,
                                GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_auto (Place) place = { NULL };
  const char *role;
  gint64 left_us;

  if (!find_place (pass, &item->participant, &place, error)) {
    return NULL;
  }
  role = g_str_equal (place.creator_id, place.user_id) ? "host" : "speaker";
  left_us = get_left_us (item, &place);
  if (!confabd_import_add_member (pass, place.call_id, place.user_id, role, item->at_us, error) ||
      !confabd_import_execute (
          pass,
          "INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at,"
          " left_at, leave_reason, muted, deafened, on_hold, listen_only)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, 'left', $8, $8, $8, $8)",
          g_variant_new ("(sssssxxb)", id, place.call_id, place.user_id, place.name, role,
                         item->at_us, left_us, FALSE),
          error) ||
      !stretch_call (pass, place.call_id, item->at_us, left_us, error)) {
    return NULL;
  }
  return g_steal_pointer (&id);
}

/**
 * confabd_import_update_participant:
 *
 * Returns: whether it says now when they came and left
 */
gboolean
confabd_import_update_participant (const ConfabdImportPass *pass,
                                   const ConfabdImportItem *item,
                                   const char *id,
                                   GError **error)
{
  g_auto (Place) place = { NULL };
  gint64 left_us;

  if (!find_place (pass, &item->participant, &place, error)) {
    return FALSE;
  }
  left_us = get_left_us (item, &place);
  return confabd_import_execute (
             pass, "UPDATE participants SET joined_at = $2, left_at = $3 WHERE id = $1",
             g_variant_new ("(sxx)", id, item->at_us, left_us), error) &&
         stretch_call (pass, place.call_id, item->at_us, left_us, error);
}

/* ---- quality ---- */

/* Whom the figures are of: the last time that the user came in before them, or at all. */
static gboolean
find_measured (const ConfabdImportPass *pass,
               const char *call_id,
               const char *user_id,
               gint64 at_us,
               char **participant_id,
               GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          pass->connection,
          "SELECT id FROM participants WHERE call_id = $1 AND user_id = $2"
          " ORDER BY CASE WHEN joined_at <= $3 THEN 0 ELSE 1 END, joined_at DESC, id LIMIT 1",
          g_variant_new ("(ssx)", call_id, user_id, at_us), "(s)", &row, error)) {
    return FALSE;
  }
  if (row == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND,
                         "It is of somebody who was not in the call");
    return FALSE;
  }
  g_variant_get (row, "(s)", participant_id);
  return TRUE;
}

/* The figures are of all whom somebody heard. With one other it was that one; with several it stays
 * the measured participant, for all of them. */
static char *
find_peer (const ConfabdImportPass *pass,
           const char *call_id,
           const char *user_id,
           const char *participant_id,
           GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      pass->connection,
      "SELECT user_id, min(id) FROM participants WHERE call_id = $1 AND user_id <> $2"
      " GROUP BY user_id LIMIT 2",
      g_variant_new ("(ss)", call_id, user_id), "(ss)", error);
  char *peer_id = NULL;

  if (rows == NULL) {
    return NULL;
  }
  if (rows->len != 1) {
    return g_strdup (participant_id);
  }
  g_variant_get (g_ptr_array_index (rows, 0), "(&ss)", NULL, &peer_id);
  return peer_id;
}

/* Samples are told apart by their moment: one that is taken moves to the next microsecond. */
static gboolean
insert_sample (const ConfabdImportPass *pass,
               const ConfabdImportItem *item,
               const char *call_id,
               const char *participant_id,
               const char *peer_id,
               GError **error)
{
  const ConfabdImportQuality *q = &item->quality;

  for (guint i = 0; i < MAX_SAME_MOMENT; i++) {
    guint n_changed = 0;

    if (!confabd_connection_execute (
            pass->connection,
            "INSERT INTO quality_samples (call_id, at, participant_id, peer_id, rtt_us, jitter_us,"
            " lost_ppm, bitrate_bps, level_millidbov, mos_millis)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, -127000, $9)"
            " ON CONFLICT (call_id, at, participant_id, peer_id) DO NOTHING",
            g_variant_new ("(sxssmxxxxx)", call_id, item->at_us + i, participant_id, peer_id,
                           q->rtt_us >= 0, q->rtt_us, q->jitter_us, q->lost_ppm, q->bitrate_bps,
                           q->mos_millis),
            &n_changed, error)) {
      return FALSE;
    }
    if (n_changed > 0) {
      return confabd_import_execute (
          pass, "UPDATE calls SET n_quality_samples = n_quality_samples + 1 WHERE id = $1",
          g_variant_new ("(s)", call_id), error);
    }
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                       "Too many figures are of one moment");
  return FALSE;
}

/**
 * confabd_import_add_quality:
 *
 * Returns: (transfer full): the participant of whom the figures are
 */
char *
confabd_import_add_quality (const ConfabdImportPass *pass,
                            const ConfabdImportItem *item,
                            GError **error)
{
  const ConfabdImportQuality *quality = &item->quality;
  g_autofree char *call_id =
      confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_CODE, quality->call_code, error);
  g_autofree char *user_id = NULL;
  g_autofree char *participant_id = NULL;
  g_autofree char *peer_id = NULL;

  if (call_id == NULL) {
    return NULL;
  }
  user_id = confabd_import_find (pass, CONFABD_IMPORT_NAME_OF_USER, quality->user_id, error);
  if (user_id == NULL ||
      !find_measured (pass, call_id, user_id, item->at_us, &participant_id, error)) {
    return NULL;
  }
  peer_id = find_peer (pass, call_id, user_id, participant_id, error);
  return peer_id != NULL && insert_sample (pass, item, call_id, participant_id, peer_id, error)
             ? g_steal_pointer (&participant_id)
             : NULL;
}
