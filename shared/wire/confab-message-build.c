/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-message"

#include "config.h"

#include <math.h>

#include "confab-json-text-private.h"
#include "confab-message-private.h"
#include "confab-time.h"

/* Begins the next member. */
static GString *
begin_member (ConfabMessage *self, const char *name)
{
  g_clear_pointer (&self->object, json_object_unref);
  confab_json_text_append_name (self->text, name);
  return self->text;
}

/**
 * confab_message_set_string:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: (nullable): UTF-8; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_set_string (ConfabMessage *self, const char *name, const char *value)
{
  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  if (value != NULL)
    confab_json_text_append_string (begin_member (self, name), value);
}

/**
 * confab_message_set_integer:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: a whole number; exact in every reader up to 2^53
 *
 * Since: 0.1
 */
void
confab_message_set_integer (ConfabMessage *self, const char *name, gint64 value)
{
  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  confab_json_text_append_integer (begin_member (self, name), value);
}

/**
 * confab_message_set_double:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: a finite number: JSON has no other
 *
 * Since: 0.1
 */
void
confab_message_set_double (ConfabMessage *self, const char *name, double value)
{
  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (isfinite (value));

  confab_json_text_append_double (begin_member (self, name), value);
}

/**
 * confab_message_set_boolean:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: the truth
 *
 * Since: 0.1
 */
void
confab_message_set_boolean (ConfabMessage *self, const char *name, gboolean value)
{
  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  g_string_append (begin_member (self, name), value ? "true" : "false");
}

/**
 * confab_message_set_time:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: (nullable): an instant, written by confab_time_format(); %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_set_time (ConfabMessage *self, const char *name, GDateTime *value)
{
  g_autofree char *text = value != NULL ? confab_time_format (value) : NULL;

  confab_message_set_string (self, name, text);
}

/**
 * confab_message_take_object:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: (transfer full) (nullable): an object that is complete; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_take_object (ConfabMessage *self, const char *name, ConfabMessage *value)
{
  g_autoptr (ConfabMessage) owned = value;

  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  if (owned != NULL)
    confab_message_append_to (owned, begin_member (self, name));
}

/**
 * confab_message_take_list:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: (transfer full) (element-type ConfabMessage) (nullable): objects that are complete; %NULL
 *   is left out
 *
 * Since: 0.1
 */
void
confab_message_take_list (ConfabMessage *self, const char *name, GPtrArray *value)
{
  g_autoptr (GPtrArray) owned = value;
  GString *text = NULL;

  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  if (owned == NULL)
    return;
  text = begin_member (self, name);
  g_string_append_c (text, '[');
  for (guint i = 0; i < owned->len; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    confab_message_append_to (g_ptr_array_index (owned, i), text);
  }
  g_string_append_c (text, ']');
}

/**
 * confab_message_set_strings:
 * @self: a message being built
 * @name: a member that is not set yet
 * @value: (array zero-terminated=1) (nullable): UTF-8; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_set_strings (ConfabMessage *self, const char *name, const char *const *value)
{
  GString *text = NULL;

  g_return_if_fail (self != NULL && self->text != NULL);
  g_return_if_fail (name != NULL);

  if (value == NULL)
    return;
  text = begin_member (self, name);
  g_string_append_c (text, '[');
  for (guint i = 0; value[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    confab_json_text_append_string (text, value[i]);
  }
  g_string_append_c (text, ']');
}
