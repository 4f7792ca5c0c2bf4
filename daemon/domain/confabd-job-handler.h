/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_JOB_HANDLER (confabd_job_handler_get_type ())
G_DECLARE_INTERFACE (ConfabdJobHandler, confabd_job_handler, CONFABD, JOB_HANDLER, GObject)

struct _ConfabdJobHandlerInterface {
  GTypeInterface parent_iface;

  void (*run_async) (ConfabdJobHandler *self,
                     const char *id,
                     ConfabMessage *payload,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*run_finish) (ConfabdJobHandler *self, GAsyncResult *result, GError **error);
};

void confabd_job_handler_run_async (ConfabdJobHandler *self,
                                    const char *id,
                                    ConfabMessage *payload,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean confabd_job_handler_run_finish (ConfabdJobHandler *self,
                                         GAsyncResult *result,
                                         GError **error);

G_END_DECLS
