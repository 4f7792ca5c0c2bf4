/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-bus"

#include "config.h"

#include "confab-call-skeleton.h"
#include "confab-error.h"
#include "confab-ui-call-bus.h"

#define OBJECT_PATH "/app/confab/Confab/Call"

/**
 * ConfabUiCallBus:
 *
 * The call on the session bus: app.confab.Confab.Call, as its XML describes it.
 */
struct _ConfabUiCallBus {
  GObject parent_instance;

  ConfabUiCallControl *control; /* (owned) */
  ConfabDbusCall *skeleton;     /* (owned) exported while this lives */
};

G_DEFINE_FINAL_TYPE (ConfabUiCallBus, confab_ui_call_bus, G_TYPE_OBJECT)

/* An answer, unless there is no call. */
static gboolean
is_done (gboolean is_in_call, GDBusMethodInvocation *invocation)
{
  if (!is_in_call)
    g_dbus_method_invocation_return_error_literal (invocation, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                                                   "The app is in no call");
  return is_in_call;
}

static gboolean
on_set_muted (ConfabUiCallBus *self, GDBusMethodInvocation *invocation, gboolean is_muted)
{
  if (is_done (confab_ui_call_control_set_muted (self->control, is_muted), invocation))
    confab_dbus_call_complete_set_muted (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_start_talking (ConfabUiCallBus *self, GDBusMethodInvocation *invocation)
{
  if (is_done (confab_ui_call_control_press (self->control, CONFAB_UI_TALKER_BUS), invocation))
    confab_dbus_call_complete_start_talking (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_stop_talking (ConfabUiCallBus *self, GDBusMethodInvocation *invocation)
{
  if (is_done (confab_ui_call_control_release (self->control, CONFAB_UI_TALKER_BUS), invocation))
    confab_dbus_call_complete_stop_talking (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
confab_ui_call_bus_dispose (GObject *object)
{
  ConfabUiCallBus *self = CONFAB_UI_CALL_BUS (object);

  if (self->skeleton != NULL) {
    g_signal_handlers_disconnect_by_data (self->skeleton, self);
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  }
  g_clear_object (&self->skeleton);
  g_clear_object (&self->control);
  G_OBJECT_CLASS (confab_ui_call_bus_parent_class)->dispose (object);
}

static void
confab_ui_call_bus_class_init (ConfabUiCallBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_call_bus_dispose;
}

static void
confab_ui_call_bus_init (ConfabUiCallBus *self)
{
  self->skeleton = confab_dbus_call_skeleton_new ();
  g_signal_connect_swapped (self->skeleton, "handle-set-muted", G_CALLBACK (on_set_muted), self);
  g_signal_connect_swapped (self->skeleton, "handle-start-talking", G_CALLBACK (on_start_talking),
                            self);
  g_signal_connect_swapped (self->skeleton, "handle-stop-talking", G_CALLBACK (on_stop_talking),
                            self);
}

/**
 * confab_ui_call_bus_new:
 * @control: (transfer none): what the methods reach
 * @connection: (transfer none): where to be found
 * @error: return location for a #GError
 *
 * Exports the call until this object ends. Fails when the path is taken on @connection.
 *
 * Returns: (transfer full): the call on the bus
 */
ConfabUiCallBus *
confab_ui_call_bus_new (ConfabUiCallControl *control, GDBusConnection *connection, GError **error)
{
  g_autoptr (ConfabUiCallBus) self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (control), NULL);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CONFAB_UI_TYPE_CALL_BUS, NULL);
  self->control = g_object_ref (control);
  g_object_bind_property (control, "in-call", self->skeleton, "in-call", G_BINDING_SYNC_CREATE);
  g_object_bind_property (control, "muted", self->skeleton, "muted", G_BINDING_SYNC_CREATE);
  g_object_bind_property (control, "talking", self->skeleton, "talking", G_BINDING_SYNC_CREATE);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                         OBJECT_PATH, error))
    return NULL;
  return g_steal_pointer (&self);
}
