/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes confabd_log_writer () the writer of this process; call it once, before any thread. */
void confabd_log_install (void);
/* The least level that is written, like G_LOG_LEVEL_MESSAGE. From any thread. */
void confabd_log_set_level (GLogLevelFlags level);
GLogWriterOutput confabd_log_writer (GLogLevelFlags level,
                                     const GLogField *fields,
                                     gsize n_fields,
                                     gpointer user_data);
/* One line without its end. */
char *confabd_log_format (GLogLevelFlags level,
                          const GLogField *fields,
                          gsize n_fields,
                          GDateTime *now);

G_END_DECLS
