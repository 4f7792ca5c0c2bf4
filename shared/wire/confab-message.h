/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* One JSON object: a message of the socket (with a "type") or the body of a REST request or reply
 * (without). */
#define CONFAB_TYPE_MESSAGE (confab_message_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_message_get_type (void) G_GNUC_CONST;

typedef enum { CONFAB_FIELD_OPTIONAL, CONFAB_FIELD_REQUIRED } ConfabFieldPresence;

CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_message_new (const char *type);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_message_ref (ConfabMessage *self);
CONFAB_AVAILABLE_IN_ALL
void confab_message_unref (ConfabMessage *self);
/* NULL for a body without a type */
CONFAB_AVAILABLE_IN_ALL
const char *confab_message_get_kind (ConfabMessage *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_has (ConfabMessage *self, const char *name);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_is_null (ConfabMessage *self, const char *name);

/* Getters: an absent or null optional member leaves *value at its default (NULL, 0, FALSE) and
 * returns TRUE; a wrong type, a value out of range or an absent required one is
 * CONFAB_ERROR_BAD_MESSAGE. */
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_string (ConfabMessage *self,
                                    const char *name,
                                    ConfabFieldPresence presence,
                                    gsize max_chars,
                                    const char **value,
                                    GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_integer (ConfabMessage *self,
                                     const char *name,
                                     ConfabFieldPresence presence,
                                     gint64 min,
                                     gint64 max,
                                     gint64 *value,
                                     GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_double (ConfabMessage *self,
                                    const char *name,
                                    ConfabFieldPresence presence,
                                    double min,
                                    double max,
                                    double *value,
                                    GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_boolean (ConfabMessage *self,
                                     const char *name,
                                     ConfabFieldPresence presence,
                                     gboolean *value,
                                     GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_time (ConfabMessage *self,
                                  const char *name,
                                  ConfabFieldPresence presence,
                                  GDateTime **value,
                                  GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_object (ConfabMessage *self,
                                    const char *name,
                                    ConfabFieldPresence presence,
                                    ConfabMessage **value,
                                    GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_list (ConfabMessage *self,
                                  const char *name,
                                  ConfabFieldPresence presence,
                                  guint max_items,
                                  GPtrArray **value,
                                  GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_message_get_strings (ConfabMessage *self,
                                     const char *name,
                                     ConfabFieldPresence presence,
                                     guint max_items,
                                     char ***value,
                                     GError **error);

/* Setters: only while building, before the message is shared; a NULL string, time, object or list
 * is left out. */
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_string (ConfabMessage *self, const char *name, const char *value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_integer (ConfabMessage *self, const char *name, gint64 value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_double (ConfabMessage *self, const char *name, double value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_boolean (ConfabMessage *self, const char *name, gboolean value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_time (ConfabMessage *self, const char *name, GDateTime *value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_take_object (ConfabMessage *self, const char *name, ConfabMessage *value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_take_list (ConfabMessage *self, const char *name, GPtrArray *value);
CONFAB_AVAILABLE_IN_ALL
void confab_message_set_strings (ConfabMessage *self, const char *name, const char *const *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabMessage, confab_message_unref)

G_END_DECLS
