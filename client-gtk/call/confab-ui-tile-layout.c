/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-tile-layout"

#include "config.h"

#include "confab-ui-tile-layout.h"

#define SPACING_PX  12
#define BEST_ASPECT 1.25

/* A face is not a poster: larger tiles only move the names apart. */
#define MAX_TILE_WIDTH_PX  480
#define MAX_TILE_HEIGHT_PX 360

/**
 * ConfabUiTileLayout:
 *
 * Lays tiles of one size out in as many columns as suit the room there is.
 *
 * It takes the number of columns whose tiles come nearest to a pleasant shape and size; the last
 * row is centred. When the tiles do not fit at their smallest size, it asks for more height, so it
 * belongs into a scrolled window.
 */
struct _ConfabUiTileLayout {
  GtkLayoutManager parent_instance;
};

typedef struct {
  guint n_tiles;
  int min_width;
  int min_height;
} Tiles;

typedef struct {
  guint n_tiles;
  guint columns;
  int width; /* of the whole room */
  int top;
  int tile_width;
  int tile_height;
} Block;

G_DEFINE_FINAL_TYPE (ConfabUiTileLayout, confab_ui_tile_layout, GTK_TYPE_LAYOUT_MANAGER)

static void
measure_tiles (GtkWidget *widget, Tiles *tiles)
{
  *tiles = (Tiles){ 0 };
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    int width = 0, height = 0;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
    tiles->min_width = MAX (tiles->min_width, width);
    tiles->min_height = MAX (tiles->min_height, height);
    tiles->n_tiles++;
  }
}

static guint
count_rows (guint n_tiles, guint columns)
{
  return (n_tiles + columns - 1) / columns;
}

static int
share (int available, guint parts)
{
  return (available - (int) (parts - 1) * SPACING_PX) / (int) parts;
}

/* The area of a tile, cut to the shape that looks best, so that neither ribbons nor pillars win. */
static double
rate (int tile_width, int tile_height)
{
  double width = MIN (tile_width, MIN (MAX_TILE_WIDTH_PX, tile_height * BEST_ASPECT));
  double height = MIN (tile_height, tile_width / BEST_ASPECT);

  return width * height;
}

static guint
count_possible_columns (guint n_tiles, int width, int min_width)
{
  guint fitting = MAX (1, (width + SPACING_PX) / (MAX (min_width, 1) + SPACING_PX));

  return MIN (fitting, MAX (n_tiles, 1));
}

/**
 * confab_ui_tile_layout_choose_columns:
 * @n_tiles: how many tiles there are
 * @width: the width to fill, in pixels
 * @height: the height to fill, in pixels
 * @min_width: the smallest width of a tile, in pixels
 * @min_height: the smallest height of a tile, in pixels
 *
 * Chooses the number of columns whose tiles look best in the given room.
 *
 * When no number lets all tiles fit in height, it is the greatest that fits in width.
 *
 * Returns: the number of columns, at least 1
 */
guint
confab_ui_tile_layout_choose_columns (
    guint n_tiles, int width, int height, int min_width, int min_height)
{
  guint most = count_possible_columns (n_tiles, width, min_width);
  guint best = most;
  double best_rating = -1;

  for (guint columns = 1; columns <= most; columns++) {
    int tile_height = share (height, count_rows (n_tiles, columns));
    double rating = rate (share (width, columns), tile_height);

    if (tile_height >= min_height && rating > best_rating) {
      best = columns;
      best_rating = rating;
    }
  }

  return best;
}

static void
confab_ui_tile_layout_measure (GtkLayoutManager *manager,
                               GtkWidget *widget,
                               GtkOrientation orientation,
                               int for_size,
                               int *minimum,
                               int *natural,
                               int *minimum_baseline,
                               int *natural_baseline)
{
  Tiles tiles;
  guint columns, rows;

  measure_tiles (widget, &tiles);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = tiles.min_width;
    return;
  }

  columns = count_possible_columns (tiles.n_tiles, for_size, tiles.min_width);
  rows = MAX (1, count_rows (tiles.n_tiles, columns));
  *minimum = *natural = (int) rows * (tiles.min_height + SPACING_PX) - SPACING_PX;
}

static GtkSizeRequestMode
confab_ui_tile_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Sizes the tiles, and the block that they make together, centred in the room. */
static Block
size_block (const Tiles *tiles, int width, int height)
{
  Block block = { .n_tiles = tiles->n_tiles };
  int rows;

  block.columns = confab_ui_tile_layout_choose_columns (tiles->n_tiles, width, height,
                                                        tiles->min_width, tiles->min_height);
  rows = (int) count_rows (tiles->n_tiles, block.columns);
  block.tile_width = CLAMP (share (width, block.columns), tiles->min_width, MAX_TILE_WIDTH_PX);
  block.tile_height = CLAMP (share (height, rows), tiles->min_height, MAX_TILE_HEIGHT_PX);
  block.width = width;
  block.top = MAX (0, height - rows * (block.tile_height + SPACING_PX) + SPACING_PX) / 2;
  return block;
}

/* Where the tile of that index goes, in reading order. */
static GtkAllocation
place_tile (const Block *block, guint index)
{
  guint row = index / block->columns, column = index % block->columns;
  guint in_row = MIN (block->columns, block->n_tiles - row * block->columns);
  int row_width = (int) in_row * (block->tile_width + SPACING_PX) - SPACING_PX;
  int left = (block->width - row_width) / 2;

  return (GtkAllocation){ left + (int) column * (block->tile_width + SPACING_PX),
                          block->top + (int) row * (block->tile_height + SPACING_PX),
                          block->tile_width, block->tile_height };
}

static void
confab_ui_tile_layout_allocate (
    GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  guint index = 0;
  Tiles tiles;
  Block block;

  measure_tiles (widget, &tiles);
  if (tiles.n_tiles == 0)
    return;

  block = size_block (&tiles, width, height);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkAllocation allocation;

    if (!gtk_widget_should_layout (child))
      continue;
    allocation = place_tile (&block, index++);
    if (is_rtl)
      allocation.x = width - allocation.x - allocation.width;
    gtk_widget_size_allocate (child, &allocation, -1);
  }
}

static void
confab_ui_tile_layout_class_init (ConfabUiTileLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = confab_ui_tile_layout_measure;
  layout_class->get_request_mode = confab_ui_tile_layout_get_request_mode;
  layout_class->allocate = confab_ui_tile_layout_allocate;
}

static void
confab_ui_tile_layout_init (ConfabUiTileLayout *self)
{
}
