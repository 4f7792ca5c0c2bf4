/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-closer.h"
#include "confab-audio-context.h"

struct _ConfabAudioCloser {
  GMainContext *context; /* (owned) */
  GQueue entries;        /* (element-type Entry) (owned) */
};

typedef struct {
  ConfabAudioCloser *closer; /* (unowned) owns its entries */
  GSource *timer;            /* (owned) */
  gint64 due_mono_us;
  gboolean is_patient;
  GDestroyNotify end;
  gpointer data; /* (owned) */
} Entry;

static void
finish_entry (Entry *entry)
{
  g_queue_remove (&entry->closer->entries, entry);
  confab_audio_context_clear_source (&entry->timer);
  entry->end (entry->data);
  g_free (entry);
}

static gboolean
on_due (gpointer user_data)
{
  finish_entry (user_data);
  return G_SOURCE_REMOVE;
}

ConfabAudioCloser *
confab_audio_closer_new (GMainContext *context)
{
  ConfabAudioCloser *self = g_new0 (ConfabAudioCloser, 1);

  self->context = g_main_context_ref (context);
  g_queue_init (&self->entries);
  return self;
}

void
confab_audio_closer_free (ConfabAudioCloser *self)
{
  confab_audio_closer_flush (self);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * confab_audio_closer_add:
 * @self: the closer
 * @delay_ms: milliseconds until @end
 * @is_patient: whether the delay must pass even when the engine stops
 * @end: lets go of @data
 * @data: (transfer full): what ends
 */
void
confab_audio_closer_add (
    ConfabAudioCloser *self, guint delay_ms, gboolean is_patient, GDestroyNotify end, gpointer data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->closer = self;
  entry->due_mono_us = g_get_monotonic_time () + delay_ms * G_TIME_SPAN_MILLISECOND;
  entry->is_patient = is_patient;
  entry->end = end;
  entry->data = data;
  entry->timer = confab_audio_context_add_timeout (self->context, delay_ms, on_due, entry);
  g_queue_push_tail (&self->entries, entry);
}

/**
 * confab_audio_closer_flush:
 * @self: the closer
 *
 * Ends everything now; blocks for what must not end early.
 */
void
confab_audio_closer_flush (ConfabAudioCloser *self)
{
  Entry *entry = NULL;

  while ((entry = g_queue_peek_head (&self->entries)) != NULL) {
    gint64 remaining_us = entry->due_mono_us - g_get_monotonic_time ();

    if (entry->is_patient && remaining_us > 0)
      g_usleep ((gulong) remaining_us);
    finish_entry (entry);
  }
}
