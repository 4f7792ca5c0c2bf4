/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-cli-options.h"

G_BEGIN_DECLS

/* Returns: the exit code */
int confab_cli_devices (const ConfabCliOptions *options);

G_END_DECLS
