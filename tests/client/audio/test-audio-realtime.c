/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "confab-audio-realtime-bus.h"
#include "confab-audio-realtime.h"
#include "confab-error.h"
#include "sound-room.h"

#define DEADLINE_S   20
#define MAX_PRIORITY 3
#define MAX_US       150000

/* RealtimeKit and the portal in one, on a bus of the test's own: it notes what it is asked for. */
static const char xml[] =
    "<node>"
    "<interface name='org.freedesktop.RealtimeKit1'>"
    "<method name='MakeThreadRealtimeWithPID'>"
    "<arg type='t' direction='in'/><arg type='t' direction='in'/><arg type='u' direction='in'/>"
    "</method>"
    "<property name='MaxRealtimePriority' type='i' access='read'/>"
    "<property name='RTTimeUSecMax' type='x' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.portal.Realtime'>"
    "<method name='MakeThreadRealtimeWithPID'>"
    "<arg type='t' direction='in'/><arg type='t' direction='in'/><arg type='u' direction='in'/>"
    "</method>"
    "<property name='MaxRealtimePriority' type='i' access='read'/>"
    "<property name='RTTimeUSecMax' type='x' access='read'/>"
    "</interface>"
    "</node>";

typedef struct {
  GDBusConnection *server;           /* (owned) where the services are */
  GDBusNodeInfo *node;               /* (owned) */
  guint registrations[2];            /* RealtimeKit, portal */
  guint names[2];                    /* likewise */
  gboolean is_refusing;              /* says no to everybody */
  gboolean is_slow;                  /* says nothing until it is asked for again */
  guint n_asked;                     /* for a priority */
  char *interface;                   /* (owned) (nullable) of the last question */
  guint64 process;                   /* of the last question */
  guint64 thread;                    /* of the last question */
  guint32 priority;                  /* of the last question */
  rlim_t limit_us;                   /* at the last question */
  GDBusMethodInvocation *unanswered; /* (owned) (nullable) */

  guint n_refusals;
  GError *refusal; /* (owned) (nullable) */
} Fixture;

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Fixture *f = user_data;
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_RTTIME, &limit), ==, 0);
  g_variant_get (parameters, "(ttu)", &f->process, &f->thread, &f->priority);
  g_free (f->interface);
  f->interface = g_strdup (interface);
  f->limit_us = limit.rlim_max;
  f->n_asked++;
  if (f->is_slow)
    f->unanswered = invocation; /* it is ours: whoever handles a call answers it or lets go of it */
  else if (f->is_refusing)
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.DBus.Error.AccessDenied", "too many threads");
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static GVariant *
on_get_property (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *name,
                 GError **error,
                 gpointer user_data)
{
  return g_str_equal (name, "RTTimeUSecMax") ? g_variant_new_int64 (MAX_US)
                                             : g_variant_new_int32 (MAX_PRIORITY);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_method_call,
                                             .get_property = on_get_property };

static void
serve (Fixture *f, guint i, const char *name, const char *path)
{
  f->registrations[i] = g_dbus_connection_register_object (f->server, path, f->node->interfaces[i],
                                                           &vtable, f, NULL, NULL);
  g_assert_cmpuint (f->registrations[i], >, 0);
  f->names[i] = g_bus_own_name_on_connection (f->server, name, G_BUS_NAME_OWNER_FLAGS_NONE, NULL,
                                              NULL, NULL, NULL);
}

static gboolean
has_owner (Fixture *f, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      f->server, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", name), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean has_one = FALSE;

  g_variant_get (reply, "(b)", &has_one);
  return has_one;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  f->server =
      g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SESSION_BUS_ADDRESS"),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  f->node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  serve (f, 0, "org.freedesktop.RealtimeKit1", "/org/freedesktop/RealtimeKit1");
  serve (f, 1, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
  RUN_UNTIL (has_owner (f, "org.freedesktop.RealtimeKit1") &&
                 has_owner (f, "org.freedesktop.portal.Desktop"),
             DEADLINE_S);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->names); i++) {
    g_bus_unown_name (f->names[i]);
    g_dbus_connection_unregister_object (f->server, f->registrations[i]);
  }
  g_clear_object (&f->unanswered);
  g_clear_object (&f->server);
  g_dbus_node_info_unref (f->node);
  g_clear_error (&f->refusal);
  g_free (f->interface);
}

static void
on_refused (const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_refusals++;
  g_clear_error (&f->refusal);
  f->refusal = g_error_copy (error);
}

/* A thread that carries sound, for as long as the test wants. */
typedef struct {
  ConfabAudioRealtime *realtime; /* (unowned) */
  GThread *thread;               /* (owned) */
  gint number;                   /* (atomic) 0: it has not come in yet */
  gint is_over;                  /* (atomic) */
  gint64 entered_us;             /* how long coming in took; valid when number is */
  gint left_policy;              /* valid when the thread is joined */
} Worker;

static gpointer
work (gpointer data)
{
  Worker *self = data;
  gint64 before_us = g_get_monotonic_time ();

  confab_audio_realtime_enter (self->realtime);
  self->entered_us = g_get_monotonic_time () - before_us;
  g_atomic_int_set (&self->number, gettid ());
  while (!g_atomic_int_get (&self->is_over))
    g_usleep (1000);
  confab_audio_realtime_leave (self->realtime);
  self->left_policy = sched_getscheduler (0) & ~SCHED_RESET_ON_FORK;
  return NULL;
}

static void
start_worker (Worker *self, ConfabAudioRealtime *realtime)
{
  *self = (Worker){ .realtime = realtime };
  self->thread = g_thread_new ("worker", work, self);
  RUN_UNTIL (g_atomic_int_get (&self->number) != 0, DEADLINE_S);
}

static void
end_worker (Worker *self)
{
  g_atomic_int_set (&self->is_over, TRUE);
  g_thread_join (self->thread);
  g_assert_cmpint (self->left_policy, ==, SCHED_OTHER);
}

static ConfabAudioRealtime *
make (Fixture *f, ConfabAudioRealtimeWay first, ConfabAudioRealtimeWay second)
{
  const ConfabAudioRealtimeWay ways[] = { first, second, CONFAB_AUDIO_REALTIME_WAY_END };

  return confab_audio_realtime_new (ways, g_main_context_default (), on_refused, f);
}

static void
finish (ConfabAudioRealtime *realtime)
{
  confab_audio_realtime_close (realtime);
  confab_audio_realtime_unref (realtime);
}

static void
check_asked (Fixture *f, const char *interface, Worker *worker)
{
  g_assert_cmpstr (f->interface, ==, interface);
  g_assert_cmpuint (f->process, ==, (guint64) getpid ());
  g_assert_cmpuint (f->thread, ==, (guint64) worker->number);
  g_assert_cmpuint (f->priority, ==, MAX_PRIORITY);
  g_assert_cmpuint (f->limit_us, <=, MAX_US);
}

static void
test_kit_is_asked (Fixture *f, gconstpointer unused)
{
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_KIT, CONFAB_AUDIO_REALTIME_WAY_PORTAL);
  Worker worker;

  start_worker (&worker, realtime);
  RUN_UNTIL (f->n_asked > 0, DEADLINE_S);
  check_asked (f, "org.freedesktop.RealtimeKit1", &worker);
  end_worker (&worker);
  finish (realtime);
  g_assert_cmpuint (f->n_refusals, ==, 0);
}

static void
test_portal_is_asked (Fixture *f, gconstpointer unused)
{
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_PORTAL, CONFAB_AUDIO_REALTIME_WAY_END);
  Worker worker;

  start_worker (&worker, realtime);
  RUN_UNTIL (f->n_asked > 0, DEADLINE_S);
  check_asked (f, "org.freedesktop.portal.Realtime", &worker);
  end_worker (&worker);
  finish (realtime);
}

/* The portal stands in for a RealtimeKit that refuses; when both do, that is said once. */
static void
test_refusal_is_said_once (Fixture *f, gconstpointer unused)
{
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_KIT, CONFAB_AUDIO_REALTIME_WAY_PORTAL);
  Worker workers[3];

  f->is_refusing = TRUE;
  g_test_expect_message ("confab-audio-realtime", G_LOG_LEVEL_MESSAGE,
                         "*no real-time priority*too many threads*too many threads*");
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    start_worker (&workers[i], realtime);
  RUN_UNTIL (f->n_asked == 6, DEADLINE_S);
  RUN_UNTIL (f->n_refusals > 0, DEADLINE_S);
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    end_worker (&workers[i]);
  finish (realtime);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_refusals, ==, 1);
  g_assert_error (f->refusal, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

/* However long the desktop thinks about it. */
static void
test_no_thread_waits (Fixture *f, gconstpointer unused)
{
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_KIT, CONFAB_AUDIO_REALTIME_WAY_END);
  Worker workers[2];

  f->is_slow = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++) {
    start_worker (&workers[i], realtime);
    g_assert_cmpint (workers[i].entered_us, <, G_USEC_PER_SEC);
  }
  RUN_UNTIL (f->unanswered != NULL, DEADLINE_S);
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    end_worker (&workers[i]);
  finish (realtime);
  g_assert_cmpuint (f->n_refusals, ==, 0);
}

static gboolean
may_raise (void)
{
  struct sched_param param = { .sched_priority = 1 };
  gboolean may = sched_setscheduler (0, SCHED_RR | SCHED_RESET_ON_FORK, &param) == 0;

  param.sched_priority = 0;
  sched_setscheduler (0, SCHED_OTHER, &param);
  return may;
}

/* Where the process may, nobody is asked; where it may not, RealtimeKit is. */
static void
test_direct_comes_first (Fixture *f, gconstpointer unused)
{
  gboolean may = may_raise ();
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_DIRECT, CONFAB_AUDIO_REALTIME_WAY_KIT);
  Worker worker;

  start_worker (&worker, realtime);
  if (may)
    g_assert_cmpint (sched_getscheduler (worker.number), ==, SCHED_RR | SCHED_RESET_ON_FORK);
  else
    RUN_UNTIL (f->n_asked > 0, DEADLINE_S);
  end_worker (&worker);
  finish (realtime);
  g_assert_cmpuint (f->n_asked, ==, may ? 0 : 1);
}

/* The streaming threads of a pipeline that sound waits for, without a word from its elements'
 * owner. */
static void
test_pipeline_is_watched (Fixture *f, gconstpointer unused)
{
  ConfabAudioRealtime *realtime =
      make (f, CONFAB_AUDIO_REALTIME_WAY_KIT, CONFAB_AUDIO_REALTIME_WAY_END);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline =
      gst_parse_launch ("appsrc ! queue ! identity ! fakesink sync=false async=false", &error);

  g_assert_no_error (error);
  confab_audio_realtime_watch (realtime, pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  RUN_UNTIL (f->n_asked == 2, DEADLINE_S);
  g_assert_cmpuint (f->thread, !=, (guint64) getpid ());
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  finish (realtime);
}

static gpointer
run_away (gpointer unused)
{
  struct sched_param param = { .sched_priority = 1 };

  g_assert_cmpint (sched_setscheduler (0, SCHED_RR | SCHED_RESET_ON_FORK, &param), ==, 0);
  while ((sched_getscheduler (0) & ~SCHED_RESET_ON_FORK) == SCHED_RR)
    continue;
  return NULL;
}

/* What runs on and on loses the priority before the kernel ends the process, time and again. */
static void
test_runaway_is_stopped (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (GError) error = NULL;

    g_assert_true (confab_audio_realtime_guard (MAX_US, &error));
    g_assert_no_error (error);
    for (guint i = 0; i < 3; i++)
      g_thread_join (g_thread_new ("runaway", run_away, NULL));
    return;
  }
  if (!may_raise ()) {
    g_assert_true (confab_audio_realtime_guard (MAX_US, NULL));
    return;
  }
  g_test_trap_subprocess (NULL, DEADLINE_S * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* One for all tests: the shared connections of a process cannot be made anew. */
static GSubprocess *
start_bus (void)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *daemon = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "dbus-daemon",
                                          "--session", "--nofork", "--print-address=1", NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *address = NULL;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (daemon));
  address = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (address);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
  return daemon;
}

static void
stop_bus (GSubprocess *daemon)
{
  static const GBusType types[] = { G_BUS_TYPE_SESSION, G_BUS_TYPE_SYSTEM };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GDBusConnection) bus = g_bus_get_sync (types[i], NULL, NULL);

    g_dbus_connection_set_exit_on_close (bus, FALSE);
  }
  g_subprocess_force_exit (daemon);
  g_subprocess_wait (daemon, NULL, NULL);
  g_object_unref (daemon);
}

#define ADD(path, function) \
  g_test_add ("/audio/realtime/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  GSubprocess *daemon = NULL;
  int result = 0;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/realtime/runaway-is-stopped", test_runaway_is_stopped);
  ADD ("kit-is-asked", test_kit_is_asked);
  ADD ("portal-is-asked", test_portal_is_asked);
  ADD ("refusal-is-said-once", test_refusal_is_said_once);
  ADD ("no-thread-waits", test_no_thread_waits);
  ADD ("direct-comes-first", test_direct_comes_first);
  ADD ("pipeline-is-watched", test_pipeline_is_watched);
  daemon = start_bus ();
  result = g_test_run ();
  stop_bus (daemon);
  return result;
}
