/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A PulseAudio, or a PipeWire if CONFAB_TEST_SOUND_SERVER says so, of the test's own, without
 * hardware, that this process and its children talk to: speakers "speaker" and "feed", and a
 * microphone "mic" that hears what is played into "feed". */
typedef struct _SoundServer SoundServer;

/* Before any thread: it changes the environment. */
SoundServer *sound_server_new (void);
void sound_server_free (SoundServer *self);
void sound_server_start (SoundServer *self);
/* As a crash does. */
void sound_server_kill (SoundServer *self);
/* It answers nobody, and is there; as before once it goes on. */
void sound_server_freeze (SoundServer *self);
void sound_server_thaw (SoundServer *self);

void sound_server_plug_microphone (SoundServer *self);
void sound_server_unplug_microphone (SoundServer *self);
void sound_server_plug_speaker (SoundServer *self, const char *name);
void sound_server_unplug_speaker (SoundServer *self, const char *name);

/* Plays a WAV into a speaker, until the subprocess is killed or the file ends. */
GSubprocess *sound_server_play (SoundServer *self, const char *speaker, const char *path);
/* Of monitors too: how many programs have a microphone open, as the desktop's indicator counts. */
guint sound_server_count_recordings (SoundServer *self);
/* Another one that hears the same as “mic”. */
void sound_server_plug_second_microphone (SoundServer *self, const char *name);
/* What comes out of a speaker now: 48 kHz mono 16 bit. */
GBytes *sound_server_listen (SoundServer *self, const char *speaker, guint ms);

G_END_DECLS
