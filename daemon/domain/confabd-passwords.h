/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confabd-password-hash-private.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_PASSWORDS (confabd_passwords_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdPasswords, confabd_passwords, CONFABD, PASSWORDS, GObject)

ConfabdPasswords *confabd_passwords_new (void);
ConfabdPasswords *confabd_passwords_new_with_cost (const ConfabdPasswordCost *cost,
                                                   guint max_waiting);
void confabd_passwords_expect (ConfabdPasswords *self, const char *hash);
void confabd_passwords_prepare (ConfabdPasswords *self);
guint confabd_passwords_get_n_checks (ConfabdPasswords *self);

void confabd_passwords_hash_async (ConfabdPasswords *self,
                                   const char *password,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
char *confabd_passwords_hash_finish (ConfabdPasswords *self, GAsyncResult *result, GError **error);
void confabd_passwords_check_async (ConfabdPasswords *self,
                                    const char *hash,
                                    const char *password,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* better_hash: (out) (optional) (nullable) (transfer full) */
gboolean confabd_passwords_check_finish (ConfabdPasswords *self,
                                         GAsyncResult *result,
                                         char **better_hash,
                                         GError **error);

G_END_DECLS
