/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Tells ThreadSanitizer what GLib does. The distribution's GLib is not instrumented, and its locks
 * and counters are none that the sanitizer knows: without this nothing seems to be guarded by a
 * GMutex. To be loaded before everything else (LD_PRELOAD); in a program without the sanitizer, as
 * the servers that tests start, it changes nothing. */

#include <dlfcn.h>
#include <errno.h>
#include <glib-object.h>
#include <sanitizer/tsan_interface.h>
#include <sched.h>

#pragma weak __tsan_acquire
#pragma weak __tsan_release
#pragma weak __tsan_mutex_pre_lock
#pragma weak __tsan_mutex_post_lock
#pragma weak __tsan_mutex_pre_unlock
#pragma weak __tsan_mutex_post_unlock
#pragma weak __tsan_mutex_destroy

/* Macros that check the types of arguments. */
#undef g_atomic_rc_box_release
#undef g_atomic_rc_box_release_full
#undef g_object_unref
#undef g_once_init_leave

/* What the function of that name would have been without us. */
#define NEXT(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

static gboolean
is_sanitized (void)
{
  return __tsan_acquire != NULL;
}

static void
acquire (gpointer address)
{
  if (is_sanitized ())
    __tsan_acquire (address);
}

static void
release (gpointer address)
{
  if (is_sanitized ())
    __tsan_release (address);
}

/* ---- GMutex, GCond ---- */

static void
note_unlocked (GMutex *mutex)
{
  if (!is_sanitized ())
    return;
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
}

static void
note_locked (GMutex *mutex)
{
  if (!is_sanitized ())
    return;
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 1);
}

void
g_mutex_lock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_lock) next;

  if (next == NULL)
    next = NEXT (g_mutex_lock);
  next (mutex);
  note_locked (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean is_locked = NEXT (g_mutex_trylock) (mutex);

  if (is_locked)
    note_locked (mutex);
  return is_locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_unlock) next;

  if (next == NULL)
    next = NEXT (g_mutex_unlock);
  note_unlocked (mutex);
  next (mutex);
}

void
g_mutex_clear (GMutex *mutex)
{
  acquire (mutex); /* who clears it is alone with it, however they know that */
  if (is_sanitized ())
    __tsan_mutex_destroy (mutex, 0);
  NEXT (g_mutex_clear) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  note_unlocked (mutex);
  NEXT (g_cond_wait) (cond, mutex);
  note_locked (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_us)
{
  gboolean is_signalled = FALSE;

  note_unlocked (mutex);
  is_signalled = NEXT (g_cond_wait_until) (cond, mutex, end_us);
  note_locked (mutex);
  return is_signalled;
}

/* ---- counted things: who lets go of them last sees what the others did before ---- */

static void
note_let_go (gpointer counted)
{
  release (counted);
  acquire (counted);
}

void
g_atomic_rc_box_release (gpointer box)
{
  note_let_go (box);
  NEXT (g_atomic_rc_box_release) (box);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  note_let_go (box);
  NEXT (g_atomic_rc_box_release_full) (box, clear);
}

void
g_object_unref (gpointer object)
{
  note_let_go (object);
  NEXT (g_object_unref) (object);
}

/* Of GStreamer, which is not there in every test. */
void gst_mini_object_unref (gpointer object);

void
gst_mini_object_unref (gpointer object)
{
  note_let_go (object);
  NEXT (gst_mini_object_unref) (object);
}

/* ---- handed over ---- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  NEXT (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = NEXT (g_async_queue_pop) (queue);

  acquire (queue);
  return data;
}

void
g_once_init_leave (volatile void *location, gsize result)
{
  release ((gpointer) location);
  NEXT (g_once_init_leave) (location, result);
}

static gboolean
dispatch_idle (GSource *source, GSourceFunc callback, gpointer user_data)
{
  acquire (source);
  return g_idle_funcs.dispatch (source, callback, user_data);
}

/* What is posted to a main loop is an idle source. */
guint
g_source_attach (GSource *source, GMainContext *context)
{
  static GSourceFuncs funcs;
  static gsize is_copied;

  if (g_once_init_enter (&is_copied)) {
    funcs = g_idle_funcs;
    funcs.dispatch = dispatch_idle;
    g_once_init_leave (&is_copied, TRUE);
  }
  if (source->source_funcs == &g_idle_funcs)
    source->source_funcs = &funcs;
  release (source);
  return NEXT (g_source_attach) (source, context);
}

/* ---- real-time priority ---- */

/* None: the sanitizer delivers signals late, and the one that takes the priority from a thread that
 * runs on and on would come after the kernel has ended the process. */
int
sched_setscheduler (pid_t thread, int policy, const struct sched_param *param)
{
  if (!is_sanitized () || policy == SCHED_OTHER)
    return NEXT (sched_setscheduler) (thread, policy, param);
  errno = EPERM;
  return -1;
}
