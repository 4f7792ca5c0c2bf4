/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "census.h"

#include <gst/gst.h>
#include <gst/gsttracer.h>
#include <malloc.h>

/* Counts GStreamer's objects as they come and go, in whatever thread. */
static gint n_objects; /* (atomic) */

#define CENSUS_TYPE_TRACER (census_tracer_get_type ())
G_DECLARE_FINAL_TYPE (CensusTracer, census_tracer, CENSUS, TRACER, GstTracer)

struct _CensusTracer {
  GstTracer parent_instance;
};

G_DEFINE_FINAL_TYPE (CensusTracer, census_tracer, GST_TYPE_TRACER)

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
  self->objects = (guint) g_atomic_int_get (&n_objects);
  self->threads = count_files ("/proc/self/task");
  self->descriptors = count_files ("/proc/self/fd");
  self->heap_kb = mallinfo2 ().uordblks / 1024;
}

void
census_take (Census *self, const char *when)
{
  take (self);
  g_test_message ("%s: %u objects, %u threads, %u descriptors, %" G_GSIZE_FORMAT " kB", when,
                  self->objects, self->threads, self->descriptors, self->heap_kb);
}

gboolean
census_is_back (const Census *before)
{
  Census now;

  take (&now);
  return now.objects <= before->objects && now.threads <= before->threads &&
         now.descriptors <= before->descriptors;
}
