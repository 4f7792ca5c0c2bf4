/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-home-page"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-call-row.h"
#include "confab-ui-home-page.h"
#include "confab-ui-notice-bar.h"

/**
 * ConfabUiHomePage:
 *
 * Where one starts a call, joins one or goes back to one. Like the call page it only shows what it
 * is told (by #ConfabUiHomePresenter), and activates the actions of the group `home`: start, join
 * (with what was typed), rename (with a name), refresh.
 */
struct _ConfabUiHomePage {
  GtkWidget parent_instance;

  gboolean is_busy;

  GtkWidget *content; /* (unowned) of the template, as all below */
  AdwWindowTitle *title;
  GtkMenuButton *account_button;
  ConfabUiNoticeBar *account_bar;
  ConfabUiNoticeBar *server_bar;
  GtkStack *start_stack;
  GtkSpinner *spinner;
  AdwEntryRow *join_row;
  GtkWidget *join_button;
  GtkLabel *problem_label;
  GtkListBox *calls_list;
  GtkWidget *name_group;
  AdwEntryRow *name_row;
};

G_DEFINE_FINAL_TYPE (ConfabUiHomePage, confab_ui_home_page, GTK_TYPE_WIDGET)

static gboolean
has_join_text (ConfabUiHomePage *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->join_row)));

  return g_strstrip (text)[0] != '\0';
}

static void
update_sensitivity (ConfabUiHomePage *self)
{
  gtk_widget_set_sensitive (self->join_button, !self->is_busy && has_join_text (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->calls_list), !self->is_busy);
}

static void
on_join_changed (ConfabUiHomePage *self)
{
  confab_ui_home_page_set_join_problem (self, NULL);
  update_sensitivity (self);
}

static void
on_join_activated (ConfabUiHomePage *self)
{
  if (!self->is_busy && has_join_text (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "home.join", "s",
                                gtk_editable_get_text (GTK_EDITABLE (self->join_row)));
}

static void
on_call_activated (ConfabUiHomePage *self, GtkListBoxRow *row)
{
  ConfabCall *call = confab_ui_call_row_get_call (CONFAB_UI_CALL_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "home.join", "s", confab_call_get_code (call));
}

/* There is nothing to apply: a name counts as it is typed. */
static void
on_name_changed (ConfabUiHomePage *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row)));

  if (g_strstrip (name)[0] == '\0') {
    gtk_widget_add_css_class (GTK_WIDGET (self->name_row), "error");
    return;
  }

  gtk_widget_remove_css_class (GTK_WIDGET (self->name_row), "error");
  gtk_widget_activate_action (GTK_WIDGET (self), "home.rename", "s", name);
}

static void
confab_ui_home_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CONFAB_UI_TYPE_HOME_PAGE);
  G_OBJECT_CLASS (confab_ui_home_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, content);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, title);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, account_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, account_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, server_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, start_stack);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, join_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, join_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, calls_list);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, name_group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiHomePage, name_row);
  gtk_widget_class_bind_template_callback (widget_class, on_join_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_join_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_call_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
}

static void
confab_ui_home_page_class_init (ConfabUiHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CONFAB_UI_TYPE_NOTICE_BAR);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_home_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/home/confab-ui-home-page.ui");
  bind_children (widget_class);
}

static void
confab_ui_home_page_init (ConfabUiHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
}

/**
 * confab_ui_home_page_new:
 *
 * Makes a page that shows no open call.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
confab_ui_home_page_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_HOME_PAGE, NULL);
}

/**
 * confab_ui_home_page_set_name:
 * @self: the page
 * @name: what others call the user
 *
 * Shows a name to edit.
 */
void
confab_ui_home_page_set_name (ConfabUiHomePage *self, const char *name)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->name_row)), name) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
}

/**
 * confab_ui_home_page_set_server:
 * @self: the page
 * @server: (nullable): host of the server; %NULL for the daemon of this computer
 *
 * Says where calls are started.
 */
void
confab_ui_home_page_set_server (ConfabUiHomePage *self, const char *server)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  adw_window_title_set_subtitle (self->title, server == NULL ? "" : server);
}

/**
 * confab_ui_home_page_set_account:
 * @self: the page
 * @menu: (nullable): what one can do with the account; %NULL when there is nothing
 * @has_name: whether the server knows the name already, so that it is not to be typed here
 *
 * Says who makes the calls.
 */
void
confab_ui_home_page_set_account (ConfabUiHomePage *self, GMenuModel *menu, gboolean has_name)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  gtk_menu_button_set_menu_model (self->account_button, menu);
  gtk_widget_set_visible (GTK_WIDGET (self->account_button), menu != NULL);
  gtk_widget_set_visible (self->name_group, !has_name);
}

/**
 * confab_ui_home_page_set_account_notice:
 * @self: the page
 * @sentence: (nullable): what one should know of the account; %NULL takes it back
 */
void
confab_ui_home_page_set_account_notice (ConfabUiHomePage *self, const char *sentence)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  confab_ui_notice_bar_set_text (self->account_bar, sentence);
}

/* Whether the rows already show just these calls: then focus and scrolling are left in peace. */
static gboolean
shows_calls (ConfabUiHomePage *self, GPtrArray *calls)
{
  for (guint i = 0; i < calls->len; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->calls_list, (int) i);
    ConfabCall *call = calls->pdata[i], *shown;

    if (row == NULL)
      return FALSE;
    shown = confab_ui_call_row_get_call (CONFAB_UI_CALL_ROW (row));
    if (g_strcmp0 (confab_call_get_id (call), confab_call_get_id (shown)) != 0 ||
        g_strcmp0 (confab_call_get_title (call), confab_call_get_title (shown)) != 0 ||
        confab_call_get_state (call) != confab_call_get_state (shown))
      return FALSE;
  }

  return gtk_list_box_get_row_at_index (self->calls_list, (int) calls->len) == NULL;
}

/**
 * confab_ui_home_page_set_calls:
 * @self: the page
 * @calls: (element-type ConfabCall): the calls that are open, in the order to show
 *
 * Lists the calls that one may go back to.
 */
void
confab_ui_home_page_set_calls (ConfabUiHomePage *self, GPtrArray *calls)
{
  GtkListBoxRow *row;

  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));
  g_return_if_fail (calls != NULL);

  if (shows_calls (self, calls))
    return;
  while ((row = gtk_list_box_get_row_at_index (self->calls_list, 0)) != NULL)
    gtk_list_box_remove (self->calls_list, GTK_WIDGET (row));
  for (guint i = 0; i < calls->len; i++)
    gtk_list_box_append (self->calls_list, confab_ui_call_row_new (calls->pdata[i]));
}

/**
 * confab_ui_home_page_set_busy:
 * @self: the page
 * @is_busy: whether a call is being started or joined
 *
 * Shows that something is under way, and lets nothing else begin.
 */
void
confab_ui_home_page_set_busy (ConfabUiHomePage *self, gboolean is_busy)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  self->is_busy = is_busy;
  confab_ui_show_only (self->start_stack,
                       gtk_stack_get_child_by_name (self->start_stack, is_busy ? "busy" : "ready"));
  gtk_spinner_set_spinning (self->spinner, is_busy);
  update_sensitivity (self);
}

/**
 * confab_ui_home_page_set_join_problem:
 * @self: the page
 * @sentence: (nullable): why joining did not work; %NULL takes it back
 *
 * Says below the entry what is wrong with the link.
 */
void
confab_ui_home_page_set_join_problem (ConfabUiHomePage *self, const char *sentence)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), sentence != NULL);
  if (sentence == NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (self->join_row), "error");
    return;
  }

  gtk_widget_add_css_class (GTK_WIDGET (self->join_row), "error");
  gtk_label_set_label (self->problem_label, sentence);
}

/**
 * confab_ui_home_page_set_server_problem:
 * @self: the page
 * @sentence: (nullable): why the server cannot be used; %NULL takes it back
 *
 * Says above everything that calls cannot be started now.
 */
void
confab_ui_home_page_set_server_problem (ConfabUiHomePage *self, const char *sentence)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  confab_ui_notice_bar_set_text (self->server_bar, sentence);
}

/**
 * confab_ui_home_page_clear_join_text:
 * @self: the page
 *
 * Empties the entry, once what was typed there has done its work.
 */
void
confab_ui_home_page_clear_join_text (ConfabUiHomePage *self)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  gtk_editable_set_text (GTK_EDITABLE (self->join_row), "");
}

/**
 * confab_ui_home_page_focus_join:
 * @self: the page
 *
 * Puts the keyboard into the entry for links.
 */
void
confab_ui_home_page_focus_join (ConfabUiHomePage *self)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->join_row));
}
