/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-wire-model.h"

G_BEGIN_DECLS

#define CONFAB_WIRE_MAX_ID_CHARS     64 /* more than any identifier of ours */
#define CONFAB_WIRE_MAX_REASON_CHARS 64

typedef gboolean (*ConfabWireNameReader) (const char *text, int *value);

gboolean confab_wire_get_name (ConfabMessage *message,
                               const char *member,
                               ConfabWireNameReader from_string,
                               int *value,
                               GError **error);
gboolean confab_wire_get_id (ConfabMessage *message,
                             const char *member,
                             const char **id,
                             GError **error);
gboolean confab_wire_get_time (ConfabMessage *message,
                               const char *member,
                               GDateTime **time,
                               GError **error);
gboolean confab_wire_get_optional_time (ConfabMessage *message,
                                        const char *member,
                                        GDateTime **time,
                                        GError **error);

G_END_DECLS
