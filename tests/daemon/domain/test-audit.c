/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-audit-chain.h"
#include "confabd-audit.h"
#include "domain-fixture.h"

#define MAX_WAITING 5

typedef struct {
  DomainFixture domain;
  ConfabdAudit *audit; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  domain_set_up (&self->domain, data);
  self->audit = confabd_audit_new (self->domain.store, self->domain.clock, MAX_WAITING);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->audit);
  domain_tear_down (&self->domain, data);
}

static void
write_notes (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++) {
    confabd_audit_write (self->audit, &(ConfabdAuditNote){ .action = CONFABD_AUDIT_LOGIN,
                                                           .user = self->domain.ada,
                                                           .is_success = TRUE });
  }
}

static guint
count_waiting (Fixture *self)
{
  ConfabdAuditFigures figures;

  confabd_audit_get_figures (self->audit, &figures);
  return figures.n_waiting;
}

/* Returns: how many entries there are of an action, in a chain that is whole */
static guint
count (Fixture *self, const char *action)
{
  const ConfabdAuditFilter filter = { NULL, action, G_MAXINT64, 100 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries =
      confabd_store_list_audit_sync (self->domain.database, &filter, &error);
  g_autoptr (ConfabdAuditVerdict) verdict =
      confabd_audit_chain_verify_sync (self->domain.database, &error);

  g_assert_no_error (error);
  g_assert_null (verdict->why);
  return entries->len;
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  const ConfabdAuditFilter filter = { NULL, NULL, G_MAXINT64, 2 };

  write_notes (self, 1);
  confabd_audit_write (self->audit, &(ConfabdAuditNote){ .action = CONFABD_AUDIT_LOGIN_FAILED,
                                                         .actor = "eve",
                                                         .address = "192.0.2.7" });
  test_wait_until (count_waiting (self) == 0);
  entries = confabd_store_list_audit_sync (self->domain.database, &filter, NULL);
  g_assert_cmpstr (((ConfabdAuditEntry *) entries->pdata[0])->actor, ==, "eve");
  g_assert_cmpstr (((ConfabdAuditEntry *) entries->pdata[0])->result, ==, "failure");
  g_assert_cmpstr (((ConfabdAuditEntry *) entries->pdata[1])->actor, ==, "Ada");
}

/* The store is away for a while: what fits is kept in its order, the rest is counted and told. */
static void
test_outage (Fixture *self, gconstpointer data)
{
  ConfabdAuditFigures figures;

  domain_run_sql (&self->domain, "ALTER TABLE audit_entries RENAME TO away");
  g_test_expect_message ("confabd-audit", G_LOG_LEVEL_WARNING, "*later ones are only counted");
  g_test_expect_message ("confabd-audit", G_LOG_LEVEL_WARNING, "*cannot be written*");
  write_notes (self, MAX_WAITING + 3);
  do {
    g_main_context_iteration (NULL, TRUE);
    confabd_audit_get_figures (self->audit, &figures);
  } while (!figures.is_failing);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (figures.n_waiting, ==, MAX_WAITING);
  g_assert_cmpuint (figures.n_lost, ==, 3);

  g_test_expect_message ("confabd-audit", G_LOG_LEVEL_MESSAGE, "*written again*");
  domain_run_sql (&self->domain, "ALTER TABLE away RENAME TO audit_entries");
  test_wait_until (count_waiting (self) == 0);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count (self, "login"), ==, MAX_WAITING);
  g_assert_cmpuint (count (self, "audit-lost"), ==, 1);
}

static gboolean
flush (Fixture *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_audit_flush_async (self->audit, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_audit_flush_finish (self->audit, result, error);
}

/* The end of the daemon, while the store is well and while it is not. */
static void
test_flush (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_notes (self, 3);
  g_assert_true (flush (self, &error));
  g_assert_cmpuint (count (self, "login"), ==, 3);
  domain_run_sql (&self->domain, "ALTER TABLE audit_entries RENAME TO away");
  g_test_expect_message ("confabd-audit", G_LOG_LEVEL_WARNING, "*cannot be written*");
  write_notes (self, 1);
  g_assert_false (flush (self, &error));
  g_assert_cmpstr (error->message, ==, "1 entries of the audit log could not be written");
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/audit/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/audit/outage", Fixture, NULL, set_up, test_outage, tear_down);
  g_test_add ("/audit/flush", Fixture, NULL, set_up, test_flush, tear_down);

  return g_test_run ();
}
