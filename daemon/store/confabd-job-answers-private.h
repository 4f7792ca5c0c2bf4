/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-job-private.h"

G_BEGIN_DECLS

/* Work that is done, on its way back to the contexts that asked for it. */
typedef struct _ConfabdJobAnswers ConfabdJobAnswers;

ConfabdJobAnswers *confabd_job_answers_new (void);
ConfabdJobAnswers *confabd_job_answers_ref (ConfabdJobAnswers *self);
void confabd_job_answers_unref (ConfabdJobAnswers *self);
void confabd_job_answers_add (ConfabdJobAnswers *self, ConfabdJob *job);

G_END_DECLS
