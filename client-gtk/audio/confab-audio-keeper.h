/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-device-list.h"

G_BEGIN_DECLS

/* Keeps one half of the device pipeline on its device: opens it, says in words what is wrong, has a
 * substitute stand in, and tries again. */
typedef struct _ConfabAudioKeeper ConfabAudioKeeper;

/* The half, as its keeper sees it. All in the engine's context. */
typedef struct {
  const char *name; /* "microphone", "speaker" */
  gboolean is_input;
  void (*open) (const char *device, gpointer user_data);
  void (*open_substitute) (gpointer user_data); /* silence, or a speaker that nobody hears */
  void (*close) (gpointer user_data);           /* either */
  gboolean (*is_flowing) (gpointer user_data);  /* since it was asked last */
} ConfabAudioHalf;

/* A problem is said once, and so is its end, which may come with another device. Called from within
 * the keeper, which is not to be started or stopped there. */
typedef struct {
  void (*problem) (const GError *error, gpointer user_data);
  void (*recovered) (gpointer user_data);
  gpointer user_data;
} ConfabAudioKeeperEvents;

ConfabAudioKeeper *confab_audio_keeper_new (GMainContext *context,
                                            const ConfabAudioHalf *half,
                                            gpointer half_data,
                                            const ConfabAudioKeeperEvents *events);
void confab_audio_keeper_free (ConfabAudioKeeper *self);
void confab_audio_keeper_start (ConfabAudioKeeper *self, const char *device);
void confab_audio_keeper_stop (ConfabAudioKeeper *self);
void confab_audio_keeper_reopen (ConfabAudioKeeper *self);
void confab_audio_keeper_take_error (ConfabAudioKeeper *self, const GError *cause);
gboolean confab_audio_keeper_has_device (ConfabAudioKeeper *self);
void confab_audio_keeper_recover (ConfabAudioKeeper *self);
void confab_audio_keeper_forget_problem (ConfabAudioKeeper *self);
gboolean confab_audio_keeper_has_problem (ConfabAudioKeeper *self);

G_END_DECLS
