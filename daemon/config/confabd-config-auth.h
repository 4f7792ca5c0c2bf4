/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-permission.h"
#include "confabd-config.h"

G_BEGIN_DECLS

/* Who may make an account. */
typedef enum {
  CONFABD_REGISTRATION_OPEN,   /* everybody */
  CONFABD_REGISTRATION_INVITE, /* who has an invitation */
  CONFABD_REGISTRATION_CLOSED, /* nobody; an administrator makes them */
} ConfabdRegistration;

/* [auth] */
typedef struct {
  ConfabdRegistration registration;
  ConfabGuestAccess guests;
  GBytes *telegram_token;  /* (owned) (nullable) of the bot whose proofs are believed */
  char *key_file;          /* (owned) (nullable) absolute; what signs tokens */
  char *previous_key_file; /* (owned) (nullable) absolute; what signed them before */
} ConfabdConfigAuth;

extern const ConfabdConfigGroup confabd_config_auth_group;

const char *confabd_registration_to_string (ConfabdRegistration registration);

const ConfabdConfigAuth *confabd_config_get_auth (ConfabdConfig *self);

G_END_DECLS
