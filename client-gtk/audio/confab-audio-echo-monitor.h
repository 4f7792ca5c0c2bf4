/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-correlator.h"

G_BEGIN_DECLS

/* An echo is found up to 150 ms too early, and 350 ms late. */
#define CONFAB_AUDIO_ECHO_MONITOR_LEAD (15 * CONFAB_AUDIO_CORRELATOR_TICK)

typedef enum {
  CONFAB_AUDIO_ECHO_UNKNOWN,   /* nothing was played for long enough */
  CONFAB_AUDIO_ECHO_NONE,      /* the microphone does not hear the speaker */
  CONFAB_AUDIO_ECHO_CANCELLED, /* it does, and the others do not */
  CONFAB_AUDIO_ECHO_SENT,      /* the others hear themselves */
} ConfabAudioEchoState;

/* How much of what is played is still in what is sent. Only correlation counts: who talks at the
 * same time does not disturb it. Not locked. */
typedef struct {
  /*< private >*/
  ConfabAudioDecimator decimators[3]; /* of played, heard, sent */
  ConfabAudioCorrelatorPast past;
  float late[2][CONFAB_AUDIO_ECHO_MONITOR_LEAD]; /* heard and sent, held back */
  guint late_place;
  ConfabAudioCorrelator heard;
  ConfabAudioCorrelator sent;
  guint hold_ticks; /* how long what was played may still be heard */
  guint n_ticks;    /* so far with something played */
  guint n_echoes;   /* judgements in a row with an echo */
  guint n_sure;     /* ... at the same place */
  guint n_bad;      /* ... with an echo in what is sent */
  guint n_good;     /* ... without */
  guint lag;        /* of the echo, in steps */
  double left_db;
  ConfabAudioEchoState state;
} ConfabAudioEchoMonitor;

void confab_audio_echo_monitor_init (ConfabAudioEchoMonitor *self);
void confab_audio_echo_monitor_forget (ConfabAudioEchoMonitor *self);
gboolean confab_audio_echo_monitor_feed (ConfabAudioEchoMonitor *self,
                                         const gint16 *played,
                                         const gint16 *heard,
                                         const gint16 *sent);
ConfabAudioEchoState confab_audio_echo_monitor_get_state (const ConfabAudioEchoMonitor *self);
gboolean confab_audio_echo_monitor_get_delay (const ConfabAudioEchoMonitor *self, int *samples);
gboolean confab_audio_echo_monitor_has_echo (const ConfabAudioEchoMonitor *self);
gboolean confab_audio_echo_monitor_is_audible (const ConfabAudioEchoMonitor *self);
double confab_audio_echo_monitor_get_left_db (const ConfabAudioEchoMonitor *self);

G_END_DECLS
