/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-principal.h"
#include "confabd-store-audit.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_AUDIT (confabd_audit_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdAudit, confabd_audit, CONFABD, AUDIT, GObject)

#define CONFABD_AUDIT_MAX_WAITING 10000 /* 5 MB: hours of a server without a disk */

/**
 * ConfabdAuditNote:
 * @action: what was done
 * @principal: (nullable): who did it; or
 * @user: (nullable): who did it, where no request is; or
 * @actor: (nullable): how they call themselves, when we do not know them, or it is no person; %NULL
 *   for this daemon
 * @target: (nullable): the id or name of what it was done to
 * @address: (nullable): where it came from; %NULL for where @principal is, if there is one
 * @is_success: whether it was done; %FALSE for what was tried and refused
 * @detail: (nullable): a few words, such as the end reason of a call; never a secret
 *
 * What confabd_audit_write() is told. Everything is copied.
 */
typedef struct {
  ConfabdAuditAction action;
  ConfabdPrincipal *principal;
  ConfabUser *user;
  const char *actor;
  const char *target;
  const char *address;
  gboolean is_success;
  const char *detail;
} ConfabdAuditNote;

/* For metrics and /health/ready. */
typedef struct {
  guint64 n_written;   /* by this daemon */
  guint64 n_lost;      /* did not find a place any more while the store was away */
  guint n_waiting;     /* not on the disk yet */
  gboolean is_failing; /* the last try to write failed */
} ConfabdAuditFigures;

/* What the store is told of @note. All of it belongs to the parts of @note. */
ConfabdAuditFacts confabd_audit_note_to_facts (const ConfabdAuditNote *note);

ConfabdAudit *confabd_audit_new (ConfabdStore *store, ConfabClock *clock, guint max_waiting);
void confabd_audit_write (ConfabdAudit *self, const ConfabdAuditNote *note);
void confabd_audit_get_figures (ConfabdAudit *self, ConfabdAuditFigures *figures);

void confabd_audit_flush_async (ConfabdAudit *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean confabd_audit_flush_finish (ConfabdAudit *self, GAsyncResult *result, GError **error);

void confabd_audit_list_async (ConfabdAudit *self,
                               const ConfabdAuditFilter *filter,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *confabd_audit_list_finish (ConfabdAudit *self, GAsyncResult *result, GError **error);

G_END_DECLS
