/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-delay-mode.h"
#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* One microphone or speaker of the sound server, with a connection and a thread of its own. Nothing
 * in here waits for the server: one that hangs is a stream on which nothing flows. */
typedef struct _ConfabAudioStream ConfabAudioStream;

/* Whoever it is for. Exactly one of take and give is there: it says which way sound goes. */
typedef struct {
  const char *name; /* for logs and drawings */

  /* The stream's thread. Neither may wait. */
  void (*take) (const gint16 *samples, guint n_samples, gpointer user_data); /* at most 20 ms */
  void (*give) (gint16 *samples, guint n_samples, gpointer user_data);       /* at most 10 ms */

  /* The engine's context: it will not flow any more. It may be closed in there. */
  void (*failed) (const GError *cause, gpointer user_data);
} ConfabAudioStreamUser;

ConfabAudioStream *confab_audio_stream_open (const ConfabAudioParts *parts,
                                             const ConfabAudioStreamUser *user,
                                             const char *device,
                                             ConfabAudioDelayMode mode,
                                             gpointer user_data);
void confab_audio_stream_close (ConfabAudioStream *self);

double confab_audio_stream_get_delay_ms (ConfabAudioStream *self);
gint64 confab_audio_stream_get_piece_us (ConfabAudioStream *self);
char *confab_audio_stream_draw (ConfabAudioStream *self);

G_END_DECLS
