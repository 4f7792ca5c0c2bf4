/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "confab-id.h"
#include "confab-ui-resources.h"
#include "ui-fixture.h"

static const char *const names[] = {
  "Ada Lovelace", "Grace Hopper",  "Alan Turing",       "Katherine Johnson",
  "Emmy Noether", "Blaise Pascal", "Hedy Lamarr",       "Wolfeschlegelsteinhausenbergerdorff",
  "Лев Ландау",   "عمر الخيام",    "Margaret Hamilton", "Tim",
};

/* A device as the pages see one: an id and a name. */
#define UI_TYPE_DEVICE (ui_device_get_type ())
G_DECLARE_FINAL_TYPE (UiDevice, ui_device, UI, DEVICE, GObject)

struct _UiDevice {
  GObject parent_instance;

  char *name; /* (owned) */
};

enum { PROP_ID = 1, PROP_NAME };

G_DEFINE_FINAL_TYPE (UiDevice, ui_device, G_TYPE_OBJECT)

static void
ui_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, UI_DEVICE (object)->name);
}

static void
ui_device_finalize (GObject *object)
{
  g_free (UI_DEVICE (object)->name);
  G_OBJECT_CLASS (ui_device_parent_class)->finalize (object);
}

static void
ui_device_class_init (UiDeviceClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->get_property = ui_device_get_property;
  G_OBJECT_CLASS (klass)->finalize = ui_device_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_ID,
                                   g_param_spec_string ("id", NULL, NULL, NULL, flags));
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_NAME,
                                   g_param_spec_string ("name", NULL, NULL, NULL, flags));
}

static void
ui_device_init (UiDevice *self)
{
}

GListModel *
ui_make_devices (const char *const *device_names)
{
  GListStore *store = g_list_store_new (UI_TYPE_DEVICE);

  for (guint i = 0; device_names[i] != NULL; i++) {
    g_autoptr (UiDevice) device = g_object_new (UI_TYPE_DEVICE, NULL);

    device->name = g_strdup (device_names[i]);
    g_list_store_append (store, device);
  }
  return G_LIST_MODEL (store);
}

ConfabLiveParticipant *
ui_make_person (const char *name, ConfabRole role, gboolean is_self)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 1, 10, 0, 0);
  g_autoptr (ConfabParticipant) value = confab_participant_new (id, NULL, name, role, now);

  return confab_live_participant_new (value, is_self);
}

void
ui_set_flags (ConfabLiveParticipant *person, ConfabParticipantFlags flags)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 3, 1, 10, 0, 0);
  g_autoptr (ConfabParticipant) value =
      confab_participant_with_flags (confab_live_participant_get_participant (person), &flags, now);

  confab_live_participant_set_participant (person, value);
}

/* Self, the host, first; everybody is connected, nobody speaks. */
GListStore *
ui_make_roster (guint n_people)
{
  GListStore *store = g_list_store_new (CONFAB_TYPE_LIVE_PARTICIPANT);

  for (guint i = 0; i < n_people; i++) {
    g_autoptr (ConfabLiveParticipant) person = ui_make_person (
        names[i % G_N_ELEMENTS (names)], i == 0 ? CONFAB_ROLE_HOST : CONFAB_ROLE_SPEAKER, i == 0);

    confab_live_participant_set_connection (person, "connected");
    g_list_store_append (store, person);
  }
  return store;
}

static void
note (UiFixture *self, GSimpleAction *action, GVariant *value)
{
  g_autofree char *printed = value == NULL ? g_strdup ("") : g_variant_print (value, FALSE);

  g_ptr_array_add (self->asked,
                   g_strdup_printf ("%s(%s)", g_action_get_name (G_ACTION (action)), printed));
}

static void
on_activate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  note (user_data, action, parameter);
}

static void
on_change_state (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  note (user_data, action, value);
  g_simple_action_set_state (action, value);
}

static const GActionEntry call_entries[] = {
  { "mute", NULL, NULL, "false", on_change_state, { 0 } },
  { "deafen", NULL, NULL, "false", on_change_state, { 0 } },
  { "leave", on_activate, NULL, NULL, NULL, { 0 } },
  { "end", on_activate, NULL, NULL, NULL, { 0 } },
  { "dismiss", on_activate, NULL, NULL, NULL, { 0 } },
  { "rejoin", on_activate, NULL, NULL, NULL, { 0 } },
  { "copy-link", on_activate, NULL, NULL, NULL, { 0 } },
  { "set-microphone", on_activate, "s", NULL, NULL, { 0 } },
  { "set-speaker", on_activate, "s", NULL, NULL, { 0 } },
  { "set-volume", on_activate, "(sd)", NULL, NULL, { 0 } },
};

static const GActionEntry home_entries[] = {
  { "start", on_activate, NULL, NULL, NULL, { 0 } },
  { "join", on_activate, "s", NULL, NULL, { 0 } },
  { "rename", on_activate, "s", NULL, NULL, { 0 } },
  { "refresh", on_activate, NULL, NULL, NULL, { 0 } },
};

void
ui_init (int *argc, char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  setlocale (LC_ALL, ""); /* the test's own: gtk_test_init() wants American English */
  adw_init ();
  confab_ui_get_resource ();
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("CONFAB_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* what the app gets from AdwApplication, and what a desktop would have set */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/app/confab/Confab/icons");
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11",
                "gtk-enable-animations", FALSE, "gtk-xft-antialias", 1, "gtk-xft-hinting", 0, NULL);
}

static void
load_style (void)
{
  static GtkCssProvider *provider;

  if (provider != NULL)
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/app/confab/Confab/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

UiFixture *
ui_fixture_new (GtkWidget *page, int width, int height)
{
  UiFixture *self = g_new0 (UiFixture, 1);

  load_style ();
  self->asked = g_ptr_array_new_with_free_func (g_free);
  self->call = g_simple_action_group_new ();
  self->home = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->call), call_entries,
                                   G_N_ELEMENTS (call_entries), self);
  g_action_map_add_action_entries (G_ACTION_MAP (self->home), home_entries,
                                   G_N_ELEMENTS (home_entries), self);

  self->window = g_object_ref_sink (adw_window_new ());
  gtk_widget_insert_action_group (self->window, "call", G_ACTION_GROUP (self->call));
  gtk_widget_insert_action_group (self->window, "home", G_ACTION_GROUP (self->home));
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
  adw_window_set_content (ADW_WINDOW (self->window), page);
  gtk_window_present (GTK_WINDOW (self->window));
  gtk_test_widget_wait_for_draw (self->window);
  return self;
}

/* The window and all in it are gone afterwards. */
void
ui_fixture_free (UiFixture *self)
{
  gtk_widget_insert_action_group (self->window, "call", NULL);
  gtk_widget_insert_action_group (self->window, "home", NULL);
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_assert_finalize_object (self->window);
  g_assert_finalize_object (self->call);
  g_assert_finalize_object (self->home);
  g_ptr_array_unref (self->asked);
  g_free (self);
}

const char *
ui_fixture_get_last (UiFixture *self)
{
  return self->asked->len == 0 ? NULL : self->asked->pdata[self->asked->len - 1];
}

void
ui_fixture_settle (UiFixture *self)
{
  for (int i = 0; i < 3; i++) {
    gtk_widget_queue_draw (self->window);
    gtk_test_widget_wait_for_draw (self->window);
  }
}

/* A picture as the screen would show it, drawn by the renderer of the window or popover. */
static void
shoot (GtkWidget *native, const char *name)
{
  const char *folder = g_getenv ("CONFAB_SCREENSHOTS");
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (native);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);

  g_assert_nonnull (folder);
  g_mkdir_with_parents (folder, 0755);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (native)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

/* One that is not of the fixture. */
void
ui_shoot_window (GtkWidget *window, const char *name)
{
  for (int i = 0; i < 3; i++) {
    gtk_widget_queue_draw (window);
    gtk_test_widget_wait_for_draw (window);
  }
  shoot (window, name);
}

void
ui_fixture_shoot (UiFixture *self, const char *name)
{
  ui_fixture_settle (self);
  shoot (self->window, name);
}

static gboolean
is_open_popover (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_POPOVER (widget) && gtk_widget_get_mapped (widget);
}

/* The popover that is open. */
void
ui_fixture_shoot_popover (UiFixture *self, const char *name)
{
  GtkWidget *popover = NULL;

  ui_wait_until ((popover = ui_find (self->window, is_open_popover, NULL)) != NULL);
  ui_fixture_settle (self);
  shoot (popover, name);
}

GtkWidget *
ui_find (GtkWidget *root, UiPredicate predicate, gpointer user_data)
{
  if (predicate (root, user_data))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = ui_find (child, predicate, user_data);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
is_label (GtkWidget *widget, gpointer text)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
         g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

/* A label that is on the screen. */
GtkWidget *
ui_find_label (GtkWidget *root, const char *text)
{
  return ui_find (root, is_label, (gpointer) text);
}

static gboolean
is_button (GtkWidget *widget, gpointer action_name)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action_name) == 0;
}

GtkWidget *
ui_find_button (GtkWidget *root, const char *action_name)
{
  return ui_find (root, is_button, (gpointer) action_name);
}

/* Widgets that GTK names by their own text. */
static gboolean
is_named_by_content (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) || ADW_IS_PREFERENCES_ROW (widget) ||
         (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL);
}

/* The inside of an entry, a menu button or a combo row is named with what is around it; a scrolled
 * window hands the focus on. */
static gboolean
is_named_by_parent (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return GTK_IS_TEXT (widget) || GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_MENU_BUTTON (parent) ||
         GTK_IS_WINDOW_CONTROLS (parent) ||
         gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) != NULL ||
         (GTK_IS_LIST_BOX (widget) &&
          gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) != NULL);
}

static gboolean
is_nameless (GtkWidget *widget, gpointer user_data)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return gtk_widget_get_focusable (widget) && gtk_widget_get_visible (widget) &&
         !gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) &&
         !gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) &&
         !is_named_by_content (widget) && !is_named_by_parent (widget);
}

/* The first widget that the keyboard reaches and a screen reader cannot name, or NULL. */
char *
ui_find_nameless (GtkWidget *root)
{
  GtkWidget *found = ui_find (root, is_nameless, NULL);

  return found == NULL ? NULL : g_strdup (G_OBJECT_TYPE_NAME (found));
}
