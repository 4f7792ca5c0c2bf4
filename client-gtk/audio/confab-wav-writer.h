/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* A WAV (48 kHz mono 16 bit) that grows on disk through a thread of its own. */
typedef struct _ConfabWavWriter ConfabWavWriter;

/* Called at most once, by the writer's thread: nothing more will be written. */
typedef void (*ConfabWavWriterFailedFunc) (const GError *error, gpointer user_data);

/* Replaces a file that is there, with the first sample. CONFAB_ERROR_BAD_FILE when it cannot be
 * created. */
ConfabWavWriter *confab_wav_writer_new (const char *path,
                                        ConfabWavWriterFailedFunc failed,
                                        gpointer user_data,
                                        GError **error);
/* Copies the samples into a queue; never waits for the disk. One thread at a time. */
void confab_wav_writer_push (ConfabWavWriter *self, const gint16 *samples, gsize n_samples);
/* Writes what is queued and the final header, ends the thread, frees self. FALSE with the error
 * that failed got. */
gboolean confab_wav_writer_finish (ConfabWavWriter *self, GError **error);

G_END_DECLS
