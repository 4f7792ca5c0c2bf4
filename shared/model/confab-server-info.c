/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-server-info"

#include "config.h"

#include "confab-server-info.h"

/**
 * ConfabServerInfo:
 *
 * What one has to know of a server before one signs in: who may come in, and how. An immutable
 * value.
 *
 * Since: 0.1
 */
struct _ConfabServerInfo {
  ConfabRegistration registration;
  ConfabGuestAccess guests;
  gboolean has_mail;
};

G_DEFINE_BOXED_TYPE (ConfabServerInfo,
                     confab_server_info,
                     confab_server_info_ref,
                     confab_server_info_unref)

static const char *const registration_names[] = {
  [CONFAB_REGISTRATION_OPEN] = "open",
  [CONFAB_REGISTRATION_INVITE] = "invite",
  [CONFAB_REGISTRATION_CLOSED] = "closed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (registration_names) == CONFAB_N_REGISTRATIONS);

/**
 * confab_registration_from_string:
 * @text: what a server calls it on the wire
 * @registration: (out): which it is
 *
 * Returns: %FALSE when there is none of that name
 * Since: 0.1
 */
gboolean
confab_registration_from_string (const char *text, ConfabRegistration *registration)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (registration != NULL, FALSE);

  for (guint i = 0; i < CONFAB_N_REGISTRATIONS; i++) {
    if (g_str_equal (text, registration_names[i])) {
      *registration = i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_server_info_new:
 * @registration: who may make an account there
 * @guests: what those may do who have none
 * @has_mail: whether it sends letters; without, nobody gets a link for another password by mail
 *
 * Returns: (transfer full): the value
 * Since: 0.1
 */
ConfabServerInfo *
confab_server_info_new (ConfabRegistration registration,
                        ConfabGuestAccess guests,
                        gboolean has_mail)
{
  ConfabServerInfo *self = g_atomic_rc_box_new0 (ConfabServerInfo);

  self->registration = registration;
  self->guests = guests;
  self->has_mail = has_mail;
  return self;
}

/**
 * confab_server_info_ref:
 * @self: a value
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabServerInfo *
confab_server_info_ref (ConfabServerInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_server_info_unref:
 * @self: (transfer full): a value
 *
 * Since: 0.1
 */
void
confab_server_info_unref (ConfabServerInfo *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release (self);
}

/**
 * confab_server_info_get_registration:
 * @self: a value
 *
 * Returns: who may make an account there
 * Since: 0.1
 */
ConfabRegistration
confab_server_info_get_registration (ConfabServerInfo *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_REGISTRATION_CLOSED);

  return self->registration;
}

/**
 * confab_server_info_get_guests:
 * @self: a value
 *
 * Returns: what those may do who have no account
 * Since: 0.1
 */
ConfabGuestAccess
confab_server_info_get_guests (ConfabServerInfo *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_GUEST_ACCESS_NONE);

  return self->guests;
}

/**
 * confab_server_info_has_mail:
 * @self: a value
 *
 * Returns: whether the server sends letters
 * Since: 0.1
 */
gboolean
confab_server_info_has_mail (ConfabServerInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_mail;
}
