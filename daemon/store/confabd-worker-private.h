/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-job-answers-private.h"
#include "confabd-job-queue-private.h"

G_BEGIN_DECLS

void confabd_worker_write (ConfabdConnection *connection,
                           ConfabdJobQueue *queue,
                           ConfabdJobAnswers *answers);
void confabd_worker_read (ConfabdConnection *connection,
                          ConfabdJobQueue *queue,
                          ConfabdJobAnswers *answers);

G_END_DECLS
