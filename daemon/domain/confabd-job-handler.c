/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-jobs"

#include "config.h"

#include "confabd-job-handler.h"

/**
 * ConfabdJobHandler:
 *
 * Who does the jobs of one kind: letters, webhooks, forgetting.
 */
G_DEFINE_INTERFACE (ConfabdJobHandler, confabd_job_handler, G_TYPE_OBJECT)

static void
confabd_job_handler_default_init (ConfabdJobHandlerInterface *iface)
{
}

/**
 * confabd_job_handler_run_async:
 * @id: of the job: the same for each attempt, so that whoever is told twice can tell
 * @payload: what the job says
 * @cancellable: cancelled when it takes too long or the daemon ends; to be followed soon
 *
 * Does one job, once. Finishes with %CONFAB_ERROR_NOT_ALLOWED for one that will never work, with
 * any other error for one that may work later.
 */
void
confabd_job_handler_run_async (ConfabdJobHandler *self,
                               const char *id,
                               ConfabMessage *payload,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (CONFABD_IS_JOB_HANDLER (self));
  g_return_if_fail (id != NULL && payload != NULL);

  CONFABD_JOB_HANDLER_GET_IFACE (self)->run_async (self, id, payload, cancellable, callback,
                                                   user_data);
}

/**
 * confabd_job_handler_run_finish:
 *
 * Returns: whether it is done
 */
gboolean
confabd_job_handler_run_finish (ConfabdJobHandler *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_JOB_HANDLER (self), FALSE);

  return CONFABD_JOB_HANDLER_GET_IFACE (self)->run_finish (self, result, error);
}
