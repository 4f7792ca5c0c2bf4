/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *confab_audio_certificate_fingerprint (const char *pem);

G_END_DECLS
