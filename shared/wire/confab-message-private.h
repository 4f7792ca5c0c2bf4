/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "confab-message.h"

G_BEGIN_DECLS

struct _ConfabMessage {
  GString *text; /* (owned) (nullable) being built: all but the last brace; NULL: was decoded */
  JsonObject *object; /* (owned) (nullable) what was decoded; of a text only while somebody reads */
};

ConfabMessage *confab_message_new_from_json (JsonObject *object);
JsonObject *confab_message_get_json (ConfabMessage *self);
void confab_message_append_to (ConfabMessage *self, GString *json);

G_END_DECLS
