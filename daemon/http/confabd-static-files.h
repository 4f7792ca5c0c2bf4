/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-request.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_STATIC_FILES (confabd_static_files_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdStaticFiles, confabd_static_files, CONFABD, STATIC_FILES, GObject)

ConfabdStaticFiles *confabd_static_files_new (GResource *resource, const char *folder);
void confabd_static_files_serve (ConfabdStaticFiles *self,
                                 const char *name,
                                 ConfabdRequest *request);
GBytes *confabd_static_files_look_up (ConfabdStaticFiles *self,
                                      const char *name,
                                      const char **content_type);

G_END_DECLS
