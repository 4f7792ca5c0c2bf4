/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_QR_PAINTABLE (confab_ui_qr_paintable_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiQrPaintable, confab_ui_qr_paintable, CONFAB_UI, QR_PAINTABLE, GObject)

GdkPaintable *confab_ui_qr_paintable_new (const char *text);

G_END_DECLS
