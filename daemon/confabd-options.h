/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

#define CONFABD_IDLE_TIMEOUT_S 60

typedef struct {
  ConfabdConfig *config; /* (owned) */
  gboolean on_session_bus;
  guint idle_timeout_s;
  char **arguments; /* (owned) the command line as it was */
} ConfabdOptions;

ConfabdOptions *confabd_options_parse (char ***arguments, int *exit_status);
ConfabdConfig *confabd_options_read_config (const ConfabdOptions *self);
void confabd_options_free (ConfabdOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdOptions, confabd_options_free)

G_END_DECLS
