/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFAB_AUDIO_TIMELINE_STREAMS 2 /* for a moment one connection replaces another */

/* Where on a time line that counts samples the packets of one person belong. Zeroed, it knows of
 * none. Not locked. */
typedef struct {
  /*< private >*/
  struct {
    gboolean is_known;
    guint32 id;
    guint32 base_rtp;
    gint64 base_position;
  } streams[CONFAB_AUDIO_TIMELINE_STREAMS]; /* the one that came last first */
} ConfabAudioTimeline;

gint64 confab_audio_timeline_place (ConfabAudioTimeline *self,
                                    guint32 stream,
                                    guint32 rtp_time,
                                    gint64 arrival);

G_END_DECLS
