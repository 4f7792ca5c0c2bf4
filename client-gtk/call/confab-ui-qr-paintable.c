/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-qr-paintable"

#include "config.h"

#include <qrencode.h>

#include "confab-ui-qr-paintable.h"

#define QUIET_ZONE_MODULES \
  4                      /* ISO/IEC 18004 asks for four; scanners fail on dark pages without it */
#define MODULE_SIZE_PX 6 /* of the intrinsic size only: a code of version 4 is then 246 pixels */

/**
 * ConfabUiQrPaintable:
 *
 * A text as a QR code, to be scanned from the screen.
 *
 * Always black on white, in the dark style too: many scanners do not read inverted codes. The
 * modules are drawn in whole pixels, so that no edge is blurred.
 */
struct _ConfabUiQrPaintable {
  GObject parent_instance;

  QRcode *code; /* (owned) (nullable) NULL when the text does not fit into a QR code */
};

static void paintable_iface_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabUiQrPaintable,
                               confab_ui_qr_paintable,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_iface_init))

static int
get_size_modules (ConfabUiQrPaintable *self)
{
  return self->code == NULL ? 0 : self->code->width + 2 * QUIET_ZONE_MODULES;
}

static gboolean
is_dark (QRcode *code, int x, int y)
{
  return (code->data[y * code->width + x] & 1) != 0;
}

/* One node for each run of dark modules: a third of the nodes that a node for each module would
 * take. */
static void
snapshot_row (QRcode *code, GtkSnapshot *snapshot, int y, float module, const graphene_point_t *at)
{
  const GdkRGBA black = { 0, 0, 0, 1 };

  for (int x = 0; x < code->width; x++) {
    int start = x;

    while (x < code->width && is_dark (code, x, y))
      x++;
    if (x > start)
      gtk_snapshot_append_color (snapshot, &black,
                                 &GRAPHENE_RECT_INIT (at->x + start * module, at->y + y * module,
                                                      (x - start) * module, module));
  }
}

static void
confab_ui_qr_paintable_snapshot (GdkPaintable *paintable,
                                 GdkSnapshot *snapshot,
                                 double width,
                                 double height)
{
  ConfabUiQrPaintable *self = CONFAB_UI_QR_PAINTABLE (paintable);
  const GdkRGBA white = { 1, 1, 1, 1 };
  float module;
  graphene_point_t at;

  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (self->code == NULL)
    return;

  module = MAX (1, (int) (MIN (width, height) / get_size_modules (self)));
  at.x = (int) (width - self->code->width * module) / 2;
  at.y = (int) (height - self->code->width * module) / 2;
  for (int y = 0; y < self->code->width; y++)
    snapshot_row (self->code, snapshot, y, module, &at);
}

static int
confab_ui_qr_paintable_get_intrinsic_size (GdkPaintable *paintable)
{
  return get_size_modules (CONFAB_UI_QR_PAINTABLE (paintable)) * MODULE_SIZE_PX;
}

static GdkPaintableFlags
confab_ui_qr_paintable_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_CONTENTS | GDK_PAINTABLE_STATIC_SIZE;
}

static void
paintable_iface_init (GdkPaintableInterface *iface)
{
  iface->snapshot = confab_ui_qr_paintable_snapshot;
  iface->get_intrinsic_width = confab_ui_qr_paintable_get_intrinsic_size;
  iface->get_intrinsic_height = confab_ui_qr_paintable_get_intrinsic_size;
  iface->get_flags = confab_ui_qr_paintable_get_flags;
}

static void
confab_ui_qr_paintable_finalize (GObject *object)
{
  ConfabUiQrPaintable *self = CONFAB_UI_QR_PAINTABLE (object);

  g_clear_pointer (&self->code, QRcode_free);
  G_OBJECT_CLASS (confab_ui_qr_paintable_parent_class)->finalize (object);
}

static void
confab_ui_qr_paintable_class_init (ConfabUiQrPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_ui_qr_paintable_finalize;
}

static void
confab_ui_qr_paintable_init (ConfabUiQrPaintable *self)
{
}

/**
 * confab_ui_qr_paintable_new:
 * @text: what the code says, UTF-8; up to 2,331 bytes fit
 *
 * Makes the QR code of a text, with error correction M (15 % may be hidden or smeared).
 *
 * A text that does not fit gives an empty white picture.
 *
 * Returns: (transfer full): the picture
 */
GdkPaintable *
confab_ui_qr_paintable_new (const char *text)
{
  ConfabUiQrPaintable *self = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_object_new (CONFAB_UI_TYPE_QR_PAINTABLE, NULL);
  self->code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  return GDK_PAINTABLE (self);
}
