/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-bus"

#include "config.h"

#include "confab-error.h"
#include "confabd-bus-request-private.h"
#include "confabd-bus.h"

/**
 * ConfabdBus:
 *
 * The daemon on the session bus: app.confab.Confab.Daemon. An adapter around the domain, like the
 * one for HTTP; what its methods do is in data/dbus/app.confab.Confab.Daemon.xml.
 *
 * An application that is alone would leave. It is held while a method waits for its answer, and
 * while somebody is in a call.
 */
struct _ConfabdBus {
  GObject parent_instance;

  GApplication *application;  /* (unowned) it owns us */
  ConfabdAccounts *accounts;  /* (owned) */
  ConfabdCalls *calls;        /* (owned) */
  ConfabdBusDaemon *skeleton; /* (owned) */
  GCancellable *cancellable;  /* (owned) of all requests */
  char *user_name;            /* (owned) (nullable) what the user wants to be called */
  char *address;              /* (owned) (nullable) until the daemon listens */
  char *link_base;            /* (owned) (nullable) likewise */
  gboolean is_holding;
};

G_DEFINE_FINAL_TYPE (ConfabdBus, confabd_bus, G_TYPE_OBJECT)

static void
hold (ConfabdBus *self, gboolean is_needed)
{
  if (is_needed == self->is_holding) {
    return;
  }
  self->is_holding = is_needed;
  if (is_needed) {
    g_application_hold (self->application);
  } else {
    g_application_release (self->application);
  }
}

static void
on_presence_changed (ConfabdBus *self)
{
  confabd_bus_daemon_set_active_calls (self->skeleton, confabd_calls_get_n_active (self->calls));
  hold (self, confabd_calls_get_n_present (self->calls) > 0);
}

static void
on_call_started (ConfabdBus *self, ConfabCall *call)
{
  const char *title = confab_call_get_title (call);

  confabd_bus_daemon_emit_call_started (self->skeleton, confab_call_get_id (call),
                                        title != NULL ? title : "");
}

static void
on_call_ended (ConfabdBus *self, ConfabCall *call)
{
  confabd_bus_daemon_emit_call_ended (self->skeleton, confab_call_get_id (call),
                                      confab_call_get_end_reason (call));
}

static ConfabdBusRequest *
begin_request (ConfabdBus *self, GDBusMethodInvocation *invocation, ConfabdBusStep step)
{
  ConfabdBusRequest *request = g_new0 (ConfabdBusRequest, 1);

  request->application = g_object_ref (self->application);
  g_application_hold (request->application);
  request->skeleton = g_object_ref (self->skeleton);
  request->calls = g_object_ref (self->calls);
  request->invocation = invocation;
  request->cancellable = g_object_ref (self->cancellable);
  request->user_name = g_strdup (self->user_name);
  request->link_base = g_strdup (self->link_base);
  request->step = step;
  return request;
}

static gboolean
refuse_early (ConfabdBus *self, GDBusMethodInvocation *invocation)
{
  if (self->address != NULL) {
    return FALSE;
  }
  g_dbus_method_invocation_return_error_literal (invocation, CONFAB_ERROR, CONFAB_ERROR_RESTARTING,
                                                 "The daemon is not ready yet");
  return TRUE;
}

static gboolean
on_get_address (ConfabdBus *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (ConfabdBusRequest) request = NULL;

  if (refuse_early (self, invocation)) {
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  /* Nothing to wait for; the request makes the application stay some time from now on. */
  request = begin_request (self, NULL, NULL);
  confabd_bus_daemon_complete_get_address (self->skeleton, invocation, self->address);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_get_token (ConfabdBus *self, GDBusMethodInvocation *invocation)
{
  if (!refuse_early (self, invocation)) {
    confabd_bus_request_identify (begin_request (self, invocation, confabd_bus_request_get_token),
                                  self->accounts);
  }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_name (ConfabdBus *self, GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *name = NULL;

  if (refuse_early (self, invocation)) {
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  name = confabd_accounts_dup_name (text, &error);
  if (name == NULL) {
    g_dbus_method_invocation_return_gerror (invocation, error);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  g_free (self->user_name);
  self->user_name = name;
  confabd_bus_daemon_complete_set_name (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_create_call (ConfabdBus *self, GDBusMethodInvocation *invocation, GVariant *options)
{
  g_autoptr (ConfabdBusRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (refuse_early (self, invocation)) {
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  request = begin_request (self, invocation, confabd_bus_request_create_call);
  if (confabd_bus_request_read_options (request, options, &error)) {
    confabd_bus_request_identify (g_steal_pointer (&request), self->accounts);
  } else {
    confabd_bus_request_fail (request, error);
  }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_list_calls (ConfabdBus *self, GDBusMethodInvocation *invocation)
{
  if (!refuse_early (self, invocation)) {
    confabd_bus_request_identify (begin_request (self, invocation, confabd_bus_request_list_calls),
                                  self->accounts);
  }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_end_call (ConfabdBus *self, GDBusMethodInvocation *invocation, const char *id)
{
  ConfabdBusRequest *request = NULL;

  if (!refuse_early (self, invocation)) {
    request = begin_request (self, invocation, confabd_bus_request_end_call);
    request->text = g_strdup (id);
    confabd_bus_request_identify (request, self->accounts);
  }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
confabd_bus_dispose (GObject *object)
{
  ConfabdBus *self = CONFABD_BUS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->skeleton != NULL) {
    confabd_bus_unexport (self);
    g_signal_handlers_disconnect_by_data (self->skeleton, self);
  }
  if (self->calls != NULL) {
    g_signal_handlers_disconnect_by_data (self->calls, self);
    hold (self, FALSE);
  }
  g_clear_object (&self->skeleton);
  g_clear_object (&self->calls);
  g_clear_object (&self->accounts);

  G_OBJECT_CLASS (confabd_bus_parent_class)->dispose (object);
}

static void
confabd_bus_finalize (GObject *object)
{
  ConfabdBus *self = CONFABD_BUS (object);

  g_clear_object (&self->cancellable);
  g_free (self->user_name);
  g_free (self->address);
  g_free (self->link_base);

  G_OBJECT_CLASS (confabd_bus_parent_class)->finalize (object);
}

static void
confabd_bus_class_init (ConfabdBusClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->dispose = confabd_bus_dispose;
  class->finalize = confabd_bus_finalize;
}

static void
connect_skeleton (ConfabdBus *self)
{
  const struct {
    const char *name;
    GCallback callback;
  } handlers[] = {
    { "handle-get-address", G_CALLBACK (on_get_address) },
    { "handle-get-token", G_CALLBACK (on_get_token) },
    { "handle-set-name", G_CALLBACK (on_set_name) },
    { "handle-create-call", G_CALLBACK (on_create_call) },
    { "handle-list-calls", G_CALLBACK (on_list_calls) },
    { "handle-end-call", G_CALLBACK (on_end_call) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    g_signal_connect_swapped (self->skeleton, handlers[i].name, handlers[i].callback, self);
  }
}

static void
confabd_bus_init (ConfabdBus *self)
{
  self->cancellable = g_cancellable_new ();
  self->skeleton = confabd_bus_daemon_skeleton_new ();
  confabd_bus_daemon_set_version (self->skeleton, CONFAB_VERSION);
  connect_skeleton (self);
}

/**
 * confabd_bus_new:
 * @application: (transfer none): what to keep running; must outlive the bus object
 * @accounts: who the user at the desktop is
 * @calls: what the methods act on
 *
 * Returns: (transfer full): the object, not yet on any bus
 */
ConfabdBus *
confabd_bus_new (GApplication *application, ConfabdAccounts *accounts, ConfabdCalls *calls)
{
  ConfabdBus *self = NULL;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (CONFABD_IS_ACCOUNTS (accounts), NULL);
  g_return_val_if_fail (CONFABD_IS_CALLS (calls), NULL);

  self = g_object_new (CONFABD_TYPE_BUS, NULL);
  self->application = application;
  self->accounts = g_object_ref (accounts);
  self->calls = g_object_ref (calls);
  g_signal_connect_swapped (calls, "notify::n-present", G_CALLBACK (on_presence_changed), self);
  g_signal_connect_swapped (calls, "notify::n-active", G_CALLBACK (on_presence_changed), self);
  g_signal_connect_swapped (calls, "call-started", G_CALLBACK (on_call_started), self);
  g_signal_connect_swapped (calls, "call-ended", G_CALLBACK (on_call_ended), self);
  on_presence_changed (self);
  return self;
}

/**
 * confabd_bus_set_address:
 * @address: where clients on this machine reach the daemon, without a slash at the end
 * @link_base: what join links begin with; the same, unless the daemon is configured to be reached
 *   from outside
 *
 * From now on methods are answered.
 */
void
confabd_bus_set_address (ConfabdBus *self, const char *address, const char *link_base)
{
  g_return_if_fail (CONFABD_IS_BUS (self));
  g_return_if_fail (address != NULL && link_base != NULL);

  g_free (self->address);
  self->address = g_strdup (address);
  g_free (self->link_base);
  self->link_base = g_strdup (link_base);
}

/**
 * confabd_bus_export:
 * @connection: a session bus
 * @object_path: where on it
 * @error: return location for a #GError
 *
 * Puts the object on the bus; to be done before the name is taken.
 *
 * Returns: whether it is there
 */
gboolean
confabd_bus_export (ConfabdBus *self,
                    GDBusConnection *connection,
                    const char *object_path,
                    GError **error)
{
  g_return_val_if_fail (CONFABD_IS_BUS (self), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                           object_path, error);
}

/**
 * confabd_bus_unexport:
 *
 * Takes the object off the bus; may be called at any time.
 */
void
confabd_bus_unexport (ConfabdBus *self)
{
  GDBusInterfaceSkeleton *skeleton = NULL;

  g_return_if_fail (CONFABD_IS_BUS (self));

  skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL) {
    g_dbus_interface_skeleton_unexport (skeleton);
  }
}
