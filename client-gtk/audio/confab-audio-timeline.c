/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-timeline"

#include "confab-audio-timeline.h"

#include <string.h>

#include "confab-audio-format.h"

#define REBASE_SAMPLES (2 * CONFAB_AUDIO_RATE) /* a clock that jumps so far is another one */
#define GRID_SAMPLES   CONFAB_AUDIO_MIN_FRAME_SAMPLES

/* The one with that id becomes the first; one that is not known takes the place of the oldest. */
static void
choose_stream (ConfabAudioTimeline *self, guint32 id)
{
  guint last = 0;

  while (last + 1 < CONFAB_AUDIO_TIMELINE_STREAMS &&
         !(self->streams[last].is_known && self->streams[last].id == id))
    last++;
  if (last > 0) {
    ConfabAudioTimeline before = *self;

    self->streams[0] = before.streams[last];
    memcpy (&self->streams[1], &before.streams[0], last * sizeof *self->streams);
  }
  if (self->streams[0].id != id)
    self->streams[0].is_known = FALSE;
  self->streams[0].id = id;
}

/**
 * confab_audio_timeline_place:
 * @self: the time line
 * @stream: changes when @rtp_time begins anew
 * @rtp_time: as sent, samples at 48 kHz, wraps
 * @arrival: when the packet came, in samples of the time line, 0 or more
 *
 * The first packet of a stream belongs where it came, on a grid of 2.5 ms; the others where their
 * time stamps say, unless that is seconds away.
 *
 * Returns: where its sound begins
 */
gint64
confab_audio_timeline_place (ConfabAudioTimeline *self,
                             guint32 stream,
                             guint32 rtp_time,
                             gint64 arrival)
{
  gint64 position = 0;

  choose_stream (self, stream);
  position = self->streams[0].base_position + (gint32) (rtp_time - self->streams[0].base_rtp);
  if (self->streams[0].is_known && ABS (position - arrival) <= REBASE_SAMPLES)
    return position;
  self->streams[0].is_known = TRUE;
  self->streams[0].base_rtp = rtp_time;
  self->streams[0].base_position = arrival / GRID_SAMPLES * GRID_SAMPLES;
  return self->streams[0].base_position;
}
