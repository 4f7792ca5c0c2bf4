/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-told-level"

#include "confab-audio-told-level.h"

#include "confab-audio-level.h"

#define FALL          0.15  /* of the way in a packet: as the meter of what is decoded */
#define SPEAKING_DBOV (-45) /* as there */
#define HANG_OVER_MS  300   /* as there: the pauses between words */
#define SILENT_MS     1000  /* two comfort frames did not come */
#define LEVEL_BITS    0x7f  /* the rest says whether it is a voice, in the sender's opinion */

static gint
to_ms (gint64 now_us)
{
  return (gint) (guint) (now_us / G_TIME_SPAN_MILLISECOND);
}

static guint
get_age_ms (gint now_ms, gint then_ms)
{
  return (guint) now_ms - (guint) then_ms;
}

/**
 * confab_audio_told_level_init:
 *
 * Nothing was told yet.
 */
void
confab_audio_told_level_init (ConfabAudioToldLevel *self)
{
  *self = (ConfabAudioToldLevel){ .centi_dbov = (gint) (100 * CONFAB_AUDIO_LEVEL_MIN_DBOV) };
}

/**
 * confab_audio_told_level_tell:
 * @byte: what a packet says: 7 bits of -dBov, so that no value is out of range
 * @now_us: monotonic time
 *
 * One thread at a time. Rises at once and falls slowly. Whether it is speech is decided here, by
 * the same threshold as for everybody else: what a sender calls a voice differs.
 *
 * Source: RFC 6464, section 3.
 */
void
confab_audio_told_level_tell (ConfabAudioToldLevel *self, guint8 byte, gint64 now_us)
{
  gint dbov = -(gint) (byte & LEVEL_BITS);
  gint before = g_atomic_int_get (&self->centi_dbov);
  gint after = 100 * dbov;

  if (after < before && g_atomic_int_get (&self->is_told))
    after = before + (gint) (FALL * (after - before));
  g_atomic_int_set (&self->centi_dbov, after);
  g_atomic_int_set (&self->told_ms, to_ms (now_us));
  if (dbov > SPEAKING_DBOV) {
    g_atomic_int_set (&self->spoke_ms, to_ms (now_us));
    g_atomic_int_set (&self->has_spoken, TRUE);
  }
  g_atomic_int_set (&self->is_told, TRUE);
}

/**
 * confab_audio_told_level_get:
 * @now_us: monotonic time
 * @dbov: (out): the level, -127 to 0; silence when no packet comes any more
 * @is_speaking: (out): whether it has been louder than -45 dBov within the last 300 ms
 *
 * Any thread.
 *
 * Returns: whether a level was ever told; else nothing is set
 */
gboolean
confab_audio_told_level_get (ConfabAudioToldLevel *self,
                             gint64 now_us,
                             double *dbov,
                             gboolean *is_speaking)
{
  gint now_ms = to_ms (now_us);

  if (!g_atomic_int_get (&self->is_told))
    return FALSE;
  *dbov = get_age_ms (now_ms, g_atomic_int_get (&self->told_ms)) > SILENT_MS
              ? CONFAB_AUDIO_LEVEL_MIN_DBOV
              : g_atomic_int_get (&self->centi_dbov) / 100.0;
  *is_speaking = g_atomic_int_get (&self->has_spoken) &&
                 get_age_ms (now_ms, g_atomic_int_get (&self->spoke_ms)) < HANG_OVER_MS;
  return TRUE;
}
