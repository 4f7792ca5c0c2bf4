/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>
#include <gst/gsttracer.h>
#include <malloc.h>

#include "confab-audio-format.h"
#include "sound-room.h"

#define N_CYCLES           200
#define MAX_HASTE_MS       110
#define HEARD              (8000. / 32768 / 4)
#define MAX_HEAP_GROWTH_KB 6144 /* 30 kB a cycle; a connection that stays is 700 kB */

/* Counts GStreamer's objects as they come and go, in whatever thread. */
static gint n_objects; /* (atomic) */

#define CONFAB_TYPE_CENSUS_TRACER (confab_census_tracer_get_type ())
G_DECLARE_FINAL_TYPE (ConfabCensusTracer, confab_census_tracer, CONFAB, CENSUS_TRACER, GstTracer)

struct _ConfabCensusTracer {
  GstTracer parent_instance;
};

G_DEFINE_FINAL_TYPE (ConfabCensusTracer, confab_census_tracer, GST_TYPE_TRACER)

static void
on_object_created (GstTracer *tracer, GstClockTime time, GstObject *object)
{
  g_atomic_int_inc (&n_objects);
}

static void
on_object_destroyed (GstTracer *tracer, GstClockTime time, GstObject *object)
{
  g_atomic_int_add (&n_objects, -1);
}

static void
confab_census_tracer_class_init (ConfabCensusTracerClass *klass)
{
}

static void
confab_census_tracer_init (ConfabCensusTracer *self)
{
  gst_tracing_register_hook (GST_TRACER (self), "object-created", G_CALLBACK (on_object_created));
  gst_tracing_register_hook (GST_TRACER (self), "object-destroyed",
                             G_CALLBACK (on_object_destroyed));
}

/* What is there, besides memory: GStreamer's objects, threads, descriptors. */
typedef struct {
  guint objects;
  guint threads;
  guint descriptors;
} Census;

static guint
count_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static guint
count_objects (void)
{
  return (guint) g_atomic_int_get (&n_objects);
}

static void
take_census (Census *census)
{
  census->objects = count_objects ();
  census->threads = count_files ("/proc/self/task");
  census->descriptors = count_files ("/proc/self/fd");
}

static gboolean
is_back (const Census *before)
{
  Census now;

  take_census (&now);
  return now.objects <= before->objects && now.threads <= before->threads &&
         now.descriptors <= before->descriptors;
}

static void
say (const char *when, const Census *census)
{
  g_test_message ("%s: %u objects, %u threads, %u descriptors, %zu kB", when, census->objects,
                  census->threads, census->descriptors, mallinfo2 ().uordblks / 1024);
}

static void
join_and_leave (Person *a, Person *b, guint haste_ms)
{
  sound_room_connect (a, b);
  if (haste_ms > 0)
    sound_room_run_ms (haste_ms - 1);
  else
    RUN_UNTIL (sound_room_are_heard (a, b), 60);
  sound_room_disconnect (a, b);
}

/* Half of them hastily: somewhere into the negotiation. Two others talk all the time. */
static void
test_join_and_leave (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", 600);
  Person *b = sound_room_enter (room, "b", 1100);
  Person *guest = sound_room_enter (room, "g", 2300);
  Census before, after;
  gsize heap_kb = 0;

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 60);
  for (guint i = 0; i < 4; i++) /* everything that is made once in a process */
    join_and_leave (a, guest, 0);
  sound_room_run_ms (1500);
  take_census (&before);
  heap_kb = mallinfo2 ().uordblks / 1024;
  say ("before", &before);

  for (guint i = 0; i < N_CYCLES; i++)
    join_and_leave (i % 4 < 2 ? a : b, guest,
                    i % 2 == 0 ? 0 : 1 + (guint) g_random_int_range (0, MAX_HASTE_MS));
  RUN_UNTIL (is_back (&before), 30);
  take_census (&after);
  say ("after", &after);
  g_assert_cmpuint (mallinfo2 ().uordblks / 1024, <, heap_kb + MAX_HEAP_GROWTH_KB);
  g_assert_cmpuint (a->state_log->len, >, 2);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "connected");
  sound_room_free (room);
}

/* The engine as a whole, half of the times before its peer is connected. */
static void
test_start_and_stop (void)
{
  Census before;

  for (guint i = 0; i < 12; i++) {
    SoundRoom *room = sound_room_new ();
    Person *a = sound_room_enter (room, "a", 600);
    Person *b = sound_room_enter (room, "b", 1100);

    sound_room_connect (a, b);
    if (i % 2 == 0)
      RUN_UNTIL (sound_room_are_heard (a, b), 60);
    sound_room_free (room);
    if (i == 1) {
      sound_room_run_ms (1000);
      take_census (&before);
      say ("before", &before);
    }
  }
  RUN_UNTIL (is_back (&before), 30);
}

int
main (int argc, char **argv)
{
  g_autoptr (GstTracer) tracer = NULL;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  tracer = gst_object_ref_sink (g_object_new (CONFAB_TYPE_CENSUS_TRACER, NULL));
  g_test_add_func ("/audio/leaks/join-and-leave", test_join_and_leave);
  g_test_add_func ("/audio/leaks/start-and-stop", test_start_and_stop);
  return g_test_run ();
}
