/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One Opus stream in an Ogg file (RFC 7845), mono. What was written so far is playable at any time;
 * whoever calls it waits for the disk. */
typedef struct _ConfabOggOpusWriter ConfabOggOpusWriter;

ConfabOggOpusWriter *confab_ogg_opus_writer_new (const char *path,
                                                 const char *title,
                                                 GError **error);
gboolean confab_ogg_opus_writer_add (
    ConfabOggOpusWriter *self, const guint8 *packet, gsize size, guint n_samples, GError **error);
gboolean confab_ogg_opus_writer_finish (ConfabOggOpusWriter *self, GError **error);

G_END_DECLS
