/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Generous: machines that test are slow and shared. Nobody waits for it unless something broke. */
#define TEST_DEADLINE_S 30

static inline gboolean
test_on_deadline (gpointer user_data)
{
  g_error ("Nothing happened within %d seconds: %s", TEST_DEADLINE_S, (const char *) user_data);
  return G_SOURCE_REMOVE;
}

/* Runs the default main context until the condition holds. */
#define test_wait_until(condition)                                                        \
  G_STMT_START                                                                            \
  {                                                                                       \
    guint deadline_id =                                                                   \
        g_timeout_add_seconds (TEST_DEADLINE_S, test_on_deadline, (gpointer) #condition); \
    while (!(condition))                                                                  \
      g_main_context_iteration (NULL, TRUE);                                              \
    g_source_remove (deadline_id);                                                        \
  }                                                                                       \
  G_STMT_END

/* Runs what is ready, and what that makes ready. */
static inline void
test_drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static inline void
test_on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

G_END_DECLS
