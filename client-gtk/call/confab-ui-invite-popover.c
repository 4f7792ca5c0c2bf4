/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-invite-popover"

#include "config.h"

#include "confab-ui-accessible.h"
#include "confab-ui-invite-popover.h"
#include "confab-ui-qr-paintable.h"

/**
 * ConfabUiInvitePopover:
 *
 * The link of a call: to read, to copy, to scan. Copying activates `call.copy-link`.
 */
struct _ConfabUiInvitePopover {
  GtkPopover parent_instance;

  GtkPicture *code; /* (unowned) of the template, as all below */
  GtkLabel *link_label;
  GtkLabel *local_label;
  GtkButton *copy_button;
};

G_DEFINE_FINAL_TYPE (ConfabUiInvitePopover, confab_ui_invite_popover, GTK_TYPE_POPOVER)

/* Whether only this computer can follow the link. */
static gboolean
is_local (const char *link)
{
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GInetAddress) address = NULL;
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);

  if (host == NULL)
    return FALSE;
  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

static void
on_copy_clicked (ConfabUiInvitePopover *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "call.copy-link", NULL);
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* Else the focus would go to the link and select it. */
static void
on_map (ConfabUiInvitePopover *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->copy_button));
}

static void
confab_ui_invite_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CONFAB_UI_TYPE_INVITE_POPOVER);
  G_OBJECT_CLASS (confab_ui_invite_popover_parent_class)->dispose (object);
}

static void
confab_ui_invite_popover_class_init (ConfabUiInvitePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_invite_popover_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/call/confab-ui-invite-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiInvitePopover, code);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiInvitePopover, link_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiInvitePopover, local_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiInvitePopover, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
confab_ui_invite_popover_init (ConfabUiInvitePopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
  gtk_popover_set_default_widget (GTK_POPOVER (self), GTK_WIDGET (self->copy_button));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
}

/**
 * confab_ui_invite_popover_set_link:
 * @self: the popover
 * @link: the address that others open to join
 *
 * Shows a link in words and as a QR code.
 */
void
confab_ui_invite_popover_set_link (ConfabUiInvitePopover *self, const char *link)
{
  g_autoptr (GdkPaintable) paintable = NULL;

  g_return_if_fail (CONFAB_UI_IS_INVITE_POPOVER (self));
  g_return_if_fail (link != NULL);

  paintable = confab_ui_qr_paintable_new (link);
  gtk_picture_set_paintable (self->code, paintable);
  gtk_label_set_label (self->link_label, link);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->link_label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  link, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->local_label), is_local (link));
}
