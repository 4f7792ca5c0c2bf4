/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* What another server knows of somebody's name. Any of them may be NULL or of any length. */
typedef struct {
  const char *username;
  const char *first_name;
  const char *last_name;
  const char *id; /* there; not NULL */
} ConfabdForeignName;

#define CONFABD_NAME_N_ATTEMPTS 4

char *confabd_name_finder_make_login (const ConfabdForeignName *name, guint attempt);
char *confabd_name_finder_make_display (const ConfabdForeignName *name);
char *confabd_name_finder_clean (const char *text, guint max_chars);

G_END_DECLS
