/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include "confab-time.h"
#include "confabd-sessions-private.h"

#define LOOK_S    5 /* how late this daemon learns what another program revoked */
#define MARGIN_US (60 * G_TIME_SPAN_SECOND) /* clocks of several machines, and writes under way */

/* Learns what was revoked before the start, or by somebody else on the same database. */

static gint64
get_now_us (ConfabdSessions *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  return confab_time_to_unix_us (now);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdSessions) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) revoked =
      confabd_store_find_revoked_finish (CONFABD_STORE (object), result, &error);

  if (revoked != NULL) {
    confabd_sessions_note_all_revoked (self, revoked);
    return;
  }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_message ("What others revoked is not known for now: %s", error->message);
    self->looked_at_us = 0; /* all over again */
  }
}

/* Not what is so old that no token of it holds, nor what was found before. */
static ConfabdRevokedQuery
make_query (ConfabdSessions *self, gint64 now_us)
{
  gint64 news_us = self->looked_at_us - MARGIN_US;
  gint64 oldest_us = now_us - CONFABD_SESSIONS_TOKEN_S * G_TIME_SPAN_SECOND;
  gint64 oldest_guests_us = now_us - CONFABD_SESSIONS_KEYLESS_TOKEN_S * G_TIME_SPAN_SECOND;

  return (ConfabdRevokedQuery){ MAX (oldest_us, news_us), MAX (oldest_guests_us, news_us) };
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabdSessions *self = CONFABD_SESSIONS (user_data);
  gint64 now_us = get_now_us (self);
  const ConfabdRevokedQuery query = make_query (self, now_us);

  confabd_store_find_revoked_async (self->store, &query, self->cancellable, on_found,
                                    g_object_ref (self));
  self->looked_at_us = now_us;
  return G_SOURCE_CONTINUE;
}

/**
 * confabd_sessions_start:
 * @error: return location for a #GError
 *
 * Learns what was revoked before, and watches the store from now on. Waits for the disk: for the
 * start only.
 *
 * Returns: whether that is known
 */
gboolean
confabd_sessions_start (ConfabdSessions *self, GError **error)
{
  g_autoptr (GPtrArray) revoked = NULL;
  ConfabdRevokedQuery query;
  gint64 now_us;

  g_return_val_if_fail (CONFABD_IS_SESSIONS (self), FALSE);
  g_return_val_if_fail (self->cancellable == NULL, FALSE);

  now_us = get_now_us (self);
  query = make_query (self, now_us);
  revoked = confabd_store_find_revoked_sync (self->store, &query, error);
  if (revoked == NULL) {
    return FALSE;
  }
  confabd_sessions_note_all_revoked (self, revoked);
  self->looked_at_us = now_us;
  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_add_seconds (LOOK_S, on_timer, self);
  return TRUE;
}

/**
 * confabd_sessions_stop:
 *
 * Stops watching. May be called at any time.
 */
void
confabd_sessions_stop (ConfabdSessions *self)
{
  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
}
