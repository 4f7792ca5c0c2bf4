/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "census.h"

#include <gst/gst.h>
#include <gst/gsttracer.h>
#include <malloc.h>

/* Counts GStreamer's objects as they come and go, in whatever thread. */
static GMutex mutex;
static GHashTable *counts; /* (element-type GType guint) (owned) (mutex) until the process ends */
static guint n_objects;    /* (mutex) */

#define CENSUS_TYPE_TRACER (census_tracer_get_type ())
G_DECLARE_FINAL_TYPE (CensusTracer, census_tracer, CENSUS, TRACER, GstTracer)

struct _CensusTracer {
  GstTracer parent_instance;
};

G_DEFINE_FINAL_TYPE (CensusTracer, census_tracer, GST_TYPE_TRACER)

/* Templates belong to the class of an element, which is made with its first one and stays: some are
 * needed rarely, for what one packet in thousands does. */
static void
count (GstObject *object, gint change)
{
  gpointer type = GSIZE_TO_POINTER (G_OBJECT_TYPE (object));

  if (GST_IS_PAD_TEMPLATE (object))
    return;
  g_mutex_lock (&mutex);
  n_objects += (guint) change;
  g_hash_table_insert (
      counts, type,
      GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (counts, type)) + change));
  g_mutex_unlock (&mutex);
}

static void
on_object_created (GstTracer *tracer, GstClockTime time, GstObject *object)
{
  count (object, 1);
}

static void
on_object_destroyed (GstTracer *tracer, GstClockTime time, GstObject *object)
{
  count (object, -1);
}

static void
census_tracer_class_init (CensusTracerClass *klass)
{
}

static void
census_tracer_init (CensusTracer *self)
{
  gst_tracing_register_hook (GST_TRACER (self), "object-created", G_CALLBACK (on_object_created));
  gst_tracing_register_hook (GST_TRACER (self), "object-destroyed",
                             G_CALLBACK (on_object_destroyed));
}

void
census_init (void)
{
  gst_init (NULL, NULL);
  counts = g_hash_table_new (NULL, NULL);
  gst_object_ref_sink (g_object_new (CENSUS_TYPE_TRACER, NULL)); /* until the process ends */
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
take (Census *self)
{
  g_mutex_lock (&mutex);
  self->objects = n_objects;
  g_mutex_unlock (&mutex);
  self->threads = count_files ("/proc/self/task");
  self->descriptors = count_files ("/proc/self/fd");
  self->heap_kb = mallinfo2 ().uordblks / 1024;
}

static GHashTable *
copy_counts (void)
{
  GHashTable *copy = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer type, n;

  g_mutex_lock (&mutex);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &type, &n))
    g_hash_table_insert (copy, type, n);
  g_mutex_unlock (&mutex);
  return copy;
}

void
census_take (Census *self, const char *when)
{
  take (self);
  self->counts = copy_counts ();
  g_test_message ("%s: %u objects, %u threads, %u descriptors, %" G_GSIZE_FORMAT " kB", when,
                  self->objects, self->threads, self->descriptors, self->heap_kb);
}

void
census_explain (const Census *before, const Census *after)
{
  GHashTableIter iter;
  gpointer type, n;

  g_hash_table_iter_init (&iter, after->counts);
  while (g_hash_table_iter_next (&iter, &type, &n)) {
    gint change =
        GPOINTER_TO_INT (n) - GPOINTER_TO_INT (g_hash_table_lookup (before->counts, type));

    if (change != 0)
      g_printerr ("%+d %s\n", change, g_type_name (GPOINTER_TO_SIZE (type)));
  }
}

void
census_clear (Census *self)
{
  g_clear_pointer (&self->counts, g_hash_table_unref);
}

gboolean
census_is_back (const Census *before)
{
  Census now;

  take (&now);
  return now.objects <= before->objects && now.threads <= before->threads &&
         now.descriptors <= before->descriptors;
}
