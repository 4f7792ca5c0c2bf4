/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include <string.h>

#include "confab-audio-player.h"

/* What another thread has asked for. */
typedef enum { PLAYER_GO_ON, PLAYER_HOLD, PLAYER_REWIND } PlayerOrder;

struct _ConfabAudioPlayer {
  GBytes *samples; /* (owned) gint16 */
  gboolean loop;
  gsize position; /* samples */
  gint order;     /* (atomic) PlayerOrder */
};

ConfabAudioPlayer *
confab_audio_player_new (GBytes *samples, gboolean loop)
{
  ConfabAudioPlayer *self = g_new0 (ConfabAudioPlayer, 1);

  self->samples = g_bytes_ref (samples);
  self->loop = loop;
  return self;
}

void
confab_audio_player_free (ConfabAudioPlayer *self)
{
  g_bytes_unref (self->samples);
  g_free (self);
}

/**
 * confab_audio_player_hold:
 * @self: the player
 *
 * Gives silence until it is rewound. Any thread.
 */
void
confab_audio_player_hold (ConfabAudioPlayer *self)
{
  g_atomic_int_set (&self->order, PLAYER_HOLD);
}

/**
 * confab_audio_player_rewind:
 * @self: the player
 *
 * Begins anew with the next read. Any thread.
 */
void
confab_audio_player_rewind (ConfabAudioPlayer *self)
{
  g_atomic_int_set (&self->order, PLAYER_REWIND);
}

/**
 * confab_audio_player_read:
 * @self: the player
 * @out: (out caller-allocates) (array length=n_samples): the next samples, silence after the end
 * @n_samples: how many
 *
 * Returns: %TRUE once: with the samples in which the end was reached and nothing loops
 */
gboolean
confab_audio_player_read (ConfabAudioPlayer *self, gint16 *out, guint n_samples)
{
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (self->samples, &size);
  gsize n_all = size / sizeof (gint16);
  gboolean was_ended = FALSE;

  if (g_atomic_int_get (&self->order) == PLAYER_HOLD) {
    memset (out, 0, n_samples * sizeof *out);
    return FALSE;
  }
  if (g_atomic_int_compare_and_exchange (&self->order, PLAYER_REWIND, PLAYER_GO_ON))
    self->position = 0;
  was_ended = self->position >= n_all;
  for (guint i = 0; i < n_samples; i++) {
    if (self->loop && self->position >= n_all)
      self->position = 0;
    out[i] = self->position < n_all ? samples[self->position++] : 0;
  }
  return !self->loop && !was_ended && self->position >= n_all;
}
