/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-context.h"

/**
 * confab_audio_context_post:
 * @context: the engine's context
 * @func: runs once in @context
 * @data: for @func
 * @destroy: (nullable): frees @data, whether @func ran or not
 *
 * Carries something from a streaming thread to the engine's thread. Posts of one thread arrive in
 * their order.
 *
 * Always a source, never g_main_context_invoke_full (): that one runs @func in the calling thread
 * whenever nobody happens to be iterating @context at that moment.
 */
void
confab_audio_context_post (GMainContext *context,
                           GSourceFunc func,
                           gpointer data,
                           GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}

/**
 * confab_audio_context_add_timeout:
 * @context: the engine's context
 * @interval_ms: milliseconds
 * @func: runs in @context until it returns %G_SOURCE_REMOVE
 * @data: for @func
 *
 * Returns: (transfer full): the timer, for confab_audio_context_clear_source ()
 */
GSource *
confab_audio_context_add_timeout (GMainContext *context,
                                  guint interval_ms,
                                  GSourceFunc func,
                                  gpointer data)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, context);
  return source;
}

/**
 * confab_audio_context_clear_source:
 * @source: (inout) (nullable): a source that may have run already
 *
 * Stops and forgets a source.
 */
void
confab_audio_context_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
