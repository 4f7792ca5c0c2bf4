/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* How often a route may be asked, and by whom it is counted. */
typedef enum {
  CONFABD_LIMIT_NONE,
  CONFABD_LIMIT_ANONYMOUS, /* by address */
  CONFABD_LIMIT_SIGNED_IN, /* by user or API key */
  CONFABD_LIMIT_LOG_IN,
  CONFABD_LIMIT_REGISTER,
  CONFABD_LIMIT_REFRESH,
  CONFABD_LIMIT_LETTER, /* what sends somebody mail */
  CONFABD_LIMIT_GUEST,
  CONFABD_LIMIT_CREATE_CALL,
  CONFABD_LIMIT_JOIN,
} ConfabdLimit;

G_END_DECLS
