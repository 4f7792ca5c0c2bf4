/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_APPLICATION (confabd_application_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApplication, confabd_application, CONFABD, APPLICATION, GApplication)

ConfabdApplication *confabd_application_new (void);
int confabd_application_run (ConfabdApplication *self, int argc, char **argv);

G_END_DECLS
