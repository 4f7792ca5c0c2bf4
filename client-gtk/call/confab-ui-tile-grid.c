/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-tile-grid"

#include "config.h"

#include "confab-ui-participant-tile.h"
#include "confab-ui-tile-grid.h"
#include "confab-ui-tile-layout.h"

/**
 * ConfabUiTileGrid:
 *
 * A tile for each person of a roster, in its order.
 */
struct _ConfabUiTileGrid {
  GtkWidget parent_instance;

  GListModel *roster;     /* (owned) (nullable) (element-type ConfabLiveParticipant) */
  gulong changed_handler; /* of the roster */
};

G_DEFINE_FINAL_TYPE (ConfabUiTileGrid, confab_ui_tile_grid, GTK_TYPE_WIDGET)

static GtkWidget *
find_tile (ConfabUiTileGrid *self, guint position)
{
  GtkWidget *tile = gtk_widget_get_first_child (GTK_WIDGET (self));

  while (tile != NULL && position-- > 0)
    tile = gtk_widget_get_next_sibling (tile);
  return tile;
}

/* The fewer people, the larger they appear. */
static int
choose_avatar_size (guint n_people)
{
  if (n_people <= 2)
    return 112;
  return n_people <= 4 ? 88 : 64;
}

static void
scale_avatars (ConfabUiTileGrid *self)
{
  guint n_people = self->roster == NULL ? 0 : g_list_model_get_n_items (self->roster);
  int size = choose_avatar_size (n_people);

  for (GtkWidget *tile = gtk_widget_get_first_child (GTK_WIDGET (self)); tile != NULL;
       tile = gtk_widget_get_next_sibling (tile))
    confab_ui_participant_tile_set_avatar_size (CONFAB_UI_PARTICIPANT_TILE (tile), size);
}

static void
insert_tile (ConfabUiTileGrid *self, guint position)
{
  g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (self->roster, position);
  GtkWidget *tile = confab_ui_participant_tile_new (participant);

  gtk_widget_insert_before (tile, GTK_WIDGET (self), find_tile (self, position));
}

static void
on_roster_changed (
    GListModel *roster, guint position, guint removed, guint added, ConfabUiTileGrid *self)
{
  for (guint i = 0; i < removed; i++)
    gtk_widget_unparent (find_tile (self, position));
  for (guint i = 0; i < added; i++)
    insert_tile (self, position + i);
  scale_avatars (self);
}

static void
confab_ui_tile_grid_dispose (GObject *object)
{
  ConfabUiTileGrid *self = CONFAB_UI_TILE_GRID (object);

  confab_ui_tile_grid_set_roster (self, NULL);
  G_OBJECT_CLASS (confab_ui_tile_grid_parent_class)->dispose (object);
}

static void
confab_ui_tile_grid_class_init (ConfabUiTileGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_tile_grid_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, CONFAB_UI_TYPE_TILE_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
confab_ui_tile_grid_init (ConfabUiTileGrid *self)
{
}

/**
 * confab_ui_tile_grid_set_roster:
 * @self: the grid
 * @roster: (nullable) (transfer none): a list of #ConfabLiveParticipant
 *
 * Shows the people of a roster and follows its changes.
 */
void
confab_ui_tile_grid_set_roster (ConfabUiTileGrid *self, GListModel *roster)
{
  g_return_if_fail (CONFAB_UI_IS_TILE_GRID (self));
  g_return_if_fail (roster == NULL || G_IS_LIST_MODEL (roster));

  if (self->roster == roster)
    return;

  if (self->roster != NULL) {
    g_clear_signal_handler (&self->changed_handler, self->roster);
    on_roster_changed (self->roster, 0, g_list_model_get_n_items (self->roster), 0, self);
  }

  g_set_object (&self->roster, roster);
  if (roster != NULL) {
    self->changed_handler =
        g_signal_connect (roster, "items-changed", G_CALLBACK (on_roster_changed), self);
    on_roster_changed (roster, 0, 0, g_list_model_get_n_items (roster), self);
  }
}

/**
 * confab_ui_tile_grid_set_stats:
 * @self: the grid
 * @participant_id: of the roster; others are ignored
 * @stats: (nullable): how well one hears them; %NULL: there is no connection
 */
void
confab_ui_tile_grid_set_stats (ConfabUiTileGrid *self,
                               const char *participant_id,
                               const ConfabAudioPeerStats *stats)
{
  g_return_if_fail (CONFAB_UI_IS_TILE_GRID (self));

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    ConfabUiParticipantTile *tile = CONFAB_UI_PARTICIPANT_TILE (child);
    ConfabLiveParticipant *participant = confab_ui_participant_tile_get_participant (tile);

    if (g_str_equal (confab_live_participant_get_id (participant), participant_id))
      confab_ui_participant_tile_set_stats (tile, stats);
  }
}
