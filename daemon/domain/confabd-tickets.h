/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-principal.h"

G_BEGIN_DECLS

#define CONFABD_TICKETS_LIFETIME_S 20 /* hello must follow at once; the contract allows 30 */

#define CONFABD_TYPE_TICKETS (confabd_tickets_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdTickets, confabd_tickets, CONFABD, TICKETS, GObject)

ConfabdTickets *confabd_tickets_new (ConfabClock *clock);

char *confabd_tickets_issue (ConfabdTickets *self,
                             ConfabdPrincipal *principal,
                             GSocketFamily family,
                             GDateTime **expires_at,
                             GError **error);
ConfabdPrincipal *confabd_tickets_redeem (ConfabdTickets *self,
                                          const char *ticket,
                                          GSocketFamily family,
                                          GError **error);
void confabd_tickets_revoke (ConfabdTickets *self, const char *id);

G_END_DECLS
