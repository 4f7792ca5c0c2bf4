/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-migrator.h"
#include "confabd-store-calls.h"
#include "confabd-store-quality.h"
#include "factory.h"
#include "test-loop.h"

/* One suite for every driver. One of them is SQLite again, asked for the plan of each statement. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabUser *ada;           /* (owned) */
  ConfabCall *call;          /* (owned) */
} Fixture;

static void
create_call (Fixture *self)
{
  g_autofree char *id = confab_id_new ();
  g_autofree char *code = confab_code_new ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
  g_autoptr (ConfabCall) call =
      confab_call_new (id, code, confab_user_get_id (self->ada), now, tomorrow);
  g_autoptr (ConfabInvite) invite = confab_invite_new ("invite", id, confab_user_get_id (self->ada),
                                                       CONFAB_ROLE_SPEAKER, -1, NULL, NULL);
  const ConfabdAuditFacts facts = {
    .action = CONFABD_AUDIT_CALL_CREATED, .actor = "Ada", .target = id, .is_success = TRUE
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->call = confab_call_with_max_participants (call, 6);
  confabd_store_create_call_async (self->store, self->ada, self->call, invite, "hash", 3, &facts,
                                   NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_create_call_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 9, 16, 0);
  g_autofree char *id = confab_id_new ();
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->ada = confab_user_new (id, "Ada", CONFAB_USER_ROLE_OWNER, start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  create_call (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_store_close (self->store, &error));
  g_assert_no_error (error);
  test_drain ();
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  confab_user_unref (self->ada);
  confab_call_unref (self->call);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

/* jitter_ms: what a sample is told by */
static ConfabQualitySample *
make_sample (Fixture *self, const char *participant, const char *peer, double jitter_ms)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabQualityFigures figures = { .rtt_ms = 3.4,
                                         .jitter_ms = jitter_ms,
                                         .lost_ratio = 0.0125,
                                         .bitrate_kbps = 31.7,
                                         .level_dbov = -26.3,
                                         .mouth_to_ear_ms = -1,
                                         .mos = 4.43 };

  return confab_quality_sample_new (participant, peer, now, &figures);
}

/* (transfer full) batch */
static void
add_batch (Fixture *self, ConfabdQualityBatch *batch, guint max_per_call)
{
  g_autoptr (GPtrArray) batches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_quality_batch_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (batches, batch);
  confabd_store_add_quality_async (self->store, batches, max_per_call, NULL, test_on_result,
                                   &result);
  test_wait_until (result != NULL);
  confabd_store_add_quality_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
add (Fixture *self, const char *call_id, ConfabQualitySample *sample, guint max_per_call)
{
  ConfabdQualityBatch *batch = confabd_quality_batch_new (call_id);

  g_ptr_array_add (batch->samples, sample);
  add_batch (self, batch, max_per_call);
}

/* One of another second each, with the jitter first, first + 1 …, in one write */
static void
add_series (Fixture *self, guint first, guint n, guint max_per_call)
{
  ConfabdQualityBatch *batch = confabd_quality_batch_new (confab_call_get_id (self->call));

  for (guint i = 0; i < n; i++) {
    confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), G_TIME_SPAN_SECOND);
    g_ptr_array_add (batch->samples, make_sample (self, "ada", "bob", first + i));
  }
  add_batch (self, batch, max_per_call);
}

static GPtrArray *
list (Fixture *self,
      const char *user_id,
      const ConfabdQualityCursor *after,
      guint limit,
      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_list_quality_async (self->store, user_id, confab_call_get_id (self->call), after,
                                    limit, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_list_quality_finish (self->store, result, error);
}

static GPtrArray *
list_well (Fixture *self, const ConfabdQualityCursor *after, guint limit)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *samples = list (self, confab_user_get_id (self->ada), after, limit, &error);

  g_assert_no_error (error);
  return samples;
}

static double
get_jitter (GPtrArray *samples, guint i)
{
  ConfabQualityFigures figures;

  confab_quality_sample_get_figures (g_ptr_array_index (samples, i), &figures);
  return figures.jitter_ms;
}

static void
test_keep (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GPtrArray) samples = NULL;
  ConfabQualitySample *sample;
  ConfabQualityFigures figures;

  add (self, confab_call_get_id (self->call), make_sample (self, "ada", "bob", 2.1), 100);
  samples = list_well (self, NULL, 10);
  g_assert_cmpuint (samples->len, ==, 1);
  sample = g_ptr_array_index (samples, 0);
  g_assert_cmpstr (confab_quality_sample_get_participant_id (sample), ==, "ada");
  g_assert_cmpstr (confab_quality_sample_get_peer_id (sample), ==, "bob");
  g_assert_true (g_date_time_equal (confab_quality_sample_get_at (sample), now));
  confab_quality_sample_get_figures (sample, &figures);
  g_assert_cmpfloat (figures.rtt_ms, ==, 3.4);
  g_assert_cmpfloat (figures.jitter_ms, ==, 2.1);
  g_assert_cmpfloat (figures.lost_ratio, ==, 0.0125);
  g_assert_cmpfloat (figures.bitrate_kbps, ==, 31.7);
  g_assert_cmpfloat (figures.level_dbov, ==, -26.3);
  g_assert_cmpfloat (figures.mouth_to_ear_ms, <, 0);
  g_assert_cmpfloat (figures.mos, ==, 4.43);
}

/* Two of the same moment are not lost between two pages. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  const char *call_id = confab_call_get_id (self->call);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  ConfabQualitySample *last;
  ConfabdQualityCursor cursor;

  add_series (self, 0, 2, 100);
  add (self, call_id, make_sample (self, "ada", "cleo", 2), 100);
  add (self, call_id, make_sample (self, "bob", "ada", 3), 100);
  first = list_well (self, NULL, 2);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpfloat (get_jitter (first, 0), ==, 3);
  g_assert_cmpfloat (get_jitter (first, 1), ==, 2);
  last = g_ptr_array_index (first, 1);
  cursor = (ConfabdQualityCursor){
    .at_us = confab_time_to_unix_us (confab_quality_sample_get_at (last)),
    .participant_id = confab_quality_sample_get_participant_id (last),
    .peer_id = confab_quality_sample_get_peer_id (last),
  };
  second = list_well (self, &cursor, 10);
  g_assert_cmpuint (second->len, ==, 2);
  g_assert_cmpfloat (get_jitter (second, 0), ==, 1);
  g_assert_cmpfloat (get_jitter (second, 1), ==, 0);
}

static void
test_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  for (guint i = 0; i < 100; i += 10)
    add_series (self, i, 10, 40);
  samples = list_well (self, NULL, 1000);
  g_assert_cmpuint (samples->len, <=, 40);
  g_assert_cmpuint (samples->len, >, 30);
  for (guint i = 0; i < samples->len; i++)
    g_assert_cmpfloat (get_jitter (samples, i), ==, 99 - i);
}

static void
test_same_twice (Fixture *self, gconstpointer data)
{
  const char *call_id = confab_call_get_id (self->call);
  g_autoptr (GPtrArray) samples = NULL;

  add (self, call_id, make_sample (self, "ada", "bob", 1), 100);
  add (self, call_id, make_sample (self, "ada", "bob", 2), 100);
  samples = list_well (self, NULL, 10);
  g_assert_cmpuint (samples->len, ==, 1);
}

static void
test_strangers (Fixture *self, gconstpointer data)
{
  g_autofree char *stranger = confab_id_new ();
  g_autoptr (GPtrArray) samples = NULL;
  g_autoptr (GError) error = NULL;

  add (self, "no such call", make_sample (self, "ada", "bob", 1), 100);
  samples = list (self, stranger, NULL, 10, &error);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL);
  g_assert_null (samples);
}

/* A database of the daemon before is brought up to date with what is in it. */
static void
test_migrate (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdMigrator) migrator = NULL;
  g_autoptr (ConfabdMigrationReport) down = NULL;
  g_autoptr (ConfabdMigrationReport) up = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  migrator =
      confabd_migrator_new (self->database, "/app/confab/daemon/migrations", self->clock, &error);
  g_assert_no_error (error);
  down = confabd_migrator_move (migrator, 1, &error);
  g_assert_no_error (error);
  up = confabd_migrator_move (migrator, confabd_migrator_get_known (migrator), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (down->to, ==, up->from);
  add_series (self, 0, 1, 100);
  samples = list_well (self, NULL, 10);
  g_assert_cmpuint (samples->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/store-quality/keep", test_keep);
  ADD ("/store-quality/pages", test_pages);
  ADD ("/store-quality/bounded", test_bounded);
  ADD ("/store-quality/same-twice", test_same_twice);
  ADD ("/store-quality/strangers", test_strangers);
  ADD ("/store-quality/migrate", test_migrate);
#undef ADD
  return g_test_run ();
}
