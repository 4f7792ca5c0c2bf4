/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-attendance"

#include "config.h"

#include "confab-attendance.h"

#define RETURN_MS 15000 /* a client that lost the server is back within its first back-offs */
#define BURST_MS  3000  /* what comes closer together is told in one sentence */
#define MAX_NAMES 100   /* of one burst: the largest call */

typedef struct {
  char *name;         /* (owned) */
  guint n_present;    /* connections; more than one while one replaces another */
  gint64 given_up_ms; /* when somebody with none counts as gone */
} Person;

struct _ConfabAttendance {
  ConfabAttendanceFunc func;
  gpointer user_data;
  GHashTable *people; /* (owned) (element-type utf8 Person) by user id: present, or lost just now */

  ConfabAttendanceKind burst_kind;
  gint64 burst_ms;
  gboolean has_begun;
  gboolean has_restarted;
  GPtrArray *burst; /* (owned) (element-type utf8) */
};

static void
free_person (gpointer data)
{
  Person *person = data;

  g_free (person->name);
  g_free (person);
}

/**
 * confab_attendance_new:
 * @func: told of everything that people should know
 * @user_data: for @func
 *
 * Returns: (transfer full): an empty call. All times are milliseconds of one monotonic clock.
 */
ConfabAttendance *
confab_attendance_new (ConfabAttendanceFunc func, gpointer user_data)
{
  ConfabAttendance *self = g_new0 (ConfabAttendance, 1);

  self->func = func;
  self->user_data = user_data;
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_person);
  self->burst = g_ptr_array_new_with_free_func (g_free);
  self->burst_ms = -BURST_MS;
  return self;
}

void
confab_attendance_free (ConfabAttendance *self)
{
  g_hash_table_unref (self->people);
  g_ptr_array_unref (self->burst);
  g_free (self);
}

static void
add_connection (ConfabAttendance *self, const char *user_id, const char *name)
{
  Person *person = g_hash_table_lookup (self->people, user_id);

  if (person == NULL) {
    person = g_new0 (Person, 1);
    g_hash_table_insert (self->people, g_strdup (user_id), person);
  }
  person->n_present++;
  g_free (person->name);
  person->name = g_strdup (name);
}

/* One of many is told with those before, and rings no bell. */
static void
tell (ConfabAttendance *self, ConfabAttendanceKind kind, const char *name, gint64 now_ms)
{
  gboolean is_first = now_ms - self->burst_ms >= BURST_MS;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (is_first || kind != self->burst_kind || self->burst->len == MAX_NAMES)
    g_ptr_array_set_size (self->burst, 0);
  self->burst_kind = kind;
  self->burst_ms = now_ms;
  g_ptr_array_insert (self->burst, 0, g_strdup (name));
  for (guint i = 0; i < self->burst->len; i++)
    g_ptr_array_add (names, g_ptr_array_index (self->burst, i));
  g_ptr_array_add (names, NULL);
  self->func (kind, (const char *const *) names->pdata, is_first, self->user_data);
}

/**
 * confab_attendance_came:
 * @self: an attendance
 * @user_id: whose
 * @name: what the others see
 * @now_ms: now
 *
 * A participant has joined, with a microphone or without.
 */
void
confab_attendance_came (ConfabAttendance *self,
                        const char *user_id,
                        const char *name,
                        gint64 now_ms)
{
  gboolean is_known = g_hash_table_contains (self->people, user_id);

  add_connection (self, user_id, name);
  tell (self, is_known ? CONFAB_ATTENDANCE_RETURNED : CONFAB_ATTENDANCE_JOINED, name, now_ms);
}

/**
 * confab_attendance_went:
 * @self: an attendance
 * @user_id: whose
 * @name: what the others saw
 * @is_lost: whether the connection was lost: then it is told only after a while
 * @now_ms: now
 *
 * A participant has left.
 */
void
confab_attendance_went (
    ConfabAttendance *self, const char *user_id, const char *name, gboolean is_lost, gint64 now_ms)
{
  Person *person = g_hash_table_lookup (self->people, user_id);

  if (person == NULL || person->n_present == 0 || --person->n_present > 0)
    return;
  if (is_lost) {
    person->given_up_ms = now_ms + RETURN_MS;
  } else {
    g_hash_table_remove (self->people, user_id);
    tell (self, CONFAB_ATTENDANCE_LEFT, name, now_ms);
  }
}

/**
 * confab_attendance_tick:
 * @self: an attendance
 * @now_ms: now
 *
 * To be called about once a second: tells of those who were lost and did not come back.
 */
void
confab_attendance_tick (ConfabAttendance *self, gint64 now_ms)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Person *person = value;
    g_autofree char *name = NULL;

    if (person->n_present > 0 || now_ms < person->given_up_ms)
      continue;
    name = g_steal_pointer (&person->name);
    g_hash_table_iter_remove (&iter);
    tell (self, CONFAB_ATTENDANCE_LEFT, name, now_ms);
  }
}

/**
 * confab_attendance_restart:
 * @self: an attendance
 * @now_ms: now
 *
 * We come in, for the first time or after an outage of our own: who was there before is taken for
 * lost until confab_attendance_found ().
 */
void
confab_attendance_restart (ConfabAttendance *self, gint64 now_ms)
{
  GHashTableIter iter;
  gpointer value = NULL;

  self->has_restarted = self->has_begun;
  self->has_begun = TRUE;
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Person *person = value;

    if (person->n_present > 0)
      person->given_up_ms = now_ms + RETURN_MS;
    person->n_present = 0;
  }
}

/**
 * confab_attendance_found:
 * @self: an attendance
 * @user_id: whose
 * @name: what the others see
 * @now_ms: now
 *
 * A participant was there when we came. The list shows that; it is told only of those who came
 * while we were away.
 */
void
confab_attendance_found (ConfabAttendance *self,
                         const char *user_id,
                         const char *name,
                         gint64 now_ms)
{
  gboolean is_known = g_hash_table_contains (self->people, user_id);

  add_connection (self, user_id, name);
  if (!is_known && self->has_restarted)
    tell (self, CONFAB_ATTENDANCE_JOINED, name, now_ms);
}
