/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-session.h"

static const char *const kind_names[] = {
  [CONFABD_SESSION_APP] = "app",
  [CONFABD_SESSION_BROWSER] = "browser",
};

static void
session_clear (ConfabdSession *self)
{
  g_free (self->id);
  g_free (self->user_id);
  g_free (self->device_name);
  g_date_time_unref (self->created_at);
  g_date_time_unref (self->last_seen_at);
  g_date_time_unref (self->expires_at);
}

/**
 * confabd_session_new:
 * @fields: what it is to say; copied
 *
 * Returns: (transfer full): the session
 */
ConfabdSession *
confabd_session_new (const ConfabdSession *fields)
{
  ConfabdSession *self = g_atomic_rc_box_new (ConfabdSession);

  *self = *fields;
  self->id = g_strdup (fields->id);
  self->user_id = g_strdup (fields->user_id);
  self->device_name = g_strdup (fields->device_name);
  self->created_at = g_date_time_ref (fields->created_at);
  self->last_seen_at = g_date_time_ref (fields->last_seen_at);
  self->expires_at = g_date_time_ref (fields->expires_at);
  return self;
}

/**
 * confabd_session_ref:
 * @self: a session
 *
 * Returns: (transfer full): @self
 */
ConfabdSession *
confabd_session_ref (ConfabdSession *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * confabd_session_unref:
 * @self: (transfer full): a session
 */
void
confabd_session_unref (ConfabdSession *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) session_clear);
}

/**
 * confabd_session_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the wire and in the store
 */
const char *
confabd_session_kind_to_string (ConfabdSessionKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

/**
 * confabd_session_kind_from_string:
 * @text: (nullable): a name
 * @kind: (out): its kind
 *
 * Returns: %FALSE for a name that is none; @kind is left alone then
 */
gboolean
confabd_session_kind_from_string (const char *text, ConfabdSessionKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++) {
    if (g_strcmp0 (kind_names[i], text) == 0) {
      *kind = (ConfabdSessionKind) i;
      return TRUE;
    }
  }
  return FALSE;
}
