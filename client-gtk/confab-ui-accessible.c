/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-ui-accessible.h"

/**
 * confab_ui_tidy_names:
 * @root: a widget with its children
 *
 * Lets screen readers say each button with a text once.
 *
 * GTK 4.8 names such a button by its text with the underscore of the mnemonic, and then again by
 * the label in it: “_Join Join”. The label alone is right. To be called after a text was set.
 */
void
confab_ui_tidy_names (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_BUTTON (root) && gtk_button_get_label (GTK_BUTTON (root)) != NULL)
    gtk_accessible_reset_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    confab_ui_tidy_names (child);
}

static void
on_tooltip_changed (GtkWidget *button)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_widget_get_tooltip_text (button), -1);
}

/**
 * confab_ui_name_parts:
 * @row: a row of libadwaita, or a group of rows
 * @name: what the list of a group is called, translated
 *
 * Names what libadwaita 1.2 leaves without a name: the list of a group that has no title, and the
 * buttons with an icon alone, as the one that shows a password, by their tooltips.
 */
void
confab_ui_name_parts (GtkWidget *row, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (row));

  if (GTK_IS_LIST_BOX (row))
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (GTK_IS_BUTTON (row) && gtk_widget_get_tooltip_text (row) != NULL) {
    g_signal_connect (row, "notify::tooltip-text", G_CALLBACK (on_tooltip_changed), NULL);
    on_tooltip_changed (row);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    confab_ui_name_parts (child, name);
}

/**
 * confab_ui_show_only:
 * @stack: a stack
 * @page: one of its pages
 *
 * Shows a page, and lets screen readers know that the others are not there. The keyboard leaves
 * them first: GTK 4.8 complains about an entry that goes with it.
 *
 * GTK 4.8 tells them of every page of a stack as if all were on the screen, unless a page is not
 * visible in itself.
 */
void
confab_ui_show_only (GtkStack *stack, GtkWidget *page)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (stack));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  g_return_if_fail (GTK_IS_STACK (stack));
  g_return_if_fail (gtk_widget_get_parent (page) == GTK_WIDGET (stack));

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (stack)) &&
      !gtk_widget_is_ancestor (focus, page))
    gtk_root_set_focus (root, NULL);
  gtk_widget_set_visible (page, TRUE);
  gtk_stack_set_visible_child (stack, page);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == page);
}
