/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-members.h"

G_BEGIN_DECLS

#define CONFABD_RESET_HOURS  1
#define CONFABD_VERIFY_HOURS 24

/* The files confabd-members-*.c share these. */

struct _ConfabdMembers {
  GObject parent_instance;

  ConfabdMembersParts parts; /* its objects and texts are (owned) */
};

/* A device on which somebody signs in, for as long as that takes. */
typedef struct {
  ConfabdSessionRequest request; /* its texts are (owned) */
} ConfabdDoor;

ConfabdDoor confabd_door_copy (const ConfabdSessionRequest *request);
void confabd_door_clear (ConfabdDoor *self);

char *confabd_members_hash (const char *secret);
char *confabd_members_dup_password (const char *password);
void confabd_members_wipe (char *password);
void confabd_members_note (ConfabdMembers *self,
                           ConfabdAuditAction action,
                           ConfabUser *user,
                           const char *actor,
                           const char *address,
                           gboolean is_success,
                           const char *detail);

/* Takes @task over: opens a session for @user and answers with the grant. */
void confabd_members_open (ConfabdMembers *self,
                           ConfabUser *user,
                           const ConfabdSessionRequest *request,
                           GTask *task);
/* Takes @task over: ends all sessions of @user_id but one, and answers TRUE. */
void confabd_members_end_sessions (ConfabdMembers *self,
                                   const char *user_id,
                                   const char *except_id,
                                   const char *reason,
                                   GTask *task);

G_END_DECLS
