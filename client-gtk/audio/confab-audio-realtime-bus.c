/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-realtime"

#include "config.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "confab-audio-realtime-bus.h"

#define CALL_TIMEOUT_MS 3000 /* either is started by its bus when it is not there */

typedef struct {
  GBusType bus;
  const char *name;
  const char *path;
  const char *interface;
} Service;

static const Service services[] = {
  [CONFAB_AUDIO_REALTIME_PORTAL] = { G_BUS_TYPE_SESSION, "org.freedesktop.portal.Desktop",
                                     "/org/freedesktop/portal/desktop",
                                     "org.freedesktop.portal.Realtime" },
  [CONFAB_AUDIO_REALTIME_KIT] = { G_BUS_TYPE_SYSTEM, "org.freedesktop.RealtimeKit1",
                                  "/org/freedesktop/RealtimeKit1", "org.freedesktop.RealtimeKit1" },
};

/* ---- the price of the priority ---- */

/* The thread that has run for half of what is allowed without a pause goes on as any other, before
 * the kernel ends the process. The kernel raises the lower limit by a second each time, which would
 * be beyond the upper one for the next thread. Only system calls in here: signal-safety (7). */
static void
on_runaway (int number)
{
  struct sched_param param = { 0 };
  struct rlimit limit;
  int kept = errno;

  sched_setscheduler (0, SCHED_OTHER, &param);
  if (getrlimit (RLIMIT_RTTIME, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max / 2;
    setrlimit (RLIMIT_RTTIME, &limit);
  }
  errno = kept;
}

static void
catch_runaway (void)
{
  struct sigaction before;
  struct sigaction action = { .sa_handler = on_runaway, .sa_flags = SA_RESTART };

  if (sigaction (SIGXCPU, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
    sigaction (SIGXCPU, &action, NULL);
}

/**
 * confab_audio_realtime_guard:
 * @max_us: how long a real-time thread may run without waiting for anything
 * @error: return location for a #GError
 *
 * Limits what a real-time thread of this process can do to the machine, as RealtimeKit demands
 * before it gives a priority: at half of @max_us the thread loses it, at @max_us the kernel ends
 * the process. A stricter limit that is there stays. Any thread. Source: getrlimit (2),
 * RLIMIT_RTTIME.
 */
gboolean
confab_audio_realtime_guard (gint64 max_us, GError **error)
{
  struct rlimit limit;
  rlim_t most = (rlim_t) max_us;

  if (getrlimit (RLIMIT_RTTIME, &limit) == 0 && limit.rlim_max <= most)
    return TRUE;
  limit.rlim_max = most;
  limit.rlim_cur = MIN (limit.rlim_cur, most / 2);
  catch_runaway ();
  if (setrlimit (RLIMIT_RTTIME, &limit) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "RLIMIT_RTTIME: %s",
               g_strerror (errno));
  return FALSE;
}

/* ---- the service ---- */

static GVariant *
call (GDBusConnection *bus,
      const Service *service,
      const char *interface,
      const char *method,
      GVariant *parameters,
      GCancellable *cancellable,
      GError **error)
{
  return g_dbus_connection_call_sync (bus, service->name, service->path, interface, method,
                                      parameters, NULL, G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS,
                                      cancellable, error);
}

/* MaxRealtimePriority is of type i, RTTimeUSecMax of type x. */
static gboolean
read_limit (GDBusConnection *bus,
            const Service *service,
            const char *name,
            gint64 *value,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) box = NULL;

  reply = call (bus, service, "org.freedesktop.DBus.Properties", "Get",
                g_variant_new ("(ss)", service->interface, name), cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(v)")))
    g_variant_get (reply, "(v)", &box);
  if (box != NULL && g_variant_is_of_type (box, G_VARIANT_TYPE_INT32))
    *value = g_variant_get_int32 (box);
  else if (box != NULL && g_variant_is_of_type (box, G_VARIANT_TYPE_INT64))
    *value = g_variant_get_int64 (box);
  else
    *value = 0;
  if (*value > 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s allows no “%s”", service->name,
               name);
  return FALSE;
}

/**
 * confab_audio_realtime_bus_ask:
 * @service: whom
 * @thread: number of a thread of this process
 * @priority: 1..99; what the service allows at most is taken instead
 * @cancellable: (nullable):
 * @error: return location for a #GError
 *
 * Asks for real-time priority (round robin, not inherited) and waits for the answer: not for a
 * thread that has something to do in time. Fails with what the bus says.
 * Source: README of RealtimeKit 0.13; data/org.freedesktop.portal.Realtime.xml of
 * xdg-desktop-portal 1.16.
 */
gboolean
confab_audio_realtime_bus_ask (ConfabAudioRealtimeService service,
                               pid_t thread,
                               int priority,
                               GCancellable *cancellable,
                               GError **error)
{
  const Service *to = &services[service];
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (to->bus, cancellable, error);
  g_autoptr (GVariant) reply = NULL;
  gint64 max_priority = 0;
  gint64 max_us = 0;

  if (bus == NULL ||
      !read_limit (bus, to, "MaxRealtimePriority", &max_priority, cancellable, error) ||
      !read_limit (bus, to, "RTTimeUSecMax", &max_us, cancellable, error) ||
      !confab_audio_realtime_guard (max_us, error))
    return FALSE;
  reply = call (bus, to, to->interface, "MakeThreadRealtimeWithPID",
                g_variant_new ("(ttu)", (guint64) getpid (), (guint64) thread,
                               (guint32) MIN (priority, max_priority)),
                cancellable, error);
  return reply != NULL;
}
