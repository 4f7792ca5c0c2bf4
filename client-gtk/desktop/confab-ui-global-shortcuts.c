/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-global-shortcuts"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-global-shortcuts.h"

#define PORTAL_NAME         "org.freedesktop.portal.Desktop"
#define PORTAL_PATH         "/org/freedesktop/portal/desktop"
#define SHORTCUTS_INTERFACE "org.freedesktop.portal.GlobalShortcuts"
#define REQUEST_INTERFACE   "org.freedesktop.portal.Request"
#define SESSION_INTERFACE   "org.freedesktop.portal.Session"
#define TALK_ID             "push-to-talk"
#define PREFERRED_TRIGGER   "CTRL_R" /* as the key in our window; the desktop may choose another */
#define RESPONSE_GOOD       0
#define RESPONSE_REFUSED    1
#define SESSION_DEADLINE_S  30 /* nobody is asked anything for a session */

typedef void (*Answered) (ConfabUiGlobalShortcuts *self, GVariant *results);

/**
 * ConfabUiGlobalShortcuts:
 *
 * The key of push-to-talk while another window has the keyboard: one shortcut of the desktop's
 * portal. Once it is wanted a session is created and the shortcut bound, for which the desktop may
 * ask its user; a portal that has left and come back is asked anew.
 *
 * Source: the documentation of org.freedesktop.portal.GlobalShortcuts, version 1.
 */
struct _ConfabUiGlobalShortcuts {
  GObject parent_instance;

  ConfabUiCallControl *control; /* (owned) */
  GDBusConnection *connection;  /* (owned) */
  GCancellable *asking;         /* (owned) (nullable) until it is no longer wanted */
  GDBusProxy *portal;           /* (owned) (nullable) */
  char *session;                /* (owned) (nullable) path */
  char *trigger;                /* (owned) (nullable) in the desktop's words */
  ConfabUiShortcutsState state;

  guint response_subscription; /* to the one request that is on its way */
  Answered answered;           /* its answer */
  guint deadline;              /* source id */
};

typedef enum { SIGNAL_CHANGED, N_SIGNALS } ConfabUiGlobalShortcutsSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabUiGlobalShortcuts, confab_ui_global_shortcuts, G_TYPE_OBJECT)

static void
set_state (ConfabUiGlobalShortcuts *self, ConfabUiShortcutsState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
forget_request (ConfabUiGlobalShortcuts *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (self->response_subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->response_subscription);
  self->response_subscription = 0;
}

static void
forget_session (ConfabUiGlobalShortcuts *self)
{
  forget_request (self);
  confab_ui_call_control_release (self->control, CONFAB_UI_TALKER_DESKTOP);
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->trigger, g_free);
}

static void
give_up (ConfabUiGlobalShortcuts *self, ConfabUiShortcutsState state)
{
  forget_session (self);
  set_state (self, state);
}

/* ---- requests: one at a time, answered by a signal of an object of their own ---- */

static void
on_response (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  ConfabUiGlobalShortcuts *self = user_data;
  g_autoptr (GVariant) results = NULL;
  guint response = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  forget_request (self);
  if (response == RESPONSE_GOOD)
    self->answered (self, results);
  else
    give_up (self, response == RESPONSE_REFUSED ? CONFAB_UI_SHORTCUTS_REFUSED
                                                : CONFAB_UI_SHORTCUTS_UNAVAILABLE);
}

/* The reply only says that the request was understood. */
static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_info ("The portal of global shortcuts: %s", error->message);
  give_up (user_data, CONFAB_UI_SHORTCUTS_UNAVAILABLE);
}

/* The path of a request is known before it is made: “:1.23” and a token become “…/1_23/token”. */
static char *
subscribe (ConfabUiGlobalShortcuts *self, Answered answered)
{
  char *token = g_strdup_printf ("confab%u", g_random_int ());
  g_autofree char *sender =
      g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (self->connection) + 1), ".", '_');
  g_autofree char *path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);

  forget_request (self);
  self->answered = answered;
  self->response_subscription = g_dbus_connection_signal_subscribe (
      self->connection, PORTAL_NAME, REQUEST_INTERFACE, "Response", path, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_response, self, NULL);
  return token;
}

/* ---- a session, and the shortcut in it ---- */

static const char *
read_trigger (GVariant *shortcuts)
{
  const char *id = NULL;
  const char *trigger = NULL;
  GVariant *properties = NULL;
  GVariantIter iter;

  g_variant_iter_init (&iter, shortcuts);
  while (trigger == NULL && g_variant_iter_next (&iter, "(&s@a{sv})", &id, &properties)) {
    if (g_str_equal (id, TALK_ID))
      g_variant_lookup (properties, "trigger_description", "&s", &trigger);
    g_variant_unref (properties); /* what is in it belongs to the list */
  }
  return trigger;
}

static void
take_shortcuts (ConfabUiGlobalShortcuts *self, GVariant *shortcuts)
{
  const char *trigger = read_trigger (shortcuts);

  g_free (self->trigger);
  self->trigger = g_strdup (trigger != NULL ? trigger : "");
}

static void
on_bound (ConfabUiGlobalShortcuts *self, GVariant *results)
{
  g_autoptr (GVariant) shortcuts =
      g_variant_lookup_value (results, "shortcuts", G_VARIANT_TYPE ("a(sa{sv})"));

  if (shortcuts == NULL || g_variant_n_children (shortcuts) == 0) {
    give_up (self, CONFAB_UI_SHORTCUTS_REFUSED);
    return;
  }
  take_shortcuts (self, shortcuts);
  set_state (self, CONFAB_UI_SHORTCUTS_BOUND);
}

static void
bind_shortcut (ConfabUiGlobalShortcuts *self)
{
  g_autofree char *token = subscribe (self, on_bound);
  GVariantBuilder shortcuts, properties, options;

  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&properties, "{sv}", "description",
                         g_variant_new_string (_ ("Push to talk")));
  g_variant_builder_add (&properties, "{sv}", "preferred_trigger",
                         g_variant_new_string (PREFERRED_TRIGGER));
  g_variant_builder_init (&shortcuts, G_VARIANT_TYPE ("a(sa{sv})"));
  g_variant_builder_add (&shortcuts, "(sa{sv})", TALK_ID, &properties);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_dbus_proxy_call (self->portal, "BindShortcuts",
                     g_variant_new ("(oa(sa{sv})sa{sv})", self->session, &shortcuts, "", &options),
                     G_DBUS_CALL_FLAGS_NONE, -1, self->asking, on_called, self);
}

static void
on_session_created (ConfabUiGlobalShortcuts *self, GVariant *results)
{
  const char *session = NULL;

  if (!g_variant_lookup (results, "session_handle", "&s", &session) ||
      !g_variant_is_object_path (session)) {
    give_up (self, CONFAB_UI_SHORTCUTS_UNAVAILABLE);
    return;
  }
  self->session = g_strdup (session);
  bind_shortcut (self);
}

static gboolean
on_deadline (gpointer user_data)
{
  ConfabUiGlobalShortcuts *self = user_data;

  self->deadline = 0;
  give_up (self, CONFAB_UI_SHORTCUTS_UNAVAILABLE);
  return G_SOURCE_REMOVE;
}

static void
create_session (ConfabUiGlobalShortcuts *self)
{
  g_autofree char *token = subscribe (self, on_session_created);
  GVariantBuilder options;

  set_state (self, CONFAB_UI_SHORTCUTS_ASKING);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string (token));
  self->deadline = g_timeout_add_seconds (SESSION_DEADLINE_S, on_deadline, self);
  g_dbus_proxy_call (self->portal, "CreateSession", g_variant_new ("(a{sv})", &options),
                     G_DBUS_CALL_FLAGS_NONE, -1, self->asking, on_called, self);
}

static void
close_session (ConfabUiGlobalShortcuts *self)
{
  if (self->session != NULL)
    g_dbus_connection_call (self->connection, PORTAL_NAME, self->session, SESSION_INTERFACE,
                            "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                            NULL);
}

/* ---- what the portal says ---- */

static void
on_portal_signal (ConfabUiGlobalShortcuts *self,
                  const char *sender,
                  const char *name,
                  GVariant *parameters)
{
  const char *session = NULL;
  const char *id = NULL;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(osta{sv})"))) {
    g_variant_get (parameters, "(&o&st@a{sv})", &session, &id, NULL, NULL);
    if (g_strcmp0 (session, self->session) != 0 || !g_str_equal (id, TALK_ID))
      return;
    if (g_str_equal (name, "Activated"))
      confab_ui_call_control_press (self->control, CONFAB_UI_TALKER_DESKTOP);
    else if (g_str_equal (name, "Deactivated"))
      confab_ui_call_control_release (self->control, CONFAB_UI_TALKER_DESKTOP);
  } else if (g_str_equal (name, "ShortcutsChanged") &&
             g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa(sa{sv}))"))) {
    g_autoptr (GVariant) shortcuts = g_variant_get_child_value (parameters, 1);

    take_shortcuts (self, shortcuts);
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  }
}

/* What was bound has gone with the portal; a key that was down does not come up any more. */
static void
on_owner_changed (ConfabUiGlobalShortcuts *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (self->portal);

  forget_session (self);
  if (owner != NULL)
    create_session (self);
  else
    set_state (self, CONFAB_UI_SHORTCUTS_UNAVAILABLE);
}

static void
on_portal_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabUiGlobalShortcuts *self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusProxy *portal = g_dbus_proxy_new_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (portal == NULL) {
    give_up (self, CONFAB_UI_SHORTCUTS_UNAVAILABLE);
    return;
  }
  self->portal = portal;
  g_signal_connect_object (portal, "g-signal", G_CALLBACK (on_portal_signal), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (portal, "notify::g-name-owner", G_CALLBACK (on_owner_changed), self,
                           G_CONNECT_SWAPPED);
  on_owner_changed (self);
}

/* ---- object ---- */

static void
stop (ConfabUiGlobalShortcuts *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (self->portal != NULL)
    g_signal_handlers_disconnect_by_data (self->portal, self);
  g_clear_object (&self->portal);
  close_session (self);
  give_up (self, CONFAB_UI_SHORTCUTS_OFF);
}

static void
confab_ui_global_shortcuts_dispose (GObject *object)
{
  ConfabUiGlobalShortcuts *self = CONFAB_UI_GLOBAL_SHORTCUTS (object);

  if (self->control != NULL)
    stop (self);
  g_clear_object (&self->control);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (confab_ui_global_shortcuts_parent_class)->dispose (object);
}

static void
confab_ui_global_shortcuts_class_init (ConfabUiGlobalShortcutsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_global_shortcuts_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_ui_global_shortcuts_init (ConfabUiGlobalShortcuts *self)
{
}

/**
 * confab_ui_global_shortcuts_new:
 * @control: (transfer none): the call whose key it is
 * @connection: (transfer none): the session bus
 *
 * Asks nothing of the desktop yet.
 *
 * Returns: (transfer full): the shortcuts
 */
ConfabUiGlobalShortcuts *
confab_ui_global_shortcuts_new (ConfabUiCallControl *control, GDBusConnection *connection)
{
  ConfabUiGlobalShortcuts *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (control), NULL);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CONFAB_UI_TYPE_GLOBAL_SHORTCUTS, NULL);
  self->control = g_object_ref (control);
  self->connection = g_object_ref (connection);
  return self;
}

/**
 * confab_ui_global_shortcuts_set_wanted:
 * @self: the shortcuts
 * @is_wanted: whether the key is to work everywhere
 *
 * Asks the desktop for the key, or gives it back. After a refusal, asks again when it is wanted
 * anew.
 */
void
confab_ui_global_shortcuts_set_wanted (ConfabUiGlobalShortcuts *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_UI_IS_GLOBAL_SHORTCUTS (self));

  if (is_wanted == (self->asking != NULL))
    return;
  if (!is_wanted) {
    stop (self);
    return;
  }
  self->asking = g_cancellable_new ();
  set_state (self, CONFAB_UI_SHORTCUTS_ASKING);
  g_dbus_proxy_new (self->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, PORTAL_NAME,
                    PORTAL_PATH, SHORTCUTS_INTERFACE, self->asking, on_portal_found, self);
}

ConfabUiShortcutsState
confab_ui_global_shortcuts_get_state (ConfabUiGlobalShortcuts *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_GLOBAL_SHORTCUTS (self), CONFAB_UI_SHORTCUTS_OFF);

  return self->state;
}

/**
 * confab_ui_global_shortcuts_get_trigger:
 * @self: the shortcuts
 *
 * Returns: (nullable) (transfer none): the key in the desktop's words, empty when it does not say;
 * %NULL unless it is bound
 */
const char *
confab_ui_global_shortcuts_get_trigger (ConfabUiGlobalShortcuts *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_GLOBAL_SHORTCUTS (self), NULL);

  return self->trigger;
}
