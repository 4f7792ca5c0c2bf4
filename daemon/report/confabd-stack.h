/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFABD_STACK_MAX_FRAMES 64

/* One call that has not returned. */
typedef struct {
  char *function; /* (owned) (nullable) when its name is known */
  char *module;   /* (owned) (nullable) the program or library that it is in */
  char *address;  /* (owned) "0x55…" */
} ConfabdFrame;

GPtrArray *confabd_stack_capture (guint n_skipped);
GPtrArray *confabd_stack_parse (const char *lines);

G_END_DECLS
