/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-application"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "confab-audio-device-list.h"
#include "confab-join-link.h"
#include "confab-keyring-vault.h"
#include "confab-ui-application.h"
#include "confab-ui-bus-account.h"
#include "confab-ui-call-bus.h"
#include "confab-ui-error.h"
#include "confab-ui-global-shortcuts.h"
#include "confab-ui-preferences.h"
#include "confab-ui-resources.h"
#include "confab-ui-servers.h"
#include "confab-ui-window.h"

/**
 * ConfabUiApplication:
 *
 * `confab [--server URL] [LINK]`.
 *
 * Without options there is one instance: a second start hands its link over to the first. With a
 * server each start is an instance of its own, since one app is on one server.
 */
struct _ConfabUiApplication {
  AdwApplication parent_instance;

  ConfabUiSettings *settings;         /* (owned) (nullable) from the command line on */
  ConfabUiAccount *account;           /* (owned) (nullable) of this computer, unless on a server */
  ConfabVault *vault;                 /* (owned) */
  char *server;                       /* (owned) (nullable) of the command line */
  ConfabUiCallControl *control;       /* (owned) */
  ConfabUiCallBus *bus;               /* (owned) (nullable) without a session bus */
  ConfabUiGlobalShortcuts *shortcuts; /* (owned) (nullable) likewise */
  GtkWindow *preferences;             /* (weak) (nullable) */
};

G_DEFINE_FINAL_TYPE (ConfabUiApplication, confab_ui_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "server", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL,
    N_ ("Use this server instead of starting calls on this computer"), N_ ("URL") },
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"),
    NULL },
  { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
  { NULL },
};

static const struct {
  const char *action;
  const char *accels[3];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "win.back", { "<Control>w" } },
  { "win.focus-join", { "<Control>l", "<Control>j" } },
  { "win.show-help-overlay", { "<Control>question", "<Control>F1" } },
  { "home.start", { "<Control>n" } },
  { "home.refresh", { "F5" } },
  { "call.mute", { "m" } },
  { "call.deafen", { "d" } },
  { "call.invite", { "<Control>i" } },
};

/* Every window by way of itself, so that one leaves its call; a dialog may be in front. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) windows = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *l = gtk_application_get_windows (user_data); l != NULL; l = l->next)
    g_ptr_array_add (windows, g_object_ref (l->data));
  for (guint i = 0; i < windows->len; i++)
    gtk_window_close (windows->pdata[i]);
}

static gboolean
on_terminate (gpointer user_data)
{
  on_quit (NULL, NULL, user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (
      gtk_application_get_active_window (user_data), "application-name", "Confab",
      "application-icon", CONFAB_APP_ID, "version", CONFAB_VERSION, "comments",
      _ ("Private group voice calls, hosted by the people who use them."), "developer-name",
      _ ("The Confab contributors"), "copyright", _ ("© The Confab contributors"), "license-type",
      GTK_LICENSE_GPL_3_0, "translator-credits", _ ("translator-credits"), NULL);
}

/* One at a time. The lists live as long as the window. */
static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiApplication *self = user_data;
  g_autoptr (ConfabAudioDeviceList) microphones = NULL;
  g_autoptr (ConfabAudioDeviceList) speakers = NULL;

  if (self->preferences == NULL) {
    ConfabUiPreferences *window =
        confab_ui_preferences_new (self->settings, self->control, self->shortcuts);

    microphones = confab_audio_device_list_new (TRUE);
    speakers = confab_audio_device_list_new (FALSE);
    confab_ui_preferences_set_devices (window, G_LIST_MODEL (microphones), G_LIST_MODEL (speakers));
    gtk_window_set_transient_for (GTK_WINDOW (window),
                                  gtk_application_get_active_window (user_data));
    g_set_weak_pointer (&self->preferences, GTK_WINDOW (window));
  }
  gtk_window_present (self->preferences);
}

static const GActionEntry action_entries[] = {
  { "preferences", on_preferences, NULL, NULL, NULL, { 0 } },
  { "quit", on_quit, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
};

/* A link leads where it leads; without one the app opens with the server of the last time. */
static void
open_first_page (ConfabUiApplication *self, ConfabUiWindow *window, const char *link)
{
  g_autofree char *current = confab_ui_servers_dup_current (self->settings);

  if (self->server != NULL)
    confab_ui_window_open_server (window, self->server, link);
  else if (link != NULL)
    confab_ui_window_join (window, link);
  else if (current != NULL)
    confab_ui_window_open_server (window, current, NULL);
}

/* The link is optional. */
static void
show_window (ConfabUiApplication *self, const char *link)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));
  ConfabUiWindow *window = NULL;

  for (GList *l = windows; l != NULL && window == NULL; l = l->next)
    if (CONFAB_UI_IS_WINDOW (l->data))
      window = l->data;

  if (window == NULL) {
    window = confab_ui_window_new (GTK_APPLICATION (self), self->account, self->vault,
                                   self->settings, self->control);
    open_first_page (self, window, link);
  } else if (link != NULL) {
    confab_ui_window_join (window, link);
  }
  gtk_window_present (GTK_WINDOW (window));
}

/* The desktop watches a key for us only while it would do something. */
static void
on_talk_settings_changed (ConfabUiApplication *self)
{
  GSettings *store = confab_ui_settings_get_store (self->settings);
  g_autofree char *mode = g_settings_get_string (store, CONFAB_UI_KEY_TALK_MODE);

  confab_ui_global_shortcuts_set_wanted (
      self->shortcuts, g_settings_get_boolean (store, CONFAB_UI_KEY_GLOBAL_PUSH_TO_TALK) &&
                           g_str_equal (mode, "push-to-talk"));
}

/* A second app on this bus, with a server of its own, is not to be reached by its name; it listens
 * to its window alone. */
static void
reach_the_desktop (ConfabUiApplication *self)
{
  GDBusConnection *connection = g_application_get_dbus_connection (G_APPLICATION (self));
  GSettings *store = confab_ui_settings_get_store (self->settings);
  g_autoptr (GError) error = NULL;

  if (connection == NULL)
    return;
  self->bus = confab_ui_call_bus_new (self->control, connection, &error);
  if (self->bus == NULL)
    g_message ("Scripts cannot reach the call: %s", error->message);
  self->shortcuts = confab_ui_global_shortcuts_new (self->control, connection);
  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_TALK_MODE,
                           G_CALLBACK (on_talk_settings_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_GLOBAL_PUSH_TO_TALK,
                           G_CALLBACK (on_talk_settings_changed), self, G_CONNECT_SWAPPED);
  on_talk_settings_changed (self);
}

static void
confab_ui_application_startup (GApplication *application)
{
  ConfabUiApplication *self = CONFAB_UI_APPLICATION (application);

  G_APPLICATION_CLASS (confab_ui_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (CONFAB_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action,
                                           shortcuts[i].accels);

  g_unix_signal_add (SIGTERM, on_terminate, self);
  g_unix_signal_add (SIGINT, on_terminate, self);
  if (self->server == NULL)
    self->account = confab_ui_bus_account_new ();
  self->vault = confab_keyring_vault_new (0);
  reach_the_desktop (self);
}

static void
confab_ui_application_activate (GApplication *application)
{
  show_window (CONFAB_UI_APPLICATION (application), NULL);
}

static void
confab_ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  g_autofree char *link = n_files < 1 ? NULL : g_file_get_uri (files[0]);

  show_window (CONFAB_UI_APPLICATION (application), link);
}

static int
confab_ui_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (line);
  g_autofree const char **links = NULL;

  g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &links);
  show_window (CONFAB_UI_APPLICATION (application), links != NULL ? links[0] : NULL);
  return 0;
}

static int
complain (const char *text)
{
  g_printerr ("confab: %s\n", text);
  return 2;
}

/* -1: nothing to complain about */
static int
check_links (const char *const *links)
{
  g_autoptr (ConfabJoinLink) link = NULL;
  g_autofree char *text = NULL;

  if (links == NULL || links[0] == NULL)
    return -1;
  if (links[1] != NULL)
    return complain (_ ("Only one call can be joined at a time."));

  link = confab_join_link_parse (links[0], NULL);
  if (link != NULL)
    return -1;
  text = g_strdup_printf (_ ("“%s” is not a link or code of a call."), links[0]);
  return complain (text);
}

static int
take_server (ConfabUiApplication *self, const char *server)
{
  g_autoptr (ConfabClient) client = NULL;
  g_autofree char *text = NULL;

  client = confab_client_new (server, NULL);
  if (client == NULL) {
    text = g_strdup_printf (_ ("“%s” is not the address of a server."), server);
    return complain (text);
  }

  self->server = g_strdup (confab_client_get_server (client));
  g_application_set_flags (G_APPLICATION (self), g_application_get_flags (G_APPLICATION (self)) |
                                                     G_APPLICATION_NON_UNIQUE);
  return -1;
}

static int
open_settings (ConfabUiApplication *self)
{
  g_autoptr (GError) error = NULL;

  self->settings = confab_ui_settings_new (&error);
  return self->settings != NULL ? -1 : complain (error->message);
}

static int
confab_ui_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  g_autofree const char **links = NULL;
  const char *server = NULL;
  int status;

  if (g_variant_dict_contains (dict, "version")) {
    g_print ("Confab %s\n", CONFAB_VERSION);
    return 0;
  }

  g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &links);
  status = check_links (links);
  if (status < 0 && g_variant_dict_lookup (dict, "server", "&s", &server))
    status = take_server (CONFAB_UI_APPLICATION (application), server);
  if (status < 0)
    status = open_settings (CONFAB_UI_APPLICATION (application));
  return status;
}

static void
confab_ui_application_dispose (GObject *object)
{
  ConfabUiApplication *self = CONFAB_UI_APPLICATION (object);

  g_clear_weak_pointer (&self->preferences);
  g_clear_object (&self->shortcuts);
  g_clear_object (&self->bus);
  g_clear_object (&self->control);
  g_clear_object (&self->settings);
  g_clear_object (&self->account);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->server, g_free);
  G_OBJECT_CLASS (confab_ui_application_parent_class)->dispose (object);
}

static void
confab_ui_application_class_init (ConfabUiApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  confab_ui_get_resource (); /* else the linker leaves the templates behind in our static library */

  G_OBJECT_CLASS (klass)->dispose = confab_ui_application_dispose;
  application_class->startup = confab_ui_application_startup;
  application_class->activate = confab_ui_application_activate;
  application_class->open = confab_ui_application_open;
  application_class->command_line = confab_ui_application_command_line;
  application_class->handle_local_options = confab_ui_application_handle_local_options;
}

static void
confab_ui_application_init (ConfabUiApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  self->control = confab_ui_call_control_new ();
  g_application_add_main_option_entries (application, options);
  g_application_set_option_context_parameter_string (application, _ ("[LINK]"));
  g_application_set_option_context_summary (application, _ ("Private group voice calls"));
}

/**
 * confab_ui_application_new:
 *
 * Makes the application; g_application_run() does the rest.
 *
 * Returns: (transfer full): the application
 */
ConfabUiApplication *
confab_ui_application_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_APPLICATION, "application-id", CONFAB_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/app/confab/Confab", NULL);
}
