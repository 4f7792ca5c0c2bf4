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
  gsize heap_kb; /* 0 under a sanitizer, which has an allocator of its own */
} Census;

/* Before GStreamer makes its first object. */
void census_init (void);
void census_take (Census *self, const char *when);
/* Objects, threads and descriptors are as few as before; memory is to be compared by the caller. */
gboolean census_is_back (const Census *before);

G_END_DECLS
