/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#ifndef _CONFAB_EXTERN
#define _CONFAB_EXTERN extern
#endif

#define CONFAB_AVAILABLE_IN_ALL _CONFAB_EXTERN
