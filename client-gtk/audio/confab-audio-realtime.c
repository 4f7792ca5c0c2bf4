/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-realtime"

#include "config.h"

#include <errno.h>
#include <sched.h>
#include <sys/types.h>
#include <unistd.h>

#include "confab-audio-context.h"
#include "confab-audio-realtime-bus.h"
#include "confab-audio-realtime.h"
#include "confab-error.h"

#define PRIORITY    5      /* of 1..99: that of a sound server (default.pa), below the kernel's */
#define MAX_US      200000 /* RTTimeUSecMax of RealtimeKit: 20 times what a tick may take */
#define MAX_THREADS 512    /* 100 peers with five each; a peer's streams are bounded */

/* Counted atomically: the pipelines it watches hold it. */
struct _ConfabAudioRealtime {
  ConfabAudioRealtimeWay ways[CONFAB_AUDIO_REALTIME_MAX_WAYS];
  GMainContext *context; /* (owned) */
  ConfabAudioRealtimeRefusedFunc refused;
  gpointer user_data;        /* (unowned) not used after close */
  GCancellable *cancellable; /* (owned) */
  GAsyncQueue *asked;        /* (owned) thread numbers; -1 ends the clerk */

  GMutex lock; /* guards all below */
  GHashTable
      *inside; /* (owned) (element-type gint) numbers of threads that entered and did not leave */
  GThread *clerk; /* (owned) (nullable) waits for the bus, so that nobody else has to */
  gboolean is_closed;
  gboolean is_refused; /* and said */
};

/* ---- one thread ---- */

static gboolean
set_priority (pid_t thread, int policy, int priority)
{
  struct sched_param param = { .sched_priority = priority };

  return sched_setscheduler (thread, policy, &param) == 0;
}

static gboolean
raise_directly (pid_t thread, GError **error)
{
  if (set_priority (thread, SCHED_RR | SCHED_RESET_ON_FORK, PRIORITY))
    return confab_audio_realtime_guard (MAX_US, error);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "The kernel: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
try_way (ConfabAudioRealtime *self, ConfabAudioRealtimeWay way, pid_t thread, GError **error)
{
  switch (way) {
  case CONFAB_AUDIO_REALTIME_WAY_DIRECT:
    return raise_directly (thread, error);
  case CONFAB_AUDIO_REALTIME_WAY_PORTAL:
    return confab_audio_realtime_bus_ask (CONFAB_AUDIO_REALTIME_PORTAL, thread, PRIORITY,
                                          self->cancellable, error);
  case CONFAB_AUDIO_REALTIME_WAY_KIT:
    return confab_audio_realtime_bus_ask (CONFAB_AUDIO_REALTIME_KIT, thread, PRIORITY,
                                          self->cancellable, error);
  case CONFAB_AUDIO_REALTIME_WAY_END:
    break;
  }
  g_assert_not_reached ();
}

/* ---- saying that there is none ---- */

typedef struct {
  ConfabAudioRealtime *self; /* (owned) */
  GError *error;             /* (owned) */
} Refusal;

static void
free_refusal (gpointer data)
{
  Refusal *refusal = data;

  confab_audio_realtime_unref (refusal->self);
  g_error_free (refusal->error);
  g_free (refusal);
}

/* Closing happens in the same context. */
static gboolean
deliver_refusal (gpointer data)
{
  Refusal *refusal = data;

  if (!g_cancellable_is_cancelled (refusal->self->cancellable))
    refusal->self->refused (refusal->error, refusal->self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
is_first_refusal (ConfabAudioRealtime *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean is_first = !self->is_refused && !self->is_closed;

  self->is_refused = TRUE;
  return is_first;
}

static void
refuse (ConfabAudioRealtime *self, const char *reasons)
{
  Refusal *refusal = NULL;

  if (!is_first_refusal (self))
    return;
  refusal = g_new0 (Refusal, 1);
  refusal->self = confab_audio_realtime_ref (self);
  refusal->error = g_error_new (CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                                "Sound has no real-time priority and may drop out: %s", reasons);
  g_message ("%s", refusal->error->message);
  confab_audio_context_post (self->context, deliver_refusal, refusal, free_refusal);
}

/* ---- the clerk ---- */

static gboolean
is_inside (ConfabAudioRealtime *self, pid_t thread)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_contains (self->inside, GINT_TO_POINTER (thread));
}

static void
serve (ConfabAudioRealtime *self, pid_t thread)
{
  g_autoptr (GString) reasons = g_string_new (NULL);

  for (guint i = 0; self->ways[i] != CONFAB_AUDIO_REALTIME_WAY_END; i++) {
    g_autoptr (GError) error = NULL;

    if (!is_inside (self, thread) || g_cancellable_is_cancelled (self->cancellable))
      return;
    if (try_way (self, self->ways[i], thread, &error)) {
      if (!is_inside (self, thread)) /* it left meanwhile, and is somebody else's by now */
        set_priority (thread, SCHED_OTHER, 0);
      return;
    }
    g_debug ("thread %d: %s", (int) thread, error->message);
    g_string_append_printf (reasons, "%s%s", reasons->len > 0 ? "; " : "", error->message);
  }
  refuse (self, reasons->str);
}

static gpointer
run_clerk (gpointer user_data)
{
  ConfabAudioRealtime *self = user_data;
  gint thread = 0;

  while ((thread = GPOINTER_TO_INT (g_async_queue_pop (self->asked))) > 0)
    serve (self, thread);
  return NULL;
}

/* ---- the threads ---- */

static gboolean
note_inside (ConfabAudioRealtime *self, pid_t thread)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->is_closed || g_hash_table_size (self->inside) >= MAX_THREADS)
    return FALSE;
  g_hash_table_add (self->inside, GINT_TO_POINTER (thread));
  return TRUE;
}

static void
ask_clerk (ConfabAudioRealtime *self, pid_t thread)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->is_closed)
    return;
  if (self->clerk == NULL)
    self->clerk = g_thread_new ("confab-realtime", run_clerk, self);
  g_async_queue_push (self->asked, GINT_TO_POINTER (thread));
}

/**
 * confab_audio_realtime_enter:
 * @self: the realtime
 *
 * Gives the calling thread real-time priority: at once where this process may, else some
 * milliseconds later, when the desktop has allowed it. Does not wait for that.
 */
void
confab_audio_realtime_enter (ConfabAudioRealtime *self)
{
  pid_t thread = gettid ();

  if (!note_inside (self, thread))
    return;
  if (self->ways[0] == CONFAB_AUDIO_REALTIME_WAY_DIRECT && raise_directly (thread, NULL))
    return;
  ask_clerk (self, thread);
}

/**
 * confab_audio_realtime_leave:
 * @self: the realtime
 *
 * Makes the calling thread one like any other: threads of a pool are used again.
 */
void
confab_audio_realtime_leave (ConfabAudioRealtime *self)
{
  pid_t thread = gettid ();
  gboolean was_inside = FALSE;

  g_mutex_lock (&self->lock);
  was_inside = g_hash_table_remove (self->inside, GINT_TO_POINTER (thread));
  g_mutex_unlock (&self->lock);
  if (was_inside)
    set_priority (thread, SCHED_OTHER, 0);
}

/* Whose threads the sound waits for. Not that of dtlsenc: it runs in circles while it is closed. */
static gboolean
carries_sound (GstElement *element)
{
  static const char *const carriers[] = { "appsrc", "nicesrc", "queue" };
  GstElementFactory *factory = gst_element_get_factory (element);

  for (guint i = 0; factory != NULL && i < G_N_ELEMENTS (carriers); i++)
    if (g_str_equal (GST_OBJECT_NAME (factory), carriers[i]))
      return TRUE;
  return FALSE;
}

/* Runs in whatever thread posts: the one that enters says so itself. */
static GstBusSyncReply
on_sync_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  GstStreamStatusType type = GST_STREAM_STATUS_TYPE_CREATE;
  GstElement *owner = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STREAM_STATUS)
    return GST_BUS_PASS;
  gst_message_parse_stream_status (message, &type, &owner);
  if (type == GST_STREAM_STATUS_TYPE_ENTER && carries_sound (owner))
    confab_audio_realtime_enter (user_data);
  else if (type == GST_STREAM_STATUS_TYPE_LEAVE)
    confab_audio_realtime_leave (user_data);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
unref_realtime (gpointer data)
{
  confab_audio_realtime_unref (data);
}

/**
 * confab_audio_realtime_watch:
 * @self: the realtime
 * @pipeline: (transfer none): one without threads yet
 *
 * Gives the streaming threads of @pipeline that sound waits for real-time priority, from their
 * first to their last moment.
 */
void
confab_audio_realtime_watch (ConfabAudioRealtime *self, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_pipeline_get_bus (GST_PIPELINE (pipeline));

  gst_bus_set_sync_handler (bus, on_sync_message, confab_audio_realtime_ref (self), unref_realtime);
}

/* ---- life ---- */

/**
 * confab_audio_realtime_get_usual_ways:
 *
 * Returns: (array) (transfer none): what is tried on a desktop: the cheapest first, and within a
 *   sandbox its portal alone
 */
const ConfabAudioRealtimeWay *
confab_audio_realtime_get_usual_ways (void)
{
  static const ConfabAudioRealtimeWay outside[] = { CONFAB_AUDIO_REALTIME_WAY_DIRECT,
                                                    CONFAB_AUDIO_REALTIME_WAY_KIT,
                                                    CONFAB_AUDIO_REALTIME_WAY_PORTAL,
                                                    CONFAB_AUDIO_REALTIME_WAY_END };
  static const ConfabAudioRealtimeWay inside[] = { CONFAB_AUDIO_REALTIME_WAY_DIRECT,
                                                   CONFAB_AUDIO_REALTIME_WAY_PORTAL,
                                                   CONFAB_AUDIO_REALTIME_WAY_END };
  gboolean is_sandboxed =
      g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_getenv ("SNAP") != NULL;

  return is_sandboxed ? inside : outside;
}

/**
 * confab_audio_realtime_new:
 * @ways: (array): at most three and the end
 * @context: where @refused is called
 * @refused: says that a thread has to do without
 * @user_data: for @refused; lives until confab_audio_realtime_close ()
 *
 * Returns: (transfer full): the realtime, to be closed
 */
ConfabAudioRealtime *
confab_audio_realtime_new (const ConfabAudioRealtimeWay *ways,
                           GMainContext *context,
                           ConfabAudioRealtimeRefusedFunc refused,
                           gpointer user_data)
{
  ConfabAudioRealtime *self = g_atomic_rc_box_new0 (ConfabAudioRealtime);

  for (guint i = 0; ways[i] != CONFAB_AUDIO_REALTIME_WAY_END; i++) {
    g_assert (i + 1 < CONFAB_AUDIO_REALTIME_MAX_WAYS);
    self->ways[i] = ways[i];
  }
  self->context = g_main_context_ref (context);
  self->refused = refused;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->asked = g_async_queue_new ();
  self->inside = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->lock);
  return self;
}

/**
 * confab_audio_realtime_close:
 * @self: the realtime
 *
 * Asks for nothing and says nothing any more; returns when its thread has ended. The context's
 * thread.
 */
void
confab_audio_realtime_close (ConfabAudioRealtime *self)
{
  GThread *clerk = NULL;

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  clerk = g_steal_pointer (&self->clerk);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  if (clerk == NULL)
    return;
  g_async_queue_push (self->asked, GINT_TO_POINTER (-1));
  g_thread_join (clerk);
}

static void
clear (gpointer data)
{
  ConfabAudioRealtime *self = data;

  g_hash_table_unref (self->inside);
  g_async_queue_unref (self->asked);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
}

ConfabAudioRealtime *
confab_audio_realtime_ref (ConfabAudioRealtime *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
confab_audio_realtime_unref (ConfabAudioRealtime *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
