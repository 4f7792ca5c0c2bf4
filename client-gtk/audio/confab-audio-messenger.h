/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-gate.h"
#include "confab-error.h"
#include "confab-signal.h"

G_BEGIN_DECLS

/* Carries what becomes of a connection from webrtcbin's threads to the engine's context, in its
 * order, as long as the gate was not closed. */
typedef struct _ConfabAudioMessenger ConfabAudioMessenger;

typedef struct {
  /* All in the engine's context, none once the gate is closed. */
  void (*send) (ConfabSignal *signal, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
  /* The certificates of both ends of DTLS; theirs is the announced one. */
  void (*verified) (const char *ours, const char *theirs, gpointer user_data);
} ConfabAudioMessengerEvents;

ConfabAudioMessenger *confab_audio_messenger_new (GMainContext *context,
                                                  ConfabAudioGate *gate,
                                                  const ConfabAudioMessengerEvents *events,
                                                  gpointer user_data);
ConfabAudioMessenger *confab_audio_messenger_ref (ConfabAudioMessenger *self);
void confab_audio_messenger_unref (ConfabAudioMessenger *self);

/* Any thread. */
void confab_audio_messenger_send (ConfabAudioMessenger *self, ConfabSignal *signal);
void confab_audio_messenger_fail (ConfabAudioMessenger *self,
                                  ConfabError code,
                                  const char *format,
                                  ...) G_GNUC_PRINTF (3, 4);
void confab_audio_messenger_verify (ConfabAudioMessenger *self,
                                    const char *ours,
                                    const char *theirs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioMessenger, confab_audio_messenger_unref)

G_END_DECLS
