/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-session-info"

#include "config.h"

#include "confab-session-info.h"

/**
 * ConfabSessionInfo:
 *
 * One place where somebody is signed in. Nothing in it lets anybody in. An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabSessionInfo {
  char *id;                /* (owned) */
  char *device_name;       /* (owned) (nullable) */
  GDateTime *created_at;   /* (owned) */
  GDateTime *last_seen_at; /* (owned) */
  gboolean is_trusted;
  gboolean is_current;
};

G_DEFINE_BOXED_TYPE (ConfabSessionInfo,
                     confab_session_info,
                     confab_session_info_ref,
                     confab_session_info_unref)

static void
confab_session_info_clear (ConfabSessionInfo *self)
{
  g_free (self->id);
  g_free (self->device_name);
  g_date_time_unref (self->created_at);
  g_date_time_unref (self->last_seen_at);
}

/**
 * confab_session_info_ref:
 * @self: a session
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabSessionInfo *
confab_session_info_ref (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_session_info_unref:
 * @self: (transfer full): a session
 *
 * Since: 0.1
 */
void
confab_session_info_unref (ConfabSessionInfo *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_session_info_clear);
}

/**
 * confab_session_info_new:
 * @id: the server's identifier
 * @device_name: (nullable): what the device called itself, UTF-8
 * @created_at: when somebody signed in there
 * @last_seen_at: when it was last used
 * @is_trusted: whether it lasts for a month instead of a week
 * @is_current: whether it is the one that asks
 *
 * Returns: (transfer full): the session
 * Since: 0.1
 */
ConfabSessionInfo *
confab_session_info_new (const char *id,
                         const char *device_name,
                         GDateTime *created_at,
                         GDateTime *last_seen_at,
                         gboolean is_trusted,
                         gboolean is_current)
{
  ConfabSessionInfo *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (created_at != NULL, NULL);
  g_return_val_if_fail (last_seen_at != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabSessionInfo);
  self->id = g_strdup (id);
  self->device_name = g_strdup (device_name);
  self->created_at = g_date_time_ref (created_at);
  self->last_seen_at = g_date_time_ref (last_seen_at);
  self->is_trusted = is_trusted;
  self->is_current = is_current;
  return self;
}

/**
 * confab_session_info_get_id:
 * @self: a session
 *
 * Returns: (transfer none): the server’s identifier
 * Since: 0.1
 */
const char *
confab_session_info_get_id (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confab_session_info_get_device_name:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what the device called itself, UTF-8
 * Since: 0.1
 */
const char *
confab_session_info_get_device_name (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->device_name;
}

/**
 * confab_session_info_get_created_at:
 * @self: a session
 *
 * Returns: (transfer none): when somebody signed in there
 * Since: 0.1
 */
GDateTime *
confab_session_info_get_created_at (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->created_at;
}

/**
 * confab_session_info_get_last_seen_at:
 * @self: a session
 *
 * Returns: (transfer none): when it was last used
 * Since: 0.1
 */
GDateTime *
confab_session_info_get_last_seen_at (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->last_seen_at;
}

/**
 * confab_session_info_is_trusted:
 * @self: a session
 *
 * Returns: whether it lasts for a month instead of a week
 * Since: 0.1
 */
gboolean
confab_session_info_is_trusted (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_trusted;
}

/**
 * confab_session_info_is_current:
 * @self: a session
 *
 * Returns: whether it is the one that asks
 * Since: 0.1
 */
gboolean
confab_session_info_is_current (ConfabSessionInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_current;
}
