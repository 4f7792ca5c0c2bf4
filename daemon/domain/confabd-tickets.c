/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-tickets"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-tickets.h"

#define MAX_TICKETS          65536 /* some 15 MB: everybody of a large server reconnecting at once */
#define MAX_TICKETS_PER_USER 20    /* not redeemed: 5 sockets a user, each trying a few times */
#define LIFETIME_US          (CONFABD_TICKETS_LIFETIME_S * G_TIME_SPAN_SECOND)
#define MEMORY_US            (60 * G_TIME_SPAN_SECOND) /* so that “expired” can be told from “unknown” */

typedef struct {
  char *text;                  /* (owned) */
  ConfabdPrincipal *principal; /* (owned) */
  GSocketFamily family;
  gint64 expires_mono_us;
  gboolean is_used;
} Ticket;

static void
ticket_free (Ticket *self)
{
  g_free (self->text);
  confabd_principal_unref (self->principal);
  g_free (self);
}

/**
 * ConfabdTickets:
 *
 * What one opens a socket with: a ticket is good once, for seconds, for one user coming from one
 * kind of address, so that nobody has any use for what a proxy logged.
 *
 * Kept in memory only; after a restart one gets a new one. Both tables are bounded.
 */
struct _ConfabdTickets {
  GObject parent_instance;

  ConfabClock *clock;  /* (owned) */
  GHashTable *tickets; /* (element-type utf8 Ticket) (owned) the key is the ticket's */
  GHashTable *counts;  /* (element-type utf8 guint) (owned) user id to tickets not redeemed */
  GQueue by_age;       /* (element-type Ticket) (unowned) the oldest first: all live equally long */
};

G_DEFINE_FINAL_TYPE (ConfabdTickets, confabd_tickets, G_TYPE_OBJECT)

static void
count (ConfabdTickets *self, ConfabdPrincipal *principal, int difference)
{
  const char *id = confab_user_get_id (confabd_principal_get_user (principal));
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->counts, id)) + difference;

  if (n > 0) {
    g_hash_table_replace (self->counts, g_strdup (id), GINT_TO_POINTER (n));
  } else {
    g_hash_table_remove (self->counts, id);
  }
}

static void
forget (ConfabdTickets *self, Ticket *oldest)
{
  g_queue_pop_head (&self->by_age);
  if (!oldest->is_used) {
    count (self, oldest->principal, -1);
  }
  g_hash_table_remove (self->tickets, oldest->text);
}

static void
forget_old (ConfabdTickets *self)
{
  gint64 until_us = confab_clock_get_mono_us (self->clock) - MEMORY_US;
  Ticket *oldest;

  while ((oldest = g_queue_peek_head (&self->by_age)) != NULL &&
         oldest->expires_mono_us <= until_us) {
    forget (self, oldest);
  }
}

static void
confabd_tickets_finalize (GObject *object)
{
  ConfabdTickets *self = CONFABD_TICKETS (object);

  g_queue_clear (&self->by_age);
  g_clear_pointer (&self->tickets, g_hash_table_unref);
  g_clear_pointer (&self->counts, g_hash_table_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_tickets_parent_class)->finalize (object);
}

static void
confabd_tickets_class_init (ConfabdTicketsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_tickets_finalize;
}

static void
confabd_tickets_init (ConfabdTickets *self)
{
  self->tickets =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) ticket_free);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->by_age);
}

/**
 * confabd_tickets_new:
 * @clock: the time of tickets
 *
 * Returns: (transfer full): no tickets yet
 */
ConfabdTickets *
confabd_tickets_new (ConfabClock *clock)
{
  ConfabdTickets *self = NULL;

  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  self = g_object_new (CONFABD_TYPE_TICKETS, NULL);
  self->clock = g_object_ref (clock);
  return self;
}

/* In a crush, knowing why an old ticket is void matters less than a new one. */
static void
make_room (ConfabdTickets *self)
{
  gint64 now_us = confab_clock_get_mono_us (self->clock);
  Ticket *oldest = g_queue_peek_head (&self->by_age);

  if (g_hash_table_size (self->tickets) >= MAX_TICKETS &&
      (oldest->is_used || oldest->expires_mono_us <= now_us)) {
    forget (self, oldest);
  }
}

static gboolean
check_room (ConfabdTickets *self, ConfabdPrincipal *principal, GError **error)
{
  ConfabUser *user = confabd_principal_get_user (principal);
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->counts, confab_user_get_id (user)));

  make_room (self);
  if (n >= MAX_TICKETS_PER_USER || g_hash_table_size (self->tickets) >= MAX_TICKETS) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY,
                         "Too many tickets; wait a minute");
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_tickets_issue:
 * @principal: who gets it
 * @family: the family of the address that they ask from, and will come from
 * @expires_at: (out) (optional) (transfer full): until when it is good
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_TOO_MANY when their user, or everybody together, took too many of late.
 *
 * Returns: (transfer full): a ticket, 26 ASCII characters
 */
char *
confabd_tickets_issue (ConfabdTickets *self,
                       ConfabdPrincipal *principal,
                       GSocketFamily family,
                       GDateTime **expires_at,
                       GError **error)
{
  Ticket *ticket = NULL;

  g_return_val_if_fail (CONFABD_IS_TICKETS (self), NULL);
  g_return_val_if_fail (principal != NULL, NULL);

  forget_old (self);
  if (!check_room (self, principal, error)) {
    return NULL;
  }

  ticket = g_new0 (Ticket, 1);
  ticket->text = confab_secret_new ();
  ticket->principal = confabd_principal_ref (principal);
  ticket->family = family;
  ticket->expires_mono_us = confab_clock_get_mono_us (self->clock) + LIFETIME_US;
  g_hash_table_insert (self->tickets, ticket->text, ticket);
  g_queue_push_tail (&self->by_age, ticket);
  count (self, principal, 1);

  if (expires_at != NULL) {
    g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

    *expires_at = g_date_time_add (now, LIFETIME_US);
  }
  return g_strdup (ticket->text);
}

/**
 * confabd_tickets_redeem:
 * @ticket: (nullable): what a stranger sent
 * @family: the family of the address that they come from
 * @error: return location for a #GError
 *
 * Takes a ticket. Shown from the wrong kind of address it is void as well: it is in wrong hands.
 *
 * Fails with %CONFAB_ERROR_TICKET_USED, %CONFAB_ERROR_TICKET_EXPIRED, and
 * %CONFAB_ERROR_NOT_AUTHENTICATED for anything else.
 *
 * Returns: (transfer full): whose it was
 */
ConfabdPrincipal *
confabd_tickets_redeem (ConfabdTickets *self,
                        const char *ticket,
                        GSocketFamily family,
                        GError **error)
{
  Ticket *found = NULL;

  g_return_val_if_fail (CONFABD_IS_TICKETS (self), NULL);

  forget_old (self);
  found = ticket != NULL ? g_hash_table_lookup (self->tickets, ticket) : NULL;
  if (found == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "The ticket is not one of ours");
    return NULL;
  }
  if (found->is_used) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TICKET_USED,
                         "The ticket has been used already");
    return NULL;
  }
  if (found->expires_mono_us <= confab_clock_get_mono_us (self->clock)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TICKET_EXPIRED,
                         "The ticket has expired");
    return NULL;
  }
  found->is_used = TRUE;
  count (self, found->principal, -1);
  if (found->family != family) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "The ticket was made for another address");
    return NULL;
  }
  return confabd_principal_ref (found->principal);
}

/**
 * confabd_tickets_revoke:
 * @id: of a session or an API key that was revoked
 *
 * Its tickets are void from now on.
 */
void
confabd_tickets_revoke (ConfabdTickets *self, const char *id)
{
  g_return_if_fail (CONFABD_IS_TICKETS (self));

  for (GList *l = self->by_age.head; l != NULL; l = l->next) {
    Ticket *ticket = l->data;

    if (!ticket->is_used && g_strcmp0 (confabd_principal_get_id (ticket->principal), id) == 0) {
      ticket->is_used = TRUE;
      count (self, ticket->principal, -1);
    }
  }
}
