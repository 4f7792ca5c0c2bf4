/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store-import.h"

static void
clear_user (ConfabdImportUser *user)
{
  g_free (user->display_name);
  g_free (user->avatar_url);
  for (guint i = 0; i < CONFABD_IMPORT_MAX_LOGINS; i++) {
    g_free (user->logins[i]);
  }
}

static void
clear_call (ConfabdImportCall *call)
{
  g_free (call->creator_id);
  g_free (call->code);
  g_free (call->title);
}

/**
 * confabd_import_item_free:
 * @self: (transfer full): an item
 */
void
confabd_import_item_free (ConfabdImportItem *self)
{
  switch (self->kind) {
  case CONFABD_IMPORT_USER:
    clear_user (&self->user);
    break;
  case CONFABD_IMPORT_CALL:
    clear_call (&self->call);
    break;
  case CONFABD_IMPORT_PARTICIPANT:
    g_free (self->participant.call_id);
    g_free (self->participant.user_id);
    break;
  case CONFABD_IMPORT_QUALITY:
    g_free (self->quality.call_code);
    g_free (self->quality.user_id);
    break;
  case CONFABD_IMPORT_CONTACT:
    g_free (self->contact.user_id);
    g_free (self->contact.other_id);
    break;
  }
  g_free (self->id);
  g_free (self->digest);
  g_free (self);
}

/**
 * confabd_import_result_free:
 * @self: (transfer full): a result
 */
void
confabd_import_result_free (ConfabdImportResult *self)
{
  g_free (self->why);
  g_free (self);
}
