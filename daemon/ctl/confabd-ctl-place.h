/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

char *confabd_ctl_place_dup_database_file (ConfabdConfig *config);
char *confabd_ctl_place_dup_key_file (ConfabdConfig *config);
char *confabd_ctl_place_dup_address (ConfabdConfig *config);

G_END_DECLS
