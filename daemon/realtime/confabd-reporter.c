/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-reporter"

#include "config.h"

#include "confab-error.h"
#include "confab-wire-model.h"
#include "confabd-reporter.h"

static gboolean
check_pause (ConfabdReporter *self, gint64 now_mono_us, GError **error)
{
  if (now_mono_us >= self->next_mono_us) {
    self->next_mono_us = now_mono_us + CONFABD_REPORTER_PAUSE_S * G_USEC_PER_SEC;
    return TRUE;
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY,
               "Between two reports of the quality there are %d seconds", CONFABD_REPORTER_PAUSE_S);
  return FALSE;
}

static gboolean
is_present (ConfabdRoom *room, ConfabParticipant *self, const char *peer_id)
{
  return confabd_room_get_leg (room, peer_id) != NULL &&
         !g_str_equal (peer_id, confab_participant_get_id (self));
}

/* Whose and when is not for the client to say. */
static GPtrArray *
choose (GPtrArray *samples, ConfabdRoom *room, ConfabParticipant *participant, GDateTime *now)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_quality_sample_unref);

  for (guint i = 0; i < samples->len; i++) {
    ConfabQualitySample *sample = g_ptr_array_index (samples, i);

    if (is_present (room, participant, confab_quality_sample_get_peer_id (sample)))
      g_ptr_array_add (chosen, confab_quality_sample_with_origin (
                                   sample, confab_participant_get_id (participant), now));
  }
  return chosen;
}

/**
 * confabd_reporter_take:
 * @self: of one session
 * @parts: of its hub
 * @room: where it is
 * @participant: who it is there
 * @message: a `quality`
 * @error: return location for a #GError
 *
 * Checks a report and has it kept. Fails with %CONFAB_ERROR_BAD_MESSAGE and %CONFAB_ERROR_TOO_MANY,
 * and then keeps nothing; and with %CONFAB_ERROR_NO_SUCH_PARTICIPANT when there are samples of
 * somebody who is not there, as whoever has just left: the others are kept.
 *
 * Returns: whether all of it is kept
 */
gboolean
confabd_reporter_take (ConfabdReporter *self,
                       const ConfabdHubParts *parts,
                       ConfabdRoom *room,
                       ConfabParticipant *participant,
                       ConfabMessage *message,
                       GError **error)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autoptr (GPtrArray) chosen = NULL;
  g_autoptr (GDateTime) now = confab_clock_dup_now (parts->clock);

  if (!check_pause (self, confab_clock_get_mono_us (parts->clock), error))
    return FALSE;
  samples = confab_quality_from_message (message, error);
  if (samples == NULL)
    return FALSE;
  chosen = choose (samples, room, participant, now);
  confabd_quality_take (parts->quality, confab_call_get_id (confabd_room_get_call (room)), chosen);
  if (chosen->len == samples->len)
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_PARTICIPANT,
                       "There are samples of somebody who is not another one in this call");
  return FALSE;
}
