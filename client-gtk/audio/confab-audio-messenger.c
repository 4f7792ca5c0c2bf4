/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-messenger"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-messenger.h"

/* Counted atomically: whoever speaks in another thread holds it, and so does what is on its way. */
struct _ConfabAudioMessenger {
  GMainContext *context; /* (owned) */
  ConfabAudioGate *gate; /* (owned) */
  ConfabAudioMessengerEvents events;
  gpointer user_data; /* (unowned) used in the engine's context, before the gate is closed */
};

/* One of them is there. */
typedef struct {
  ConfabAudioMessenger *messenger; /* (owned) */
  ConfabSignal *signal;            /* (owned) (nullable) */
  GError *error;                   /* (owned) (nullable) */
  char *ours;                      /* (owned) (nullable) */
  char *theirs;                    /* (owned) (nullable) */
} Message;

static void
free_message (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->signal, confab_signal_unref);
  g_clear_error (&message->error);
  g_free (message->ours);
  g_free (message->theirs);
  confab_audio_messenger_unref (message->messenger);
  g_free (message);
}

static gboolean
deliver (gpointer data)
{
  Message *message = data;
  ConfabAudioMessenger *self = message->messenger;

  if (confab_audio_gate_is_closed (self->gate))
    return G_SOURCE_REMOVE;
  if (message->signal != NULL)
    self->events.send (message->signal, self->user_data);
  else if (message->error != NULL)
    self->events.failed (message->error, self->user_data);
  else
    self->events.verified (message->ours, message->theirs, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
post (ConfabAudioMessenger *self, const Message *content)
{
  Message *message = g_memdup2 (content, sizeof *content);

  message->messenger = confab_audio_messenger_ref (self);
  confab_audio_context_post (self->context, deliver, message, free_message);
}

/**
 * confab_audio_messenger_send:
 * @self: the messenger
 * @signal: (transfer full): for the other side
 */
void
confab_audio_messenger_send (ConfabAudioMessenger *self, ConfabSignal *signal)
{
  post (self, &(Message){ .signal = signal });
}

/**
 * confab_audio_messenger_fail:
 * @self: the messenger
 * @code: of the error
 * @format: a sentence, as of printf ()
 * @...: for @format
 *
 * The connection comes to nothing, or came to its end.
 */
void
confab_audio_messenger_fail (ConfabAudioMessenger *self, ConfabError code, const char *format, ...)
{
  GError *error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (CONFAB_ERROR, (gint) code, format, args);
  va_end (args);
  post (self, &(Message){ .error = error });
}

/**
 * confab_audio_messenger_verify:
 * @self: the messenger
 * @ours: (nullable): the fingerprint of the certificate that we showed
 * @theirs: of the one that we saw, which is the announced one
 */
void
confab_audio_messenger_verify (ConfabAudioMessenger *self, const char *ours, const char *theirs)
{
  post (self, &(Message){ .ours = g_strdup (ours), .theirs = g_strdup (theirs) });
}

/* ---- life ---- */

/**
 * confab_audio_messenger_new:
 * @context: where @events are called
 * @gate: (transfer none): of the connection
 * @events: what happens
 * @user_data: for @events; lives until @gate is closed
 *
 * Returns: (transfer full): the messenger
 */
ConfabAudioMessenger *
confab_audio_messenger_new (GMainContext *context,
                            ConfabAudioGate *gate,
                            const ConfabAudioMessengerEvents *events,
                            gpointer user_data)
{
  ConfabAudioMessenger *self = g_atomic_rc_box_new0 (ConfabAudioMessenger);

  self->context = g_main_context_ref (context);
  self->gate = confab_audio_gate_ref (gate);
  self->events = *events;
  self->user_data = user_data;
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioMessenger *self = data;

  g_main_context_unref (self->context);
  confab_audio_gate_unref (self->gate);
}

ConfabAudioMessenger *
confab_audio_messenger_ref (ConfabAudioMessenger *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_messenger_unref (ConfabAudioMessenger *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
