/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [mail] */
typedef struct {
  char *url;        /* (owned) (nullable) NULL: no letters are sent */
  char *from;       /* (owned) (nullable) there when there is a URL */
  char *from_name;  /* (owned) */
  char *user_name;  /* (owned) (nullable) */
  GBytes *password; /* (owned) (nullable) */
  char *ca_file;    /* (owned) (nullable) */
} ConfabdConfigMail;

extern const ConfabdConfigGroup confabd_config_mail_group;

const ConfabdConfigMail *confabd_config_get_mail (ConfabdConfig *self);

G_END_DECLS
