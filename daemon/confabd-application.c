/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-application"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdio.h>
#include <sys/resource.h>

#include "confabd-application.h"
#include "confabd-bus.h"
#include "confabd-config-limits.h"
#include "confabd-config-log.h"
#include "confabd-context.h"
#include "confabd-keeper.h"
#include "confabd-log.h"
#include "confabd-options.h"
#include "confabd-reloader.h"

/*
 * The process: command line, signals, beginning and end. On the session bus it is a unique
 * GApplication that leaves when it is idle; as a server it never registers, so that it runs where
 * no bus exists and does not end when somebody's bus does.
 */
struct _ConfabdApplication {
  GApplication parent_instance;

  ConfabdOptions *options;   /* (owned) (nullable) once the command line is read */
  ConfabdContext *context;   /* (owned) (nullable) while it serves */
  ConfabdKeeper *keeper;     /* (owned) (nullable) on the session bus */
  ConfabdBus *bus;           /* (owned) (nullable) likewise */
  ConfabdReloader *reloader; /* (owned) (nullable) while it serves */
  guint signal_ids[3];
  gboolean is_stopped;
  gboolean has_failed;
};

G_DEFINE_FINAL_TYPE (ConfabdApplication, confabd_application, G_TYPE_APPLICATION)

static gboolean
on_signal (gpointer user_data)
{
  g_message ("Leaving");
  g_application_quit (G_APPLICATION (user_data));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload_signal (gpointer user_data)
{
  confabd_reloader_reload (CONFABD_APPLICATION (user_data)->reloader);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve (ConfabdApplication *self, GError **error)
{
  self->context = confabd_context_new (self->options->config, self->options->on_session_bus, error);
  if (self->context == NULL)
    return FALSE;
  self->reloader = confabd_reloader_new (self->options, self->context);
  return TRUE;
}

static void
announce (ConfabdApplication *self)
{
  g_print ("Listening on %s\n", confabd_context_get_address (self->context));
  fflush (stdout);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabdApplication *self = CONFABD_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;

  if (!confabd_context_stop_finish (CONFABD_CONTEXT (source), result, &error)) {
    g_printerr ("confabd: %s\n", error->message);
    self->has_failed = TRUE;
  }
  self->is_stopped = TRUE;
}

/* The main loop has ended, but goodbyes need one. The bus name is still ours meanwhile, so that no
 * second daemon takes the database and the port. */
static void
stop (ConfabdApplication *self)
{
  if (self->context == NULL)
    return;
  g_clear_object (&self->bus);
  g_clear_object (&self->keeper);
  confabd_context_stop_async (self->context, on_stopped, self);
  g_clear_handle_id (&self->signal_ids[2], g_source_remove);
  while (!self->is_stopped || confabd_reloader_is_busy (self->reloader))
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->reloader);
  g_clear_object (&self->context);
}

static gboolean
start_on_session_bus (ConfabdApplication *self, GError **error)
{
  GApplication *application = G_APPLICATION (self);
  guint link_s = confabd_config_get_limits (self->options->config)->empty_room_s;

  if (!g_application_register (application, NULL, error))
    return FALSE;
  if (self->context == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no session bus");
    return FALSE;
  }
  self->keeper = confabd_keeper_new (application, self->context, link_s);
  /* 0 would be GLib's own ten seconds for a service. */
  g_application_set_inactivity_timeout (application, MAX (self->options->idle_timeout_s * 1000, 1));
  g_application_hold (application);
  g_application_release (application);
  return TRUE;
}

static gboolean
start_as_server (ConfabdApplication *self, GError **error)
{
  if (!serve (self, error))
    return FALSE;
  g_application_hold (G_APPLICATION (self));
  return TRUE;
}

/* The soft limit of 1,024 is for programs that use select(); we need one for each connection. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("The limit of open files stays as it is: %s", g_strerror (errno));
}

static gboolean
start (ConfabdApplication *self, GError **error)
{
  raise_descriptor_limit ();
  return self->options->on_session_bus ? start_on_session_bus (self, error)
                                       : start_as_server (self, error);
}

static gboolean
confabd_application_local_command_line (GApplication *application,
                                        char ***arguments,
                                        int *exit_status)
{
  ConfabdApplication *self = CONFABD_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  self->options = confabd_options_parse (arguments, exit_status);
  if (self->options == NULL)
    return TRUE;
  confabd_log_set_level (confabd_config_get_log (self->options->config)->level);
  confabd_log_set_format (confabd_config_get_log (self->options->config)->format);
  if (!start (self, &error)) {
    g_printerr ("confabd: %s\n", error->message);
    self->has_failed = TRUE;
    g_application_quit (application); /* else a service waits for its first client */
    return TRUE;
  }
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, on_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, on_signal, self);
  self->signal_ids[2] = g_unix_signal_add (SIGHUP, on_reload_signal, self);
  announce (self);
  return TRUE;
}

static gboolean
is_running_already (GDBusConnection *connection)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", CONFAB_DAEMON_BUS_NAME), G_VARIANT_TYPE ("(b)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean has_owner = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  return has_owner;
}

/* Before the name is ours: whoever waits for it finds the object the moment it is. */
static gboolean
confabd_application_dbus_register (GApplication *application,
                                   GDBusConnection *connection,
                                   const char *object_path,
                                   GError **error)
{
  ConfabdApplication *self = CONFABD_APPLICATION (application);

  if (is_running_already (connection)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                         "A confabd runs on this session bus already");
    return FALSE;
  }
  if (!serve (self, error))
    return FALSE;
  self->bus = confabd_bus_new (application, confabd_context_get_accounts (self->context),
                               confabd_context_get_calls (self->context));
  confabd_bus_set_address (self->bus, confabd_context_get_address (self->context),
                           confabd_context_get_base_url (self->context));
  return confabd_bus_export (self->bus, connection, object_path, error);
}

static void
confabd_application_dbus_unregister (GApplication *application,
                                     GDBusConnection *connection,
                                     const char *object_path)
{
  ConfabdApplication *self = CONFABD_APPLICATION (application);

  if (self->bus != NULL)
    confabd_bus_unexport (self->bus);
}

/* Asked for by the bus; being there is all there is to it. */
static void
confabd_application_activate (GApplication *application)
{
}

static void
confabd_application_shutdown (GApplication *application)
{
  stop (CONFABD_APPLICATION (application));

  G_APPLICATION_CLASS (confabd_application_parent_class)->shutdown (application);
}

static void
confabd_application_dispose (GObject *object)
{
  ConfabdApplication *self = CONFABD_APPLICATION (object);

  g_clear_handle_id (&self->signal_ids[0], g_source_remove);
  g_clear_handle_id (&self->signal_ids[1], g_source_remove);
  g_clear_handle_id (&self->signal_ids[2], g_source_remove);
  g_clear_object (&self->reloader);
  g_clear_object (&self->bus);
  g_clear_object (&self->keeper);
  g_clear_object (&self->context);
  g_clear_pointer (&self->options, confabd_options_free);

  G_OBJECT_CLASS (confabd_application_parent_class)->dispose (object);
}

static void
confabd_application_class_init (ConfabdApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confabd_application_dispose;

  application_class->local_command_line = confabd_application_local_command_line;
  application_class->dbus_register = confabd_application_dbus_register;
  application_class->dbus_unregister = confabd_application_dbus_unregister;
  application_class->activate = confabd_application_activate;
  application_class->shutdown = confabd_application_shutdown;
}

static void
confabd_application_init (ConfabdApplication *self)
{
}

/**
 * confabd_application_new:
 *
 * Returns: (transfer full): the process, not started yet
 */
ConfabdApplication *
confabd_application_new (void)
{
  return g_object_new (CONFABD_TYPE_APPLICATION, "application-id", CONFAB_DAEMON_BUS_NAME, "flags",
                       G_APPLICATION_IS_SERVICE, NULL);
}

/**
 * confabd_application_run:
 * @self: the process
 * @argc: how many arguments
 * @argv: the command line
 *
 * Runs until a signal, or until nobody needs it.
 *
 * Returns: what to exit with
 */
int
confabd_application_run (ConfabdApplication *self, int argc, char **argv)
{
  int status = g_application_run (G_APPLICATION (self), argc, argv);

  stop (self);
  return self->has_failed ? 1 : status;
}
