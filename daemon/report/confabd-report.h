/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What went wrong. All of it is redacted when it is written. */
typedef struct {
  const char *level;       /* "fatal", "error", "warning" */
  const char *environment; /* "production" */
  const GLogField *fields; /* of the message in the log */
  gsize n_fields;
  GPtrArray *stack; /* (element-type ConfabdFrame) the innermost call first */
} ConfabdReport;

GBytes *confabd_report_render (const ConfabdReport *self, GDateTime *now);

G_END_DECLS
