/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-safety-code"

#include "config.h"

#include <glib/gi18n.h>

#define HINT_CHARS 34 /* exactly: a popover does not grow with a line that wraps later */

#include "confab-audio-safety-code.h"
#include "confab-ui-safety-code.h"

/**
 * ConfabUiSafetyCode:
 *
 * The four symbols that two people compare, each with its word, and what to do with them. It is not
 * there as long as there is no code.
 */
struct _ConfabUiSafetyCode {
  AdwBin parent_instance;

  GtkWidget *hint;    /* (unowned) a child, as the next */
  GtkWidget *symbols; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (ConfabUiSafetyCode, confab_ui_safety_code, ADW_TYPE_BIN)

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_symbol (const ConfabAudioSafetySymbol *symbol)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *emoji = make_label (symbol->emoji, "safety-emoji");

  /* the word says it all, and screen readers have words of their own for emoji */
  gtk_accessible_update_state (GTK_ACCESSIBLE (emoji), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (box), emoji);
  gtk_box_append (GTK_BOX (box), make_label (symbol->name, "caption-heading"));
  return box;
}

static void
show_symbols (ConfabUiSafetyCode *self, const char *code)
{
  g_autoptr (GPtrArray) symbols = confab_audio_safety_code_describe (code, g_get_language_names ());
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (self->symbols)) != NULL)
    gtk_box_remove (GTK_BOX (self->symbols), child);
  for (guint i = 0; i < symbols->len; i++)
    gtk_box_append (GTK_BOX (self->symbols), make_symbol (g_ptr_array_index (symbols, i)));
}

static void
confab_ui_safety_code_class_init (ConfabUiSafetyCodeClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
confab_ui_safety_code_init (ConfabUiSafetyCode *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = make_label (_ ("Safety Code"), "heading");

  self->hint = make_label (NULL, "caption");
  gtk_label_set_wrap (GTK_LABEL (self->hint), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (self->hint), HINT_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (self->hint), HINT_CHARS);
  gtk_label_set_xalign (GTK_LABEL (self->hint), 0);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  self->symbols = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_set_homogeneous (GTK_BOX (self->symbols), TRUE);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), self->symbols);
  gtk_box_append (GTK_BOX (box), self->hint);
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * confab_ui_safety_code_set_code:
 * @self: the widget
 * @name: with whom to compare it
 * @code: (nullable): #ConfabLiveParticipant:safety-code
 *
 * Shows a code, in the language of the desktop, or nothing.
 */
void
confab_ui_safety_code_set_code (ConfabUiSafetyCode *self, const char *name, const char *code)
{
  g_autofree char *hint = NULL;

  g_return_if_fail (CONFAB_UI_IS_SAFETY_CODE (self));
  g_return_if_fail (name != NULL);

  gtk_widget_set_visible (GTK_WIDGET (self), code != NULL);
  if (code == NULL)
    return;
  hint = g_strdup_printf (
      _ ("Compare these words with %s aloud. When they are the same, nobody listens in between."),
      name);
  gtk_label_set_label (GTK_LABEL (self->hint), hint);
  show_symbols (self, code);
}
