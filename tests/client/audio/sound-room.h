/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine-private.h"

G_BEGIN_DECLS

/* Several engines in one process, with the signaling between them done by hand. */
typedef struct _SoundRoom SoundRoom;

typedef struct {
  SoundRoom *room;           /* (unowned) owns its people */
  char *id;                  /* (owned) */
  ConfabAudioEngine *engine; /* (owned) */
  char *recording;           /* (owned) path */
  double tone_hz;
  GHashTable *states;   /* (element-type utf8 utf8) (owned) of each peer */
  GHashTable *errors;   /* (element-type utf8 GError) (owned) of each peer that failed */
  GPtrArray *state_log; /* (element-type utf8) (owned) "peer state" in their order */
  GPtrArray *codes;     /* (element-type utf8) (owned) "peer code" in their order */
  GHashTable *heard;    /* (element-type utf8) (owned) peers whose first sample came */
  GError *problem;      /* (owned) (nullable) the last of the devices */
  guint n_problems;
  guint n_recovered;
  guint n_sources_ended;
  gint64 recording_mono_us; /* when the recording began */
} Person;

/* What becomes of a signal on its way: (transfer full), NULL to lose it. */
typedef ConfabSignal *(*SoundRoomMangler) (const char *from,
                                           const char *to,
                                           ConfabSignal *signal,
                                           gpointer user_data);

SoundRoom *sound_room_new (void);
/* Stops everybody and asserts that each engine is gone. */
void sound_room_free (SoundRoom *self);
const char *sound_room_get_folder (SoundRoom *self);
void sound_room_set_timing (SoundRoom *self, const ConfabAudioTiming *timing);
void sound_room_set_mangler (SoundRoom *self, SoundRoomMangler mangler, gpointer user_data);

/* An engine with nothing set yet. */
Person *sound_room_add (SoundRoom *self, const char *id);
/* One that says a tone, records what it hears on a sink that nobody hears, and runs. */
Person *sound_room_enter (SoundRoom *self, const char *id, double tone_hz);
void sound_room_remove (SoundRoom *self, Person *person);
char *sound_room_write_tone (SoundRoom *self, double hz, guint seconds);

void sound_room_connect (Person *a, Person *b);
void sound_room_disconnect (Person *a, Person *b);
void sound_room_deliver (Person *to, const char *from, ConfabSignal *signal);
gboolean sound_room_are_heard (Person *a, Person *b);

/* The main loop runs until the expression is true, or the test fails. */
#define RUN_UNTIL(expression, deadline_s)                                                      \
  G_STMT_START                                                                                 \
  {                                                                                            \
    gint64 run_until_end = g_get_monotonic_time () + (deadline_s) *G_TIME_SPAN_SECOND;         \
    while (!(expression)) {                                                                    \
      if (g_get_monotonic_time () > run_until_end)                                             \
        g_error ("%s:%d: not within %d s: %s", __FILE__, __LINE__, (deadline_s), #expression); \
      sound_room_iterate ();                                                                   \
    }                                                                                          \
  }                                                                                            \
  G_STMT_END
void sound_room_iterate (void);
void sound_room_run_ms (guint ms);

/* Amplitude of a tone, 0..1, in samples; and the longest time without it, looked at in steps of
 * 10 ms with windows of 20 ms. */
double tone_amplitude (const gint16 *samples, gsize n_samples, double hz);
guint tone_longest_gap_ms (const gint16 *samples, gsize n_samples, double hz, double threshold);
/* How far a recording is, in wall-clock time: good enough to leave the beginning out. */
gsize sound_room_get_recorded_samples (Person *person);
/* How often a test is to do its worst: CONFAB_TORTURE of tests/bench/torture.py, for a machine that
 * does nothing else, or a number that suits any machine. */
guint sound_room_get_torture (guint otherwise);
/* Ends the recording and asserts that a tone has no gap in most of the rounds, which begin and end
 * at marks of sound_room_get_recorded_samples (). A stall of a busy machine spoils some of them; a
 * gap that belongs to what a round does spoils all. Under torture each gap needs its stall. */
void sound_room_assert_no_gap (Person *person, double hz, const gsize *marks, guint n_rounds);
/* Ends the recording and loads it. */
GBytes *sound_room_take_recording (Person *person);

G_END_DECLS
