/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-tickets.h"

typedef struct {
  ConfabClock *clock;      /* (owned) */
  ConfabdTickets *tickets; /* (owned) */
  ConfabdPrincipal *ada;   /* (owned) */
} Fixture;

static ConfabdPrincipal *
make_guest (const char *name)
{
  g_autofree char *id = confab_id_new ();
  g_autofree char *session_id = confab_id_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabUser) user = confab_user_new (id, name, CONFAB_USER_ROLE_GUEST, now);

  return confabd_principal_new (CONFABD_PRINCIPAL_GUEST, user, session_id, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);

  self->clock = confab_manual_clock_new (start);
  self->tickets = confabd_tickets_new (self->clock);
  self->ada = make_guest ("Ada");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->tickets);
  g_assert_finalize_object (self->clock);
  confabd_principal_unref (self->ada);
}

static void
advance_s (Fixture *self, guint seconds)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), seconds * G_TIME_SPAN_SECOND);
}

static char *
issue (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  char *ticket =
      confabd_tickets_issue (self->tickets, self->ada, G_SOCKET_FAMILY_IPV4, NULL, &error);

  g_assert_no_error (error);
  return ticket;
}

static void
assert_refused (Fixture *self, const char *ticket, GSocketFamily family, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_tickets_redeem (self->tickets, ticket, family, &error));
  g_assert_error (error, CONFAB_ERROR, code);
}

static void
redeem (Fixture *self, const char *ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal = NULL;

  principal = confabd_tickets_redeem (self->tickets, ticket, G_SOCKET_FAMILY_IPV4, &error);
  g_assert_no_error (error);
  g_assert_true (principal == self->ada);
}

static void
test_once (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GDateTime) soon = g_date_time_new_utc (2026, 11, 21, 12, 0, 20);
  g_autofree char *ticket =
      confabd_tickets_issue (self->tickets, self->ada, G_SOCKET_FAMILY_IPV4, &expires_at, NULL);

  g_assert_true (g_date_time_equal (expires_at, soon));
  advance_s (self, 19);
  redeem (self, ticket);
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_TICKET_USED);
  advance_s (self, 2);
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_TICKET_USED);
}

static void
test_expired (Fixture *self, gconstpointer data)
{
  g_autofree char *ticket = issue (self);

  advance_s (self, 20);
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_TICKET_EXPIRED);
  advance_s (self, 60);
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_NOT_AUTHENTICATED);
}

static void
test_unknown (Fixture *self, gconstpointer data)
{
  assert_refused (self, NULL, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_NOT_AUTHENTICATED);
  assert_refused (self, "", G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_NOT_AUTHENTICATED);
  assert_refused (self, "0123456789abcdefghjkmnpqrs", G_SOCKET_FAMILY_IPV4,
                  CONFAB_ERROR_NOT_AUTHENTICATED);
}

static void
test_family (Fixture *self, gconstpointer data)
{
  g_autofree char *ticket = issue (self);

  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV6, CONFAB_ERROR_NOT_AUTHENTICATED);
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_TICKET_USED);
}

/* Whoever was shut out does not come in by a ticket from before; nobody else is concerned. */
static void
test_revoked (Fixture *self, gconstpointer data)
{
  g_autofree char *ticket = issue (self);
  g_autofree char *other = NULL;
  g_autoptr (ConfabdPrincipal) bob = make_guest ("Bob");
  g_autoptr (ConfabdPrincipal) redeemed = NULL;

  other = confabd_tickets_issue (self->tickets, bob, G_SOCKET_FAMILY_IPV4, NULL, NULL);
  confabd_tickets_revoke (self->tickets, confabd_principal_get_id (self->ada));
  assert_refused (self, ticket, G_SOCKET_FAMILY_IPV4, CONFAB_ERROR_TICKET_USED);
  redeemed = confabd_tickets_redeem (self->tickets, other, G_SOCKET_FAMILY_IPV4, NULL);
  g_assert_true (redeemed == bob);
}

static void
test_bound_user (Fixture *self, gconstpointer data)
{
  g_autofree char *first = issue (self);
  g_autofree char *other = NULL;
  g_autoptr (ConfabdPrincipal) bob = make_guest ("Bob");
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < 20; i++) {
    g_free (issue (self));
  }
  g_assert_null (
      confabd_tickets_issue (self->tickets, self->ada, G_SOCKET_FAMILY_IPV4, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY);
  other = confabd_tickets_issue (self->tickets, bob, G_SOCKET_FAMILY_IPV4, NULL, NULL);
  g_assert_nonnull (other);
  /* What was used makes room at once, what was not after a while. */
  redeem (self, first);
  g_free (issue (self));
  advance_s (self, 80);
  for (guint i = 0; i < 20; i++) {
    g_free (issue (self));
  }
}

static void
test_bound_all (Fixture *self, gconstpointer data)
{
  g_autofree char *last = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 65536; i++) {
    g_autoptr (ConfabdPrincipal) guest = i % 16 == 0 ? make_guest ("Crowd") : NULL;

    if (guest != NULL) {
      confabd_principal_unref (self->ada);
      self->ada = g_steal_pointer (&guest);
    }
    g_free (last);
    last = issue (self);
  }
  confabd_principal_unref (self->ada);
  self->ada = make_guest ("Ada");
  g_assert_null (
      confabd_tickets_issue (self->tickets, self->ada, G_SOCKET_FAMILY_IPV4, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY);
  /* Those that are void give way to new ones. */
  advance_s (self, 20);
  for (guint i = 0; i < 20; i++) {
    g_free (issue (self));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/tickets/once", test_once);
  ADD ("/tickets/expired", test_expired);
  ADD ("/tickets/unknown", test_unknown);
  ADD ("/tickets/family", test_family);
  ADD ("/tickets/revoked", test_revoked);
  ADD ("/tickets/bound/user", test_bound_user);
  ADD ("/tickets/bound/all", test_bound_all);
#undef ADD
  return g_test_run ();
}
