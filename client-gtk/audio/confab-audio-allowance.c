/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-allowance"

#include "confab-audio-allowance.h"

/**
 * confab_audio_allowance_init:
 * @burst: how often at once
 * @refill_us: how long until once more
 * @now_us: of any monotonic clock
 */
void
confab_audio_allowance_init (ConfabAudioAllowance *self,
                             guint burst,
                             gint64 refill_us,
                             gint64 now_us)
{
  *self = (ConfabAudioAllowance){ burst, refill_us, burst, now_us };
}

/**
 * confab_audio_allowance_take:
 * @now_us: of the same clock
 *
 * Returns: whether it may be done; then it counts as done
 */
gboolean
confab_audio_allowance_take (ConfabAudioAllowance *self, gint64 now_us)
{
  self->left += (double) (now_us - self->counted_us) / (double) self->refill_us;
  self->left = MIN (self->left, self->burst);
  self->counted_us = now_us;
  if (self->left < 1)
    return FALSE;
  self->left -= 1;
  return TRUE;
}
