/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-people.h"

G_BEGIN_DECLS

/* The files confabd-people-*.c share these. */

struct _ConfabdPeople {
  GObject parent_instance;

  ConfabdStore *store;         /* (owned) */
  ConfabClock *clock;          /* (owned) */
  ConfabdSessions *sessions;   /* (owned) */
  ConfabdPasswords *passwords; /* (owned) */
  ConfabdAudit *audit;         /* (owned) */
};

/* The data of a task. */
typedef struct {
  ConfabdPrincipal *principal; /* (owned) (nullable) who asks */
  char *user_id;               /* (owned) (nullable) about whom */
  char *secret;                /* (owned) (nullable) wiped */
  ConfabdUserChange change;    /* no texts */
  ConfabUserRole role_before;
  ConfabProfile *changed; /* (owned) (nullable) */
} ConfabdPeopleAsk;

GTask *confabd_people_task_new (ConfabdPeople *self,
                                ConfabdPrincipal *principal,
                                const char *user_id,
                                gpointer source_tag,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gpointer confabd_people_propagate (ConfabdPeople *self,
                                   GAsyncResult *result,
                                   gpointer source_tag,
                                   GError **error);
void confabd_people_note (ConfabdPeople *self,
                          ConfabdAuditAction action,
                          ConfabdPrincipal *principal,
                          const char *target,
                          const char *detail);

G_END_DECLS
