/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-jobs.h"

G_BEGIN_DECLS

/* A letter. All strings are UTF-8. */
typedef struct {
  const char *to;      /* one address: "ada@example.org" */
  const char *name;    /* (nullable) of who gets it */
  const char *subject; /* one line, 1 to 200 characters */
  const char *text;    /* at most 16 KiB; lines end with "\n" */
} ConfabdLetter;

#define CONFABD_TYPE_MAIL (confabd_mail_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdMail, confabd_mail, CONFABD, MAIL, GObject)

ConfabdMail *confabd_mail_new (ConfabdJobs *jobs, gboolean is_configured);
gboolean confabd_mail_is_configured (ConfabdMail *self);
gboolean confabd_mail_check_address (const char *address, GError **error);
gboolean confabd_mail_check_letter (const ConfabdLetter *letter, GError **error);

void confabd_mail_send_async (ConfabdMail *self,
                              const ConfabdLetter *letter,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean confabd_mail_send_finish (ConfabdMail *self, GAsyncResult *result, GError **error);

G_END_DECLS
