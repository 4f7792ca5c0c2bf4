/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How loud somebody says to be, packet by packet (RFC 6464). Told by the network's threads, read by
 * any. */
typedef struct {
  /*< private >*/
  gint centi_dbov; /* (atomic) */
  gint told_ms;    /* (atomic) of the last packet; wraps */
  gint spoke_ms;   /* (atomic) of the last one that was speech; wraps */
  gint has_spoken; /* (atomic) */
  gint is_told;    /* (atomic) ever */
} ConfabAudioToldLevel;

void confab_audio_told_level_init (ConfabAudioToldLevel *self);
void confab_audio_told_level_tell (ConfabAudioToldLevel *self, guint8 byte, gint64 now_us);
gboolean confab_audio_told_level_get (ConfabAudioToldLevel *self,
                                      gint64 now_us,
                                      double *dbov,
                                      gboolean *is_speaking);

G_END_DECLS
