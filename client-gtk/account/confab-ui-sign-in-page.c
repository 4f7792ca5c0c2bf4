/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-sign-in-page"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-sign-in-page.h"

/**
 * ConfabUiSignInPage:
 *
 * Where one signs in to a server, or makes an account there. It only shows what it is told (by
 * #ConfabUiSignInPresenter), and activates the actions of the group `sign-in`: submit, forgot,
 * guest, look-up (once an address is typed), use-server (with an address).
 */
struct _ConfabUiSignInPage {
  GtkWidget parent_instance;

  gboolean is_registering;
  gboolean is_busy;
  ConfabServerInfo *offer; /* (owned) (nullable) of the server; not known: it may offer all */

  GtkWidget *content; /* (unowned) of the template, as all below */
  GtkWidget *back_button;
  GtkLabel *heading;
  GtkLabel *note_label;
  GtkWidget *form;
  GtkWidget *server_group;
  AdwEntryRow *server_row;
  GtkLabel *offer_label;
  GtkMenuButton *servers_button;
  GtkWidget *account_group;
  AdwEntryRow *login_row;
  AdwPasswordEntryRow *password_row;
  AdwEntryRow *display_name_row;
  AdwEntryRow *email_row;
  AdwEntryRow *invite_row;
  GtkSwitch *stay_switch;
  GtkLabel *problem_label;
  GtkWidget *submit_button;
  GtkStack *submit_stack;
  GtkLabel *submit_label;
  GtkSpinner *spinner;
  GtkWidget *others;
  GtkButton *register_button;
  GtkWidget *forgot_button;
  GtkWidget *guest_button;
};

G_DEFINE_FINAL_TYPE (ConfabUiSignInPage, confab_ui_sign_in_page, GTK_TYPE_WIDGET)

static const char *
get_text (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
is_empty (gpointer row)
{
  return get_text (row)[0] == '\0';
}

static void
update_sensitivity (ConfabUiSignInPage *self)
{
  gboolean has_server = !self->is_busy && !is_empty (self->server_row);
  gboolean has_login = has_server && !is_empty (self->login_row);

  gtk_widget_set_sensitive (self->submit_button,
                            self->is_busy || (has_login && !is_empty (self->password_row)));
  if (self->is_busy)
    gtk_widget_grab_focus (self->submit_button); /* GTK 4.8 complains about an entry that is off */
  gtk_widget_set_sensitive (self->form, !self->is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->register_button), !self->is_busy);
  gtk_widget_set_sensitive (self->guest_button, has_server);
  gtk_widget_set_sensitive (self->forgot_button, has_login);
}

static void
on_changed (ConfabUiSignInPage *self)
{
  confab_ui_sign_in_page_set_problem (self, NULL);
  update_sensitivity (self);
}

static void
on_server_changed (ConfabUiSignInPage *self)
{
  confab_ui_sign_in_page_set_offer (self, NULL, NULL);
  on_changed (self);
}

static void
on_server_left (ConfabUiSignInPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "sign-in.look-up", NULL);
}

static void
on_activated (ConfabUiSignInPage *self)
{
  if (!self->is_busy && gtk_widget_get_sensitive (self->submit_button))
    gtk_widget_activate_action (GTK_WIDGET (self), "sign-in.submit", NULL);
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
show_sentence (GtkLabel *label, const char *sentence)
{
  gtk_label_set_label (label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (label), sentence != NULL);
}

static ConfabRegistration
get_registration (ConfabUiSignInPage *self)
{
  return self->offer != NULL ? confab_server_info_get_registration (self->offer)
                             : CONFAB_REGISTRATION_INVITE;
}

static gboolean
has_mail (ConfabUiSignInPage *self)
{
  return self->offer == NULL || confab_server_info_has_mail (self->offer);
}

static gboolean
has_guests (ConfabUiSignInPage *self)
{
  return self->offer == NULL ||
         confab_server_info_get_guests (self->offer) != CONFAB_GUEST_ACCESS_NONE;
}

/* What this server does not offer is not there. */
static void
show_choices (ConfabUiSignInPage *self)
{
  ConfabRegistration registration = get_registration (self);

  gtk_widget_set_visible (GTK_WIDGET (self->email_row), self->is_registering && has_mail (self));
  gtk_widget_set_visible (GTK_WIDGET (self->invite_row),
                          self->is_registering && registration != CONFAB_REGISTRATION_OPEN);
  gtk_widget_set_visible (GTK_WIDGET (self->register_button),
                          self->is_registering || registration != CONFAB_REGISTRATION_CLOSED);
  gtk_widget_set_visible (self->guest_button, !self->is_registering && has_guests (self));
}

/* The two faces of the page. */
static void
set_registering (ConfabUiSignInPage *self, gboolean is_registering)
{
  self->is_registering = is_registering;
  gtk_label_set_label (self->heading,
                       is_registering ? _ ("Create an Account") : _ ("Sign In to a Server"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->login_row),
                                 is_registering ? _ ("_Name to sign in with")
                                                : _ ("_Name or e-mail"));
  gtk_label_set_label (self->submit_label,
                       is_registering ? _ ("_Create the Account") : _ ("_Sign In"));
  gtk_button_set_label (self->register_button,
                        is_registering ? _ ("I _Have an Account") : _ ("_Create an Account"));
  gtk_widget_set_visible (GTK_WIDGET (self->display_name_row), is_registering);
  gtk_widget_set_visible (self->forgot_button, !is_registering);
  show_choices (self);
  confab_ui_tidy_names (GTK_WIDGET (self));
}

static void
on_register_clicked (ConfabUiSignInPage *self)
{
  on_changed (self);
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), FALSE); /* it was about the other form */
  set_registering (self, !self->is_registering);
}

static void
confab_ui_sign_in_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CONFAB_UI_TYPE_SIGN_IN_PAGE);
  g_clear_pointer (&CONFAB_UI_SIGN_IN_PAGE (object)->offer, confab_server_info_unref);
  G_OBJECT_CLASS (confab_ui_sign_in_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, content);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, heading);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, note_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, form);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, server_group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, servers_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, offer_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, account_group);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, login_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, display_name_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, invite_row);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, stay_switch);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, submit_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, submit_stack);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, submit_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, others);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, register_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, forgot_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiSignInPage, guest_button);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_left);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_register_clicked);
}

static void
confab_ui_sign_in_page_class_init (ConfabUiSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_sign_in_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/account/confab-ui-sign-in-page.ui");
  bind_children (widget_class);
}

static void
confab_ui_sign_in_page_init (ConfabUiSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_name_parts (self->server_group, _ ("Server"));
  confab_ui_name_parts (self->account_group, _ ("Account"));
  set_registering (self, FALSE);
  update_sensitivity (self);
}

/**
 * confab_ui_sign_in_page_new:
 *
 * Makes an empty page.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
confab_ui_sign_in_page_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_SIGN_IN_PAGE, NULL);
}

/**
 * confab_ui_sign_in_page_get_form:
 * @self: the page
 * @form: (out caller-allocates): what stands there; its texts belong to the page
 */
void
confab_ui_sign_in_page_get_form (ConfabUiSignInPage *self, ConfabUiSignInForm *form)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  form->server = get_text (self->server_row);
  form->login = get_text (self->login_row);
  form->password = get_text (self->password_row);
  form->display_name = get_text (self->display_name_row);
  form->email = get_text (self->email_row);
  form->invite = get_text (self->invite_row);
  form->is_registering = self->is_registering;
  form->has_no_letters = !has_mail (self);
  form->stays = gtk_switch_get_active (self->stay_switch);
}

/**
 * confab_ui_sign_in_page_set_can_go_back:
 * @self: the page
 * @can_go_back: whether there is anything to go back to
 */
void
confab_ui_sign_in_page_set_can_go_back (ConfabUiSignInPage *self, gboolean can_go_back)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  gtk_widget_set_visible (self->back_button, can_go_back);
}

/**
 * confab_ui_sign_in_page_set_server:
 * @self: the page
 * @server: address of a server
 */
void
confab_ui_sign_in_page_set_server (ConfabUiSignInPage *self, const char *server)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  gtk_editable_set_text (GTK_EDITABLE (self->server_row), server);
}

/**
 * confab_ui_sign_in_page_set_servers:
 * @self: the page
 * @servers: (array zero-terminated=1): addresses to choose from
 *
 * Offers the servers that one has been on before.
 */
void
confab_ui_sign_in_page_set_servers (ConfabUiSignInPage *self, const char *const *servers)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  for (guint i = 0; servers[i] != NULL; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (servers[i], NULL);

    g_menu_item_set_action_and_target (item, "sign-in.use-server", "s", servers[i]);
    g_menu_append_item (menu, item);
  }
  gtk_menu_button_set_menu_model (self->servers_button, G_MENU_MODEL (menu));
  gtk_widget_set_visible (GTK_WIDGET (self->servers_button), servers[0] != NULL);
}

static const char *
describe_registration (ConfabRegistration registration)
{
  if (registration == CONFAB_REGISTRATION_OPEN)
    return _ ("Everybody can make an account here.");
  return registration == CONFAB_REGISTRATION_INVITE
             ? _ ("An account here takes an invitation.")
             : _ ("Whoever runs this server makes the accounts.");
}

static const char *
describe_guests (ConfabGuestAccess guests)
{
  if (guests == CONFAB_GUEST_ACCESS_NONE)
    return _ ("There are no guests.");
  return guests == CONFAB_GUEST_ACCESS_JOIN ? _ ("Guests can join calls.")
                                            : _ ("Guests can join and start calls.");
}

/**
 * confab_ui_sign_in_page_set_offer:
 * @self: the page
 * @offer: (nullable): what the server of that address offers; %NULL when that is not known, and
 *   everything can be tried
 * @problem: (nullable): why it is not known
 *
 * Shows what there is to choose from. A change of the address takes it back.
 */
void
confab_ui_sign_in_page_set_offer (ConfabUiSignInPage *self,
                                  ConfabServerInfo *offer,
                                  const char *problem)
{
  g_autofree char *text = NULL;

  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  g_clear_pointer (&self->offer, confab_server_info_unref);
  if (offer != NULL) {
    self->offer = confab_server_info_ref (offer);
    text = g_strdup_printf ("%s %s", describe_registration (get_registration (self)),
                            describe_guests (confab_server_info_get_guests (offer)));
  }
  show_sentence (self->offer_label, offer != NULL ? text : problem);
  if (self->is_registering && get_registration (self) == CONFAB_REGISTRATION_CLOSED)
    set_registering (self, FALSE);
  else
    show_choices (self);
}

/**
 * confab_ui_sign_in_page_set_login:
 * @self: the page
 * @login: (nullable): the name of the last time
 */
void
confab_ui_sign_in_page_set_login (ConfabUiSignInPage *self, const char *login)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  gtk_editable_set_text (GTK_EDITABLE (self->login_row), login != NULL ? login : "");
}

/**
 * confab_ui_sign_in_page_set_busy:
 * @self: the page
 * @is_busy: whether the server is being asked
 *
 * Shows that something is under way, and lets nothing else begin.
 */
void
confab_ui_sign_in_page_set_busy (ConfabUiSignInPage *self, gboolean is_busy)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  self->is_busy = is_busy;
  confab_ui_show_only (self->submit_stack, gtk_stack_get_child_by_name (
                                               self->submit_stack, is_busy ? "busy" : "ready"));
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->submit_button), GTK_ACCESSIBLE_STATE_BUSY,
                               is_busy, -1);
  update_sensitivity (self);
}

/**
 * confab_ui_sign_in_page_set_problem:
 * @self: the page
 * @sentence: (nullable): what is wrong; %NULL takes it back
 */
void
confab_ui_sign_in_page_set_problem (ConfabUiSignInPage *self, const char *sentence)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  show_sentence (self->problem_label, sentence);
}

/**
 * confab_ui_sign_in_page_set_note:
 * @self: the page
 * @sentence: (nullable): what one should know; %NULL takes it back
 */
void
confab_ui_sign_in_page_set_note (ConfabUiSignInPage *self, const char *sentence)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  show_sentence (self->note_label, sentence);
}

/**
 * confab_ui_sign_in_page_clear_password:
 * @self: the page
 *
 * Empties the entry, once the password has done its work or was wrong.
 */
void
confab_ui_sign_in_page_clear_password (ConfabUiSignInPage *self)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
}

/**
 * confab_ui_sign_in_page_focus:
 * @self: the page
 *
 * Puts the keyboard where something is still to be typed.
 */
void
confab_ui_sign_in_page_focus (ConfabUiSignInPage *self)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (self));

  if (is_empty (self->server_row))
    gtk_widget_grab_focus (GTK_WIDGET (self->server_row));
  else if (is_empty (self->login_row))
    gtk_widget_grab_focus (GTK_WIDGET (self->login_row));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
}
