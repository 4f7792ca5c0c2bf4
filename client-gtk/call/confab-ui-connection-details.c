/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-connection-details"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-connection-details.h"

/* Ratings of 80 and 60 as opinions: “satisfied” and “many dissatisfied”, ITU-T G.109. */
#define GOOD_MOS 4.0
#define FAIR_MOS 3.1

#define PARTS_CHARS 34 /* exactly: a popover does not grow with a line that wraps later */

typedef enum {
  ROW_DELAY,
  ROW_ROUND_TRIP,
  ROW_JITTER,
  ROW_LOST,
  ROW_BIT_RATE,
  ROW_WAY,
  ROW_SCORE,
} Row;
#define N_ROWS (ROW_SCORE + 1)

/**
 * ConfabUiConnectionDetails:
 *
 * How well one hears somebody: a word first, then the figures behind it. It is not there as long as
 * nothing is known.
 */
struct _ConfabUiConnectionDetails {
  AdwBin parent_instance;

  GtkImage *icon; /* (unowned) children, as all below */
  GtkLabel *verdict;
  GtkLabel *names[N_ROWS];
  GtkLabel *values[N_ROWS];
  GtkLabel *parts;
};

G_DEFINE_FINAL_TYPE (ConfabUiConnectionDetails, confab_ui_connection_details, ADW_TYPE_BIN)

/**
 * confab_ui_grade_from_stats:
 * @stats: of a connection
 *
 * Returns: how good it is in one word
 */
ConfabUiGrade
confab_ui_grade_from_stats (const ConfabAudioPeerStats *stats)
{
  if (stats->mos < 0)
    return CONFAB_UI_GRADE_UNKNOWN;
  if (stats->mos < FAIR_MOS)
    return CONFAB_UI_GRADE_POOR;
  return stats->mos < GOOD_MOS ? CONFAB_UI_GRADE_FAIR : CONFAB_UI_GRADE_GOOD;
}

static GtkLabel *
make_label (const char *css_class, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static GtkWidget *
make_title (ConfabUiConnectionDetails *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->icon = GTK_IMAGE (gtk_image_new ());
  self->verdict = make_label ("heading", 0);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->verdict));
  return box;
}

static GtkWidget *
make_table (ConfabUiConnectionDetails *self)
{
  const char *const names[N_ROWS] = {
    [ROW_DELAY] = _ ("Mouth to ear"), [ROW_ROUND_TRIP] = _ ("Round trip"),
    [ROW_JITTER] = _ ("Jitter"),      [ROW_LOST] = _ ("Lost"),
    [ROW_BIT_RATE] = _ ("Bit rate"),  [ROW_WAY] = _ ("Way"),
    [ROW_SCORE] = _ ("Score"),
  };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  for (int i = 0; i < N_ROWS; i++) {
    self->names[i] = make_label ("dim-label", 0);
    gtk_label_set_label (self->names[i], names[i]);
    self->values[i] = make_label ("numeric", 1);
    gtk_widget_set_hexpand (GTK_WIDGET (self->values[i]), TRUE);
    gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (self->names[i]), 0, i, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (self->values[i]), 1, i, 1, 1);
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self->values[i]),
                                    GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->names[i], NULL, -1);
  }
  return grid;
}

static void
confab_ui_connection_details_class_init (ConfabUiConnectionDetailsClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
confab_ui_connection_details_init (ConfabUiConnectionDetails *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), make_title (self));
  gtk_box_append (GTK_BOX (box), make_table (self));
  self->parts = make_label ("caption", 0);
  gtk_label_set_wrap (self->parts, TRUE);
  gtk_label_set_width_chars (self->parts, PARTS_CHARS);
  gtk_label_set_max_width_chars (self->parts, PARTS_CHARS);
  gtk_widget_add_css_class (GTK_WIDGET (self->parts), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->parts));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
show_verdict (ConfabUiConnectionDetails *self, ConfabUiGrade grade)
{
  const char *icon_name = "network-cellular-signal-excellent-symbolic";
  const char *text = _ ("Good connection");

  if (grade == CONFAB_UI_GRADE_FAIR) {
    icon_name = "network-cellular-signal-ok-symbolic";
    text = _ ("Fair connection");
  } else if (grade == CONFAB_UI_GRADE_POOR) {
    icon_name = "network-cellular-signal-weak-symbolic";
    text = _ ("Poor connection");
  }
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_label (self->verdict, text);
}

/* (transfer full) value; NULL: not known, the row goes */
static void
take_value (ConfabUiConnectionDetails *self, Row row, char *value)
{
  gtk_label_set_label (self->values[row], value != NULL ? value : "");
  gtk_widget_set_visible (GTK_WIDGET (self->names[row]), value != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->values[row]), value != NULL);
  g_free (value);
}

static char *
format_ms (double ms)
{
  /* Translators: milliseconds */
  return ms >= 0 ? g_strdup_printf (_ ("%.0f ms"), ms) : NULL;
}

static char *
format_bit_rate (const ConfabAudioPeerStats *stats)
{
  if (stats->received_kbps < 0)
    return NULL;
  /* Translators: of the codec Opus: what is received, then what is sent */
  return g_strdup_printf (_ ("Opus, ↓ %.0f ↑ %.0f kbit/s"), stats->received_kbps, stats->sent_kbps);
}

static char *
format_way (ConfabAudioRoute route)
{
  if (route == CONFAB_AUDIO_ROUTE_UNKNOWN)
    return NULL;
  return g_strdup (route == CONFAB_AUDIO_ROUTE_RELAY ? _ ("Through a relay") : _ ("Direct"));
}

static void
show_parts (ConfabUiConnectionDetails *self, const ConfabAudioPeerStats *stats)
{
  const ConfabAudioDelay *delay = &stats->delay;
  g_autofree char *text = NULL;

  if (stats->mouth_to_ear_ms >= 0)
    text = g_strdup_printf (_ ("Microphone %.0f, encoder %.0f, network %.0f, buffer %.0f and "
                               "speaker %.0f ms"),
                            delay->capture_ms, delay->encoder_ms, delay->network_ms,
                            delay->jitter_buffer_ms, delay->output_ms);
  gtk_label_set_label (self->parts, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->parts), text != NULL);
}

/**
 * confab_ui_connection_details_set_stats:
 * @self: the details
 * @stats: (nullable): of the connection; %NULL: there is none
 *
 * Shows how good a connection is, or nothing.
 */
void
confab_ui_connection_details_set_stats (ConfabUiConnectionDetails *self,
                                        const ConfabAudioPeerStats *stats)
{
  ConfabUiGrade grade = CONFAB_UI_GRADE_UNKNOWN;

  g_return_if_fail (CONFAB_UI_IS_CONNECTION_DETAILS (self));

  if (stats != NULL)
    grade = confab_ui_grade_from_stats (stats);
  gtk_widget_set_visible (GTK_WIDGET (self), grade != CONFAB_UI_GRADE_UNKNOWN);
  if (grade == CONFAB_UI_GRADE_UNKNOWN)
    return;
  show_verdict (self, grade);
  take_value (self, ROW_DELAY, format_ms (stats->mouth_to_ear_ms));
  take_value (self, ROW_ROUND_TRIP, format_ms (stats->rtt_ms));
  take_value (self, ROW_JITTER, format_ms (stats->jitter_ms));
  take_value (self, ROW_LOST, g_strdup_printf (_ ("%.1f %%"), 100 * stats->lost_ratio));
  take_value (self, ROW_BIT_RATE, format_bit_rate (stats));
  take_value (self, ROW_WAY, format_way (stats->route));
  /* Translators: mean opinion score, from 1 to 4.5 */
  take_value (self, ROW_SCORE, g_strdup_printf (_ ("%.1f of %.1f"), stats->mos, 4.5));
  show_parts (self, stats);
}
