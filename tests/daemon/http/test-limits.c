/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-limits.h"

typedef struct {
  ConfabClock *clock;
  ConfabdConfigLimits figures;
  ConfabdLimits *limits;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer is_desktop)
{
  g_autoptr (GDateTime) start = confab_time_from_unix_us (0);
  g_autoptr (ConfabdConfig) config = confabd_config_new ();

  fixture->clock = confab_manual_clock_new (start);
  fixture->figures = *confabd_config_get_limits (config);
  fixture->limits =
      confabd_limits_new (fixture->clock, &fixture->figures, GPOINTER_TO_INT (is_desktop));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->limits);
  g_assert_finalize_object (fixture->clock);
}

static ConfabdPrincipal *
make_principal (ConfabdPrincipalKind kind, const char *user_id, const char *id)
{
  static const char *const scopes[] = { "calls:read", NULL };
  g_autoptr (GDateTime) now = confab_time_from_unix_us (0);
  g_autoptr (ConfabUser) user = confab_user_new (user_id, "Ada", CONFAB_USER_ROLE_MEMBER, now);

  return confabd_principal_new (kind, user, id, kind == CONFABD_PRINCIPAL_KEY ? scopes : NULL);
}

/* How often somebody gets through at once. */
static guint
count_admitted (Fixture *fixture, ConfabdLimit limit, const ConfabdVisitor *visitor)
{
  ConfabdQuota quota;
  guint n = 0;

  while (n < 2000 && confabd_limits_admit (fixture->limits, limit, visitor, &quota))
    n++;
  if (n < 2000)
    g_assert_cmpuint (quota.retry_after_s, >, 0);
  return n;
}

static const ConfabdVisitor stranger = { .address_key = "192.0.2.1" };
static const ConfabdVisitor neighbour = { .address_key = "192.0.2.2" };
static const ConfabdVisitor loopback = { .address_key = "127.0.0.1", .is_loopback = TRUE };

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabdPrincipal) ada = make_principal (CONFABD_PRINCIPAL_SESSION, "ada", "s1");
  const ConfabdVisitor signed_in = { .address_key = "192.0.2.1", .principal = ada };

  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_LOG_IN, &stranger), ==, 5);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_LOG_IN, &neighbour), ==, 5);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_CREATE_CALL, &signed_in), ==, 10);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_NONE, &stranger), ==, 2000);
}

static void
test_anonymous (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_ANONYMOUS, &stranger), ==, 100);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_GUEST, &stranger), ==, 0);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (fixture->clock), 60 * G_USEC_PER_SEC);
  /* Each row, and the one for everything. */
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_GUEST, &stranger), ==, 30);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_ANONYMOUS, &stranger), ==, 69);
}

/* A user has one budget wherever they are, an API key another. */
static void
test_signed_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabdPrincipal) phone = make_principal (CONFABD_PRINCIPAL_SESSION, "ada", "s1");
  g_autoptr (ConfabdPrincipal) desk = make_principal (CONFABD_PRINCIPAL_SESSION, "ada", "s2");
  g_autoptr (ConfabdPrincipal) key = make_principal (CONFABD_PRINCIPAL_KEY, "ada", "k1");
  g_autoptr (ConfabdPrincipal) bob = make_principal (CONFABD_PRINCIPAL_SESSION, "bob", "s3");
  const ConfabdVisitor visitors[] = {
    { .address_key = "192.0.2.1", .principal = phone },
    { .address_key = "192.0.2.2", .principal = desk },
    { .address_key = "192.0.2.1", .principal = key },
    { .address_key = "192.0.2.1", .principal = bob },
  };
  static const guint expected[] = { 1000, 0, 1000, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (visitors); i++)
    g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_SIGNED_IN, &visitors[i]), ==,
                      expected[i]);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_ANONYMOUS, &stranger), ==, 100);
}

static void
test_quota (Fixture *fixture, gconstpointer data)
{
  ConfabdQuota quota;

  g_assert_true (confabd_limits_admit (fixture->limits, CONFABD_LIMIT_LOG_IN, &stranger, &quota));
  g_assert_cmpuint (quota.amount, ==, 5);
  g_assert_cmpuint (quota.remaining, ==, 4);
  for (guint i = 0; i < 97; i++)
    g_assert_true (
        confabd_limits_admit (fixture->limits, CONFABD_LIMIT_ANONYMOUS, &stranger, &quota));
  g_assert_true (confabd_limits_admit (fixture->limits, CONFABD_LIMIT_LOG_IN, &stranger, &quota));
  g_assert_cmpuint (quota.amount, ==, 100); /* it runs dry first now */
  g_assert_cmpuint (quota.remaining, ==, 1);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  ConfabdQuota quota;

  for (guint i = 0; i < 50; i++) {
    g_assert_true (confabd_limits_admit (fixture->limits, CONFABD_LIMIT_JOIN, &stranger, &quota));
    confabd_limits_note_answer (fixture->limits, CONFABD_LIMIT_JOIN, &stranger, 200);
    confabd_limits_note_answer (fixture->limits, CONFABD_LIMIT_LOG_IN, &stranger, 404);
  }
  for (guint i = 0; i < 20; i++) {
    g_assert_true (confabd_limits_admit (fixture->limits, CONFABD_LIMIT_JOIN, &stranger, &quota));
    confabd_limits_note_answer (fixture->limits, CONFABD_LIMIT_JOIN, &stranger, 404);
  }
  g_assert_false (confabd_limits_admit (fixture->limits, CONFABD_LIMIT_JOIN, &stranger, &quota));
  g_assert_cmpuint (quota.amount, ==, 20);
}

/* The person at the desktop and their programs are not hindered, guests from the LAN are counted,
 * and nobody may guess. */
static void
test_desktop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabdPrincipal) person = make_principal (CONFABD_PRINCIPAL_LOCAL, "ada", NULL);
  const ConfabdVisitor own = { .address_key = "127.0.0.1", .is_loopback = TRUE, person };

  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_CREATE_CALL, &own), ==, 2000);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_GUEST, &loopback), ==, 2000);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_LOG_IN, &loopback), ==, 5);
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_GUEST, &stranger), ==, 30);
}

static void
test_server_counts_loopback (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (count_admitted (fixture, CONFABD_LIMIT_GUEST, &loopback), ==, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, is_desktop, func) \
  g_test_add (path, Fixture, GINT_TO_POINTER (is_desktop), set_up, func, tear_down)
  ADD ("/limits/figures", FALSE, test_figures);
  ADD ("/limits/anonymous", FALSE, test_anonymous);
  ADD ("/limits/signed-in", FALSE, test_signed_in);
  ADD ("/limits/quota", FALSE, test_quota);
  ADD ("/limits/failures", FALSE, test_failures);
  ADD ("/limits/desktop", TRUE, test_desktop);
  ADD ("/limits/server-counts-loopback", FALSE, test_server_counts_loopback);
  return g_test_run ();
}
