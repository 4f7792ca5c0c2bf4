/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-mixer"

#include "confab-audio-mixer.h"

#include <string.h>

#include "confab-audio-level.h"
#include "confab-audio-limiter.h"
#include "confab-audio-loudness.h"

#define MAX_SLOTS    256 /* the 100 of the largest call, each twice while all are rebuilt */
#define MAX_VOLUME   2.0
#define VOLUME_UNITS 1000 /* atomic integers carry thousandths */

struct _ConfabAudioSlot {
  ConfabAudioJitterBuffer *source; /* (owned) */
  ConfabAudioSlotHeardFunc heard;  /* (nullable) */
  gpointer user_data;
  GDestroyNotify destroy;
  gint volume;     /* (atomic) thousandths */
  gint is_removed; /* (atomic) */
  gint is_audible; /* (atomic) something would click if it went without a fade */
  ConfabAudioLevel level;

  /* the mixing thread's own */
  ConfabAudioLoudness *loudness; /* (owned) */
  float gain;                    /* where the last tick ended */
  gboolean is_heard;
};

struct _ConfabAudioMixer {
  GMutex lock;      /* guards slots alone: held for copying pointers, never while mixing */
  GPtrArray *slots; /* (element-type ConfabAudioSlot) (owned) */
  GMutex tap_lock;  /* held while the tap runs, so that whoever takes it away can wait for it */
  ConfabAudioMixerTapFunc tap;
  gpointer tap_data;
  GDestroyNotify tap_destroy;
  gint is_deafened; /* (atomic) */
  gint is_equal;    /* (atomic) everybody is brought to the same loudness */

  /* the mixing thread's own */
  ConfabAudioLimiter limiter;
  ConfabAudioChime chime;
  float gain; /* 0 when deafened, on the way in between */
};

static void
clear_slot (gpointer data)
{
  ConfabAudioSlot *self = data;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  confab_audio_jitter_buffer_unref (self->source);
  confab_audio_loudness_free (self->loudness);
}

ConfabAudioSlot *
confab_audio_slot_ref (ConfabAudioSlot *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_slot_unref (ConfabAudioSlot *self)
{
  g_atomic_rc_box_release_full (self, clear_slot);
}

/**
 * confab_audio_slot_set_volume:
 * @volume: 0 silent .. 1 as sent .. 2; others are taken as the nearest
 *
 * Any thread. The change is spread over the next tick.
 */
void
confab_audio_slot_set_volume (ConfabAudioSlot *self, double volume)
{
  g_atomic_int_set (&self->volume, (int) (CLAMP (volume, 0, MAX_VOLUME) * VOLUME_UNITS + 0.5));
}

double
confab_audio_slot_get_volume (ConfabAudioSlot *self)
{
  return (double) g_atomic_int_get (&self->volume) / VOLUME_UNITS;
}

/**
 * confab_audio_slot_get_level:
 * @is_speaking: (out) (optional):
 *
 * Any thread.
 *
 * Returns: what the talker sends, -127..0 dBov
 */
double
confab_audio_slot_get_level (ConfabAudioSlot *self, gboolean *is_speaking)
{
  if (is_speaking != NULL)
    *is_speaking = confab_audio_level_get_speaking (&self->level);
  return confab_audio_level_get_dbov (&self->level);
}

/* Adds the slot's next samples to the sum. FALSE: it was removed and has faded, or had nothing to
 * fade. */
static gboolean
mix_slot (ConfabAudioSlot *self, gboolean is_equal, float *sum, guint n_samples, gint64 now_us)
{
  gint16 samples[CONFAB_AUDIO_MAX_TICK_SAMPLES];
  gboolean is_removed = g_atomic_int_get (&self->is_removed);
  gboolean has_sound = confab_audio_jitter_buffer_pull (self->source, samples, n_samples, now_us);
  float volume = is_removed ? 0 : (float) confab_audio_slot_get_volume (self);
  float step;

  if (has_sound && is_equal)
    volume *= confab_audio_loudness_feed (self->loudness, samples, n_samples);
  step = (volume - self->gain) / (float) n_samples;
  confab_audio_level_feed (&self->level, has_sound ? samples : NULL, n_samples);
  for (guint i = 0; has_sound && i < n_samples; i++)
    sum[i] += (float) samples[i] * (self->gain + step * (float) (i + 1));
  self->gain = has_sound ? volume : 0; /* who comes back after silence fades in */
  g_atomic_int_set (&self->is_audible, self->gain > 0);
  if (has_sound && !self->is_heard && !is_removed) {
    self->is_heard = TRUE;
    if (self->heard != NULL)
      self->heard (self, self->user_data);
  }
  return !is_removed;
}

/* Copies the slots of now, so that nobody who adds or removes one waits for a decoder. */
static guint
collect (ConfabAudioMixer *self, ConfabAudioSlot **slots)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint n = MIN (self->slots->len, MAX_SLOTS);

  for (guint i = 0; i < n; i++)
    slots[i] = confab_audio_slot_ref (g_ptr_array_index (self->slots, i));
  return n;
}

static void
drop (ConfabAudioMixer *self, ConfabAudioSlot *slot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_remove (self->slots, slot);
}

static void
run_tap (ConfabAudioMixer *self, const gint16 *samples, guint n_samples)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->tap_lock);

  if (self->tap != NULL)
    self->tap (samples, n_samples, self->tap_data);
}

static void
apply_deafened (ConfabAudioMixer *self, float *sum, guint n_samples)
{
  float gain = g_atomic_int_get (&self->is_deafened) ? 0 : 1;
  float step = (gain - self->gain) / (float) n_samples;

  if (gain == 1 && self->gain == 1)
    return;
  for (guint i = 0; i < n_samples; i++)
    sum[i] *= self->gain + step * (float) (i + 1);
  self->gain = gain;
}

/**
 * confab_audio_mixer_mix:
 * @out: (array length=n_samples) (out caller-allocates): 48 kHz mono
 * @n_samples: 1..960
 * @now_us: monotonic, the clock of the packets' arrival
 *
 * Mixes one tick. Decodes what it needs, waits for nobody but the tap. One thread.
 */
void
confab_audio_mixer_mix (ConfabAudioMixer *self, gint16 *out, guint n_samples, gint64 now_us)
{
  gboolean is_equal = g_atomic_int_get (&self->is_equal);
  ConfabAudioSlot *slots[MAX_SLOTS];
  float sum[CONFAB_AUDIO_MAX_TICK_SAMPLES] = { 0 };
  guint n_slots;

  g_return_if_fail (n_samples > 0 && n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES);

  n_slots = collect (self, slots);
  for (guint i = 0; i < n_slots; i++) {
    if (!mix_slot (slots[i], is_equal, sum, n_samples, now_us))
      drop (self, slots[i]);
    confab_audio_slot_unref (slots[i]);
  }
  apply_deafened (self, sum, n_samples);
  confab_audio_limiter_run (&self->limiter, sum, out, n_samples);
  run_tap (self, out, n_samples);
  confab_audio_chime_add (&self->chime, out, n_samples);
}

/**
 * confab_audio_mixer_ring:
 * @kind: what there is to tell
 *
 * A few notes for this end alone: behind the tap, so that they are in no recording. Not heard while
 * deafened. Any thread.
 */
void
confab_audio_mixer_ring (ConfabAudioMixer *self, ConfabAudioChimeKind kind)
{
  if (!confab_audio_mixer_get_deafened (self))
    confab_audio_chime_ring (&self->chime, kind);
}

/**
 * confab_audio_mixer_add:
 * @source: the talker; keeps a reference
 * @volume: 0..2
 * @heard: (nullable): called once, when @source is first heard
 * @destroy: (nullable): frees @user_data with the slot, in whatever thread lets go of it last
 *
 * Puts a talker into the mix. Any thread.
 *
 * Returns: (transfer full): the slot
 */
ConfabAudioSlot *
confab_audio_mixer_add (ConfabAudioMixer *self,
                        ConfabAudioJitterBuffer *source,
                        double volume,
                        ConfabAudioSlotHeardFunc heard,
                        gpointer user_data,
                        GDestroyNotify destroy)
{
  ConfabAudioSlot *slot = g_atomic_rc_box_new0 (ConfabAudioSlot);
  g_autoptr (GMutexLocker) locker = NULL;

  slot->source = confab_audio_jitter_buffer_ref (source);
  slot->loudness = confab_audio_loudness_new ();
  slot->heard = heard;
  slot->user_data = user_data;
  slot->destroy = destroy;
  confab_audio_slot_set_volume (slot, volume);
  confab_audio_level_init (&slot->level);

  locker = g_mutex_locker_new (&self->lock);
  g_ptr_array_add (self->slots, confab_audio_slot_ref (slot));
  return slot;
}

/**
 * confab_audio_mixer_remove:
 *
 * Takes the slot out: it is faded over the next tick, its heard function is not called any more
 * after that. Any thread.
 */
void
confab_audio_mixer_remove (ConfabAudioMixer *self, ConfabAudioSlot *slot)
{
  g_atomic_int_set (&slot->is_removed, TRUE);
  if (!g_atomic_int_get (&slot->is_audible))
    drop (self, slot);
}

/**
 * confab_audio_mixer_set_tap:
 * @tap: (nullable):
 * @destroy: (nullable): frees @user_data once it is not needed any more
 *
 * Any thread but the mixing one.
 */
void
confab_audio_mixer_set_tap (ConfabAudioMixer *self,
                            ConfabAudioMixerTapFunc tap,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_mutex_lock (&self->tap_lock);
  old_destroy = self->tap_destroy;
  old_data = self->tap_data;
  self->tap = tap;
  self->tap_data = user_data;
  self->tap_destroy = destroy;
  g_mutex_unlock (&self->tap_lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}

/**
 * confab_audio_mixer_set_deafened:
 *
 * Deafened, one hears silence; everything else goes on, so that nothing has to be caught up later.
 * Any thread.
 */
void
confab_audio_mixer_set_deafened (ConfabAudioMixer *self, gboolean is_deafened)
{
  g_atomic_int_set (&self->is_deafened, is_deafened);
}

gboolean
confab_audio_mixer_get_deafened (ConfabAudioMixer *self)
{
  return g_atomic_int_get (&self->is_deafened);
}

/**
 * confab_audio_mixer_set_equal_loudness:
 *
 * Whether each talker is brought to -23 LUFS before the volume that one has chosen for them. Any
 * thread.
 */
void
confab_audio_mixer_set_equal_loudness (ConfabAudioMixer *self, gboolean is_equal)
{
  g_atomic_int_set (&self->is_equal, is_equal);
}

ConfabAudioMixer *
confab_audio_mixer_new (void)
{
  ConfabAudioMixer *self = g_atomic_rc_box_new0 (ConfabAudioMixer);

  g_mutex_init (&self->lock);
  g_mutex_init (&self->tap_lock);
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_audio_slot_unref);
  confab_audio_limiter_init (&self->limiter);
  self->gain = 1;
  self->is_equal = TRUE;
  return self;
}

ConfabAudioMixer *
confab_audio_mixer_ref (ConfabAudioMixer *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_mixer (gpointer data)
{
  ConfabAudioMixer *self = data;

  if (self->tap_destroy != NULL)
    self->tap_destroy (self->tap_data);
  g_ptr_array_unref (self->slots);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->tap_lock);
}

void
confab_audio_mixer_unref (ConfabAudioMixer *self)
{
  g_atomic_rc_box_release_full (self, clear_mixer);
}
