/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* The whole file as gint16 samples, 48 kHz mono, native endian; never empty.
 * CONFAB_ERROR_NOT_FOUND, _NOT_ALLOWED, _BAD_FILE (no WAV, ends early, no sound in it, a format we
 * do not read), _TOO_LARGE. Reads the disk: not for the main loop of a window. */
GBytes *confab_wav_reader_load (const char *path, GError **error);

G_END_DECLS
