/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-ctl.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_VERDICT_GOOD,
  CONFABD_VERDICT_DOUBTFUL, /* works, and may not be what is wanted */
  CONFABD_VERDICT_BAD,
} ConfabdVerdict;

/* What the doctor says of one thing. */
typedef struct {
  ConfabdVerdict verdict;
  const char *subject; /* static: "database" */
  const char *advice;  /* (nullable) static: what to do */
  char *sentence;      /* (owned) what is */
} ConfabdFinding;

/* findings: (element-type ConfabdFinding) */
GPtrArray *confabd_ctl_findings_new (void);
void confabd_ctl_findings_add (GPtrArray *findings,
                               ConfabdVerdict verdict,
                               const char *subject,
                               const char *advice,
                               const char *format,
                               ...) G_GNUC_PRINTF (5, 6);

/* What is looked at, a file a group. Each adds its findings. */
void confabd_ctl_check_key (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_database (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_passwords (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_space (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_clock (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_addresses (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_proxies (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_daemon (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_turn (ConfabdCtl *ctl, GPtrArray *findings);
void confabd_ctl_check_mail (ConfabdCtl *ctl, GPtrArray *findings);

G_END_DECLS
