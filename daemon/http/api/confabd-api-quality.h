/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-quality.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_QUALITY (confabd_api_quality_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiQuality, confabd_api_quality, CONFABD, API_QUALITY, GObject)

ConfabdApiQuality *confabd_api_quality_new (ConfabdQuality *quality);
void confabd_api_quality_add_routes (ConfabdApiQuality *self, ConfabdRouter *router);

G_END_DECLS
