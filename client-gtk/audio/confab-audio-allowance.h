/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often somebody else may have us do something: some times at once, and one more every now and
 * then. Not locked. */
typedef struct {
  /*< private >*/
  guint burst;
  gint64 refill_us;
  double left;
  gint64 counted_us; /* when that was so */
} ConfabAudioAllowance;

void confab_audio_allowance_init (ConfabAudioAllowance *self,
                                  guint burst,
                                  gint64 refill_us,
                                  gint64 now_us);
gboolean confab_audio_allowance_take (ConfabAudioAllowance *self, gint64 now_us);

G_END_DECLS
