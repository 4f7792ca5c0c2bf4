/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "confab-message.h"

G_BEGIN_DECLS

struct _ConfabMessage {
  JsonObject *object; /* (owned) */
  gboolean is_sealed; /* decoded: not to be changed any more */
};

ConfabMessage *confab_message_new_from_json (JsonObject *object);
JsonObject *confab_message_get_json (ConfabMessage *self);

G_END_DECLS
