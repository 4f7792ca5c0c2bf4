/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is there in this process: GStreamer's objects, threads, descriptors, memory. */
typedef struct {
  guint objects;
  guint threads;
  guint descriptors;
  gsize heap_kb;      /* 0 under a sanitizer, which has an allocator of its own */
  GHashTable *counts; /* (element-type GType gint) (owned) the objects, by their types */
} Census;

/* Before GStreamer makes its first object. */
void census_init (void);
void census_take (Census *self, const char *when);
void census_clear (Census *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Census, census_clear)
/* Prints of which types there are more or fewer objects. */
void census_explain (const Census *before, const Census *after);
/* Objects, threads and descriptors are as few as before; memory is to be compared by the caller. */
gboolean census_is_back (const Census *before);

G_END_DECLS
