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

/**
 * confab_ui_show_only:
 * @stack: a stack
 * @page: one of its pages
 *
 * Shows a page, and lets screen readers know that the others are not there.
 *
 * GTK 4.8 tells them of every page of a stack as if all were on the screen, unless a page is not
 * visible in itself.
 */
void
confab_ui_show_only (GtkStack *stack, GtkWidget *page)
{
  g_return_if_fail (GTK_IS_STACK (stack));
  g_return_if_fail (gtk_widget_get_parent (page) == GTK_WIDGET (stack));

  gtk_widget_set_visible (page, TRUE);
  gtk_stack_set_visible_child (stack, page);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == page);
}
