/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config-limits.h"
#include "confabd-limiter.h"
#include "confabd-principal.h"

G_BEGIN_DECLS

/* How often a route may be asked, and by whom it is counted: a row each in the table of
 * confabd-limits.c. */
typedef enum {
  CONFABD_LIMIT_NONE,
  CONFABD_LIMIT_ANONYMOUS, /* by address */
  CONFABD_LIMIT_SIGNED_IN, /* by user or API key */
  CONFABD_LIMIT_LOG_IN,
  CONFABD_LIMIT_REGISTER,
  CONFABD_LIMIT_REFRESH,
  CONFABD_LIMIT_LETTER, /* what sends somebody mail */
  CONFABD_LIMIT_GUEST,
  CONFABD_LIMIT_CREATE_CALL,
  CONFABD_LIMIT_JOIN,
  CONFABD_LIMIT_CLIENT_ERROR,
} ConfabdLimit;

/* Whom to count. */
typedef struct {
  const char *address_key;     /* of confabd_limiter_key_for_address() */
  gboolean is_loopback;        /* a program on this machine */
  ConfabdPrincipal *principal; /* (nullable) who is not signed in is counted by address */
} ConfabdVisitor;

#define CONFABD_TYPE_LIMITS (confabd_limits_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdLimits, confabd_limits, CONFABD, LIMITS, GObject)

ConfabdLimits *confabd_limits_new (ConfabClock *clock,
                                   const ConfabdConfigLimits *figures,
                                   gboolean is_desktop);
void confabd_limits_set_figures (ConfabdLimits *self, const ConfabdConfigLimits *figures);
gboolean confabd_limits_admit (ConfabdLimits *self,
                               ConfabdLimit limit,
                               const ConfabdVisitor *visitor,
                               ConfabdQuota *quota);
gboolean confabd_limits_counts_answer (ConfabdLimit limit, guint status);
void confabd_limits_note_answer (ConfabdLimits *self,
                                 ConfabdLimit limit,
                                 const ConfabdVisitor *visitor,
                                 guint status);

G_END_DECLS
