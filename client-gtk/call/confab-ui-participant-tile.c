/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-participant-tile"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-connection-details.h"
#include "confab-ui-participant-tile.h"
#include "confab-ui-safety-code.h"

/**
 * ConfabUiParticipantTile:
 *
 * One person of a call: who it is, whether one hears them and, if not, why.
 *
 * Nothing is told by colour or icon alone: the ring of a speaker and the icons stand beside a word,
 * and the accessible label says all of it. A change of the volume activates the action
 * `call.set-volume` with the id of the participant and the factor (0.0 to 2.0).
 */
struct _ConfabUiParticipantTile {
  AdwBin parent_instance;

  ConfabLiveParticipant *participant; /* (owned) */

  AdwAvatar *avatar; /* (unowned) of the template, as all below */
  GtkLabel *name_label;
  GtkLabel *mark_label;
  GtkBox *status_box;
  GtkImage *status_icon;
  GtkLabel *status_label;
  GtkMenuButton *more_button;
  GtkScale *volume_scale;
  GtkLabel *volume_label;
  GtkAdjustment *volume;
  ConfabUiSafetyCode *safety_code;
  ConfabUiConnectionDetails *details;
  ConfabUiGrade grade;
};

/* What there is to say about a participant; text NULL: nothing. */
typedef struct {
  const char *icon_name;
  const char *text;
  const char *css_class;
} Status;

typedef enum { PROP_PARTICIPANT = 1 } ConfabUiParticipantTileProperty;
static GParamSpec *properties[PROP_PARTICIPANT + 1];

G_DEFINE_FINAL_TYPE (ConfabUiParticipantTile, confab_ui_participant_tile, ADW_TYPE_BIN)

/* The connection matters more than the sound that it does not carry. */
static Status
describe_connection (const char *connection)
{
  if (g_strcmp0 (connection, "connecting") == 0)
    return (Status){ "content-loading-symbolic", _ ("Connecting…"), "dim-label" };
  if (g_strcmp0 (connection, "rebuilding") == 0)
    return (Status){ "content-loading-symbolic", _ ("Reconnecting…"), "dim-label" };
  if (g_strcmp0 (connection, "failed") == 0)
    return (Status){ "network-error-symbolic", _ ("No connection"), "error" };
  return (Status){ 0 };
}

static Status
describe (ConfabUiParticipantTile *self)
{
  gboolean is_self, is_muted, is_deafened, is_listen_only, is_speaking;
  g_autofree char *connection = NULL;
  Status status;

  g_object_get (self->participant, "is-self", &is_self, "muted", &is_muted, "deafened",
                &is_deafened, "listen-only", &is_listen_only, "speaking", &is_speaking,
                "connection", &connection, NULL);

  status = describe_connection (is_self ? NULL : connection);
  if (status.text != NULL)
    return status;
  if (is_deafened)
    return (Status){ "audio-volume-muted-symbolic", _ ("Sound off"), "dim-label" };
  if (is_listen_only)
    return (Status){ "audio-headphones-symbolic", _ ("Listening only"), "dim-label" };
  if (is_muted)
    return (Status){ "microphone-disabled-symbolic", _ ("Muted"), "dim-label" };
  if (self->grade == CONFAB_UI_GRADE_POOR)
    return (Status){ "network-cellular-signal-weak-symbolic", _ ("Poor connection"), "warning" };
  if (is_speaking)
    return (Status){ "microphone-sensitivity-high-symbolic", _ ("Speaking"), "speaking" };
  return (Status){ 0 };
}

/* “You”, “Host”, “You, host” or NULL */
static const char *
describe_mark (ConfabUiParticipantTile *self)
{
  ConfabParticipant *value = confab_live_participant_get_participant (self->participant);
  gboolean is_host = confab_participant_get_role (value) == CONFAB_ROLE_HOST;

  if (confab_live_participant_get_is_self (self->participant))
    return is_host ? _ ("You, host") : _ ("You");
  return is_host ? _ ("Host") : NULL;
}

static void
update_accessible_label (ConfabUiParticipantTile *self, const char *mark, const char *status)
{
  GString *text = g_string_new (confab_live_participant_get_display_name (self->participant));

  if (mark != NULL)
    g_string_append_printf (text, ", %s", mark);
  if (status != NULL)
    g_string_append_printf (text, ", %s", status);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                  -1);
  g_string_free (text, TRUE);
}

static void
update_name (ConfabUiParticipantTile *self)
{
  const char *name = confab_live_participant_get_display_name (self->participant);
  g_autofree char *volume_title = g_strdup_printf (_ ("Volume of %s"), name);
  g_autofree char *more_title = g_strdup_printf (_ ("Volume and Connection of %s"), name);

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->volume_label, volume_title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->more_button), more_title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  more_title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->volume_scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, volume_title, -1);
}

/* The ring is there for whoever can be heard, whatever the words beside it are about. */
static gboolean
is_heard_speaking (ConfabUiParticipantTile *self, const Status *status)
{
  gboolean is_speaking = FALSE;

  g_object_get (self->participant, "speaking", &is_speaking, NULL);
  return g_strcmp0 (status->css_class, "speaking") == 0 ||
         (is_speaking && g_strcmp0 (status->css_class, "warning") == 0);
}

static void
update_status (ConfabUiParticipantTile *self, const Status *status)
{
  const char *const classes[] = { status->css_class, NULL };
  gboolean is_speaking = is_heard_speaking (self, status);

  gtk_label_set_label (self->status_label, status->text == NULL ? "" : status->text);
  gtk_image_set_from_icon_name (self->status_icon, status->icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), status->icon_name != NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->status_box), (const char **) classes);

  if (is_speaking)
    gtk_widget_add_css_class (GTK_WIDGET (self), "speaking");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "speaking");
}

static void
update_safety_code (ConfabUiParticipantTile *self)
{
  confab_ui_safety_code_set_code (self->safety_code,
                                  confab_live_participant_get_display_name (self->participant),
                                  confab_live_participant_get_safety_code (self->participant));
}

static void
update (ConfabUiParticipantTile *self)
{
  Status status = describe (self);
  const char *mark = describe_mark (self);

  update_name (self);
  update_status (self, &status);
  gtk_label_set_label (self->mark_label, mark == NULL ? "" : mark);
  gtk_widget_set_visible (GTK_WIDGET (self->mark_label), mark != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button),
                          !confab_live_participant_get_is_self (self->participant));
  update_accessible_label (self, mark, status.text);
}

static void
on_participant_notify (ConfabUiParticipantTile *self, GParamSpec *pspec)
{
  /* ten times a second, and nothing here shows it */
  if (g_strcmp0 (pspec->name, "level-dbov") != 0)
    update (self);
  if (g_str_equal (pspec->name, "safety-code") || g_str_equal (pspec->name, "display-name"))
    update_safety_code (self);
}

static const char *
choose_volume_icon (double factor)
{
  if (factor <= 0)
    return "audio-volume-muted-symbolic";
  if (factor < 0.5)
    return "audio-volume-low-symbolic";
  return factor < 1 ? "audio-volume-medium-symbolic" : "audio-volume-high-symbolic";
}

static void
on_volume_changed (ConfabUiParticipantTile *self)
{
  double factor = gtk_adjustment_get_value (self->volume) / 100;

  gtk_menu_button_set_icon_name (self->more_button, choose_volume_icon (factor));
  gtk_widget_activate_action (GTK_WIDGET (self), "call.set-volume", "(sd)",
                              confab_live_participant_get_id (self->participant), factor);
}

static void
confab_ui_participant_tile_set_property (GObject *object,
                                         guint id,
                                         const GValue *value,
                                         GParamSpec *pspec)
{
  ConfabUiParticipantTile *self = CONFAB_UI_PARTICIPANT_TILE (object);

  switch ((ConfabUiParticipantTileProperty) id) {
  case PROP_PARTICIPANT:
    self->participant = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_ui_participant_tile_constructed (GObject *object)
{
  ConfabUiParticipantTile *self = CONFAB_UI_PARTICIPANT_TILE (object);

  G_OBJECT_CLASS (confab_ui_participant_tile_parent_class)->constructed (object);
  g_signal_connect_object (self->participant, "notify", G_CALLBACK (on_participant_notify), self,
                           G_CONNECT_SWAPPED);
  update (self);
  update_safety_code (self);
}

static void
confab_ui_participant_tile_dispose (GObject *object)
{
  ConfabUiParticipantTile *self = CONFAB_UI_PARTICIPANT_TILE (object);

  g_clear_object (&self->participant);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_PARTICIPANT_TILE);
  G_OBJECT_CLASS (confab_ui_participant_tile_parent_class)->dispose (object);
}

static void
confab_ui_participant_tile_class_init (ConfabUiParticipantTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = confab_ui_participant_tile_set_property;
  object_class->constructed = confab_ui_participant_tile_constructed;
  object_class->dispose = confab_ui_participant_tile_dispose;

  g_type_ensure (CONFAB_UI_TYPE_CONNECTION_DETAILS);
  g_type_ensure (CONFAB_UI_TYPE_SAFETY_CODE);

  properties[PROP_PARTICIPANT] =
      g_param_spec_object ("participant", NULL, NULL, CONFAB_TYPE_LIVE_PARTICIPANT,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/confab/Confab/call/confab-ui-participant-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, avatar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, name_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, mark_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, status_box);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, status_icon);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, status_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, more_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, volume_scale);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, volume_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, volume);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, safety_code);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiParticipantTile, details);
  gtk_widget_class_bind_template_callback (widget_class, on_volume_changed);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
confab_ui_participant_tile_init (ConfabUiParticipantTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * confab_ui_participant_tile_new:
 * @participant: (transfer none): whom to show, for good
 *
 * Makes the tile of a participant; it follows their changes by itself.
 *
 * Returns: (transfer floating): the tile
 */
GtkWidget *
confab_ui_participant_tile_new (ConfabLiveParticipant *participant)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (participant), NULL);

  return g_object_new (CONFAB_UI_TYPE_PARTICIPANT_TILE, "participant", participant, NULL);
}

/**
 * confab_ui_participant_tile_get_participant:
 * @self: the tile
 *
 * Returns: (transfer none): whom it shows
 */
ConfabLiveParticipant *
confab_ui_participant_tile_get_participant (ConfabUiParticipantTile *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_PARTICIPANT_TILE (self), NULL);

  return self->participant;
}

/**
 * confab_ui_participant_tile_set_stats:
 * @self: the tile
 * @stats: (nullable): how well one hears them; %NULL: there is no connection
 *
 * Shows the figures on demand, and a poor connection at once.
 */
void
confab_ui_participant_tile_set_stats (ConfabUiParticipantTile *self,
                                      const ConfabAudioPeerStats *stats)
{
  ConfabUiGrade grade = CONFAB_UI_GRADE_UNKNOWN;

  g_return_if_fail (CONFAB_UI_IS_PARTICIPANT_TILE (self));

  if (stats != NULL)
    grade = confab_ui_grade_from_stats (stats);
  confab_ui_connection_details_set_stats (self->details, stats);
  if (self->grade == grade)
    return;
  self->grade = grade;
  update (self);
}

/**
 * confab_ui_participant_tile_set_avatar_size:
 * @self: the tile
 * @size: diameter in pixels
 *
 * Sets how large the face is drawn.
 */
void
confab_ui_participant_tile_set_avatar_size (ConfabUiParticipantTile *self, int size)
{
  g_return_if_fail (CONFAB_UI_IS_PARTICIPANT_TILE (self));

  adw_avatar_set_size (self->avatar, size);
}
