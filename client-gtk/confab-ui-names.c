/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confab-ui-names.h"

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
