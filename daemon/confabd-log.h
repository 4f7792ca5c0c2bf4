/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CONFABD_LOG_AUTO, /* the journal when standard error goes there, else text */
  CONFABD_LOG_TEXT,
  CONFABD_LOG_JSON,
  CONFABD_LOG_JOURNALD,
} ConfabdLogFormat;

/* Is told of each warning and worse, once it is written. On any thread; @fields are not redacted.
 */
typedef void (*ConfabdLogListener) (GLogLevelFlags level,
                                    const GLogField *fields,
                                    gsize n_fields,
                                    gpointer user_data);

/* Makes confabd_log_writer () the writer of this process; call it once, before any thread. */
void confabd_log_install (void);
/* The least level that is written, like G_LOG_LEVEL_MESSAGE. From any thread. */
void confabd_log_set_level (GLogLevelFlags level);
gboolean confabd_log_wants (GLogLevelFlags level);
/* From any thread. */
void confabd_log_set_format (ConfabdLogFormat format);
/* One at a time; NULL for nobody. Nobody is being told any more when it returns. */
void confabd_log_set_listener (ConfabdLogListener listener, gpointer user_data);
GLogWriterOutput confabd_log_writer (GLogLevelFlags level,
                                     const GLogField *fields,
                                     gsize n_fields,
                                     gpointer user_data);

G_END_DECLS
