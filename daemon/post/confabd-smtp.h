/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-job-handler.h"

G_BEGIN_DECLS

typedef struct {
  ConfabClock *clock;
  const char *url;       /* "smtp://mail.example.org:587", "smtps://mail.example.org" */
  const char *from;      /* "confab@example.org" */
  const char *from_name; /* (nullable) */
  const char *user_name; /* (nullable) */
  GBytes *password;      /* (nullable) */
  const char *ca_file;   /* (nullable) besides the authorities of the system: instead of them */
} ConfabdSmtpSetup;

#define CONFABD_TYPE_SMTP (confabd_smtp_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdSmtp, confabd_smtp, CONFABD, SMTP, GObject)

/* Fits a job policy's deadline of 60 s. */
ConfabdSmtp *confabd_smtp_new (const ConfabdSmtpSetup *setup);

G_END_DECLS
