/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-message"

#include "config.h"

#include <math.h>

#include "confab-message-private.h"
#include "confab-time.h"

/**
 * confab_message_set_string:
 * @self: a message being built
 * @name: a member
 * @value: (nullable): UTF-8; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_set_string (ConfabMessage *self, const char *name, const char *value)
{
  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  if (value != NULL)
    json_object_set_string_member (self->object, name, value);
}

/**
 * confab_message_set_integer:
 * @self: a message being built
 * @name: a member
 * @value: a whole number; exact in every reader up to 2^53
 *
 * Since: 0.1
 */
void
confab_message_set_integer (ConfabMessage *self, const char *name, gint64 value)
{
  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  json_object_set_int_member (self->object, name, value);
}

/**
 * confab_message_set_double:
 * @self: a message being built
 * @name: a member
 * @value: a finite number: JSON has no other
 *
 * Since: 0.1
 */
void
confab_message_set_double (ConfabMessage *self, const char *name, double value)
{
  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);
  g_return_if_fail (isfinite (value));

  json_object_set_double_member (self->object, name, value);
}

/**
 * confab_message_set_boolean:
 * @self: a message being built
 * @name: a member
 * @value: the truth
 *
 * Since: 0.1
 */
void
confab_message_set_boolean (ConfabMessage *self, const char *name, gboolean value)
{
  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  json_object_set_boolean_member (self->object, name, value);
}

/**
 * confab_message_set_time:
 * @self: a message being built
 * @name: a member
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
 * @name: a member
 * @value: (transfer full) (nullable): an object that is complete; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_take_object (ConfabMessage *self, const char *name, ConfabMessage *value)
{
  g_autoptr (ConfabMessage) owned = value;

  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  if (owned != NULL)
    json_object_set_object_member (self->object, name, json_object_ref (owned->object));
}

/**
 * confab_message_take_list:
 * @self: a message being built
 * @name: a member
 * @value: (transfer full) (element-type ConfabMessage) (nullable): objects that are complete; %NULL
 *   is left out
 *
 * Since: 0.1
 */
void
confab_message_take_list (ConfabMessage *self, const char *name, GPtrArray *value)
{
  g_autoptr (GPtrArray) owned = value;
  JsonArray *array = NULL;

  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  if (owned == NULL)
    return;
  array = json_array_sized_new (owned->len);
  for (guint i = 0; i < owned->len; i++) {
    ConfabMessage *item = g_ptr_array_index (owned, i);

    json_array_add_object_element (array, json_object_ref (item->object));
  }
  json_object_set_array_member (self->object, name, array);
}

/**
 * confab_message_set_strings:
 * @self: a message being built
 * @name: a member
 * @value: (array zero-terminated=1) (nullable): UTF-8; %NULL is left out
 *
 * Since: 0.1
 */
void
confab_message_set_strings (ConfabMessage *self, const char *name, const char *const *value)
{
  JsonArray *array = NULL;

  g_return_if_fail (self != NULL && !self->is_sealed);
  g_return_if_fail (name != NULL);

  if (value == NULL)
    return;
  array = json_array_new ();
  for (guint i = 0; value[i] != NULL; i++)
    json_array_add_string_element (array, value[i]);
  json_object_set_array_member (self->object, name, array);
}
