/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-message"

#include "config.h"

#include <math.h>

#include "confab-error.h"
#include "confab-message-private.h"
#include "confab-message.h"
#include "confab-time.h"

#define MAX_EXACT_INTEGER                                                \
  9007199254740992.0 /* 2^53: whole numbers beyond are not exact in JSON \
                      */

#define ROOM 256 /* bytes that most messages fit in */

/**
 * ConfabMessage:
 *
 * One JSON object: a message of the socket, with a kind, or the body of a REST request or reply.
 * Built once and not changed after; what was decoded cannot be changed at all. What is built is
 * JSON from the start, since it is written far more often than it is read.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (ConfabMessage, confab_message, confab_message_ref, confab_message_unref)

static void
confab_message_clear (ConfabMessage *self)
{
  g_clear_pointer (&self->object, json_object_unref);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
}

/* (transfer none): a decoded object */
ConfabMessage *
confab_message_new_from_json (JsonObject *object)
{
  ConfabMessage *self = g_atomic_rc_box_new0 (ConfabMessage);

  self->object = json_object_ref (object);
  return self;
}

/* Returns: (transfer none): until a member is set */
JsonObject *
confab_message_get_json (ConfabMessage *self)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) error = NULL;

  if (self->object != NULL)
    return self->object;
  parser = json_parser_new_immutable ();
  g_string_append_c (self->text, '}');
  if (json_parser_load_from_data (parser, self->text->str, (gssize) self->text->len, &error)) {
    self->object = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
  } else {
    g_critical ("A message that was built cannot be read: %s", error->message);
    self->object = json_object_new ();
  }
  g_string_truncate (self->text, self->text->len - 1);
  return self->object;
}

/**
 * confab_message_new:
 * @type: (nullable): the kind of a message, as `join`, or %NULL for a body
 *
 * Returns: (transfer full): an object with no other member yet
 * Since: 0.1
 */
ConfabMessage *
confab_message_new (const char *type)
{
  ConfabMessage *self = g_atomic_rc_box_new0 (ConfabMessage);

  self->text = g_string_sized_new (ROOM);
  g_string_append_c (self->text, '{');
  confab_message_set_string (self, "type", type);
  return self;
}

/**
 * confab_message_ref:
 * @self: a message
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabMessage *
confab_message_ref (ConfabMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_message_unref:
 * @self: (transfer full): a message
 *
 * Since: 0.1
 */
void
confab_message_unref (ConfabMessage *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_message_clear);
}

/* NULL for a member that is absent or null, which mean the same. */
static JsonNode *
find_node (ConfabMessage *self, const char *name)
{
  JsonNode *node = json_object_get_member (confab_message_get_json (self), name);

  return node != NULL && !json_node_is_null (node) ? node : NULL;
}

/* What a getter returns without a node: fine when the member is optional. */
static gboolean
accept_absence (const char *name, ConfabFieldPresence presence, GError **error)
{
  if (presence == CONFAB_FIELD_OPTIONAL)
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE, "The member “%s” is missing", name);
  return FALSE;
}

static gboolean
refuse (const char *name, const char *expected, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE, "The member “%s” is not %s", name,
               expected);
  return FALSE;
}

static gboolean
holds_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/**
 * confab_message_get_kind:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the member `type`, or %NULL for a body without
 * Since: 0.1
 */
const char *
confab_message_get_kind (ConfabMessage *self)
{
  JsonNode *node = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  node = find_node (self, "type");
  return node != NULL && holds_string (node) ? json_node_get_string (node) : NULL;
}

/**
 * confab_message_has:
 * @self: a message
 * @name: a member
 *
 * Returns: %TRUE when the member is there and not null
 * Since: 0.1
 */
gboolean
confab_message_has (ConfabMessage *self, const char *name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return find_node (self, name) != NULL;
}

/**
 * confab_message_is_null:
 * @self: a message
 * @name: a member
 *
 * For who has to tell taking away from leaving alone, as a merge patch does. Source: RFC 7396.
 *
 * Returns: %TRUE when the member is there, as null
 * Since: 0.1
 */
gboolean
confab_message_is_null (ConfabMessage *self, const char *name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return json_object_has_member (confab_message_get_json (self), name) &&
         json_object_get_null_member (confab_message_get_json (self), name);
}

/**
 * confab_message_get_string:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @max_chars: how many Unicode characters it may have; 0: as many as fit into a message
 * @value: (out) (transfer none) (nullable): UTF-8, or %NULL when absent; belongs to @self
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type, a longer string, or a required member
 * that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_string (ConfabMessage *self,
                           const char *name,
                           ConfabFieldPresence presence,
                           gsize max_chars,
                           const char **value,
                           GError **error)
{
  JsonNode *node = NULL;
  const char *text = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = NULL;
  node = find_node (self, name);
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!holds_string (node))
    return refuse (name, "a string", error);
  text = json_node_get_string (node);
  if (max_chars > 0 && (gsize) g_utf8_strlen (text, -1) > max_chars) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The member “%s” has more than %" G_GSIZE_FORMAT " characters", name, max_chars);
    return FALSE;
  }
  *value = text;
  return TRUE;
}

/* A whole number, also one written as 1.0 or 1e3. */
static gboolean
read_integer (JsonNode *node, gint64 *value)
{
  double number = 0;

  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_INT64) {
    *value = json_node_get_int (node);
    return TRUE;
  }
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return FALSE;
  number = json_node_get_double (node);
  if (!isfinite (number) || floor (number) != number || fabs (number) > MAX_EXACT_INTEGER)
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

/**
 * confab_message_get_integer:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @min: the smallest value allowed
 * @max: the largest value allowed
 * @value: (out): the number, or 0 when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type, a fraction, a number out of range, or a
 * required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_integer (ConfabMessage *self,
                            const char *name,
                            ConfabFieldPresence presence,
                            gint64 min,
                            gint64 max,
                            gint64 *value,
                            GError **error)
{
  JsonNode *node = NULL;
  gint64 number = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = 0;
  node = find_node (self, name);
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!read_integer (node, &number))
    return refuse (name, "a whole number", error);
  if (number < min || number > max) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The member “%s” is not from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name, min,
                 max);
    return FALSE;
  }
  *value = number;
  return TRUE;
}

/**
 * confab_message_get_double:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @min: the smallest value allowed
 * @max: the largest value allowed
 * @value: (out): the number, or 0 when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type, a number out of range, or a required
 * member that is absent. Whole numbers are numbers.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_double (ConfabMessage *self,
                           const char *name,
                           ConfabFieldPresence presence,
                           double min,
                           double max,
                           double *value,
                           GError **error)
{
  JsonNode *node = NULL;
  double number = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = 0;
  node = find_node (self, name);
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!JSON_NODE_HOLDS_VALUE (node) || (json_node_get_value_type (node) != G_TYPE_INT64 &&
                                        json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return refuse (name, "a number", error);
  number = json_node_get_double (node);
  if (!(number >= min && number <= max)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The member “%s” is not from %g to %g", name, min, max);
    return FALSE;
  }
  *value = number;
  return TRUE;
}

/**
 * confab_message_get_boolean:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @value: (out): the truth, or %FALSE when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type or a required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_boolean (ConfabMessage *self,
                            const char *name,
                            ConfabFieldPresence presence,
                            gboolean *value,
                            GError **error)
{
  JsonNode *node = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = FALSE;
  node = find_node (self, name);
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (name, "true or false", error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * confab_message_get_time:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @value: (out) (transfer full) (nullable): an instant in UTC, or %NULL when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for anything that confab_time_parse() refuses, above all a
 * time without an offset, and for a required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_time (ConfabMessage *self,
                         const char *name,
                         ConfabFieldPresence presence,
                         GDateTime **value,
                         GError **error)
{
  const char *text = NULL;

  g_return_val_if_fail (value != NULL, FALSE);

  *value = NULL;
  if (!confab_message_get_string (self, name, presence, 0, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  *value = confab_time_parse (text, error);
  if (*value == NULL)
    g_prefix_error (error, "The member “%s”: ", name);
  return *value != NULL;
}

/**
 * confab_message_get_object:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @value: (out) (transfer full) (nullable): the object, or %NULL when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type or a required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_object (ConfabMessage *self,
                           const char *name,
                           ConfabFieldPresence presence,
                           ConfabMessage **value,
                           GError **error)
{
  JsonNode *node = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = NULL;
  node = find_node (self, name);
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (name, "an object", error);
  *value = confab_message_new_from_json (json_node_get_object (node));
  return TRUE;
}

/* NULL and no error when the list is absent. */
static gboolean
find_list (ConfabMessage *self,
           const char *name,
           ConfabFieldPresence presence,
           guint max_items,
           JsonArray **array,
           GError **error)
{
  JsonNode *node = find_node (self, name);

  *array = NULL;
  if (node == NULL)
    return accept_absence (name, presence, error);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (name, "a list", error);
  if (json_array_get_length (json_node_get_array (node)) > max_items) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The member “%s” has more than %u items", name, max_items);
    return FALSE;
  }
  *array = json_node_get_array (node);
  return TRUE;
}

/**
 * confab_message_get_list:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @max_items: how many items it may have
 * @value: (out) (transfer container) (element-type ConfabMessage) (nullable): the objects, or %NULL
 *   when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type, an item that is no object, more items, or
 * a required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_list (ConfabMessage *self,
                         const char *name,
                         ConfabFieldPresence presence,
                         guint max_items,
                         GPtrArray **value,
                         GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  JsonArray *array = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = NULL;
  if (!find_list (self, name, presence, max_items, &array, error))
    return FALSE;
  if (array == NULL)
    return TRUE;

  items = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (node))
      return refuse (name, "a list of objects", error);
    g_ptr_array_add (items, confab_message_new_from_json (json_node_get_object (node)));
  }
  *value = g_steal_pointer (&items);
  return TRUE;
}

/**
 * confab_message_get_strings:
 * @self: a message
 * @name: a member
 * @presence: whether it may be absent
 * @max_items: how many items it may have
 * @value: (out) (transfer full) (array zero-terminated=1) (nullable): UTF-8, or %NULL when absent
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_BAD_MESSAGE for another type, an item that is no string, more items, or
 * a required member that is absent.
 *
 * Returns: %TRUE when @value is set
 * Since: 0.1
 */
gboolean
confab_message_get_strings (ConfabMessage *self,
                            const char *name,
                            ConfabFieldPresence presence,
                            guint max_items,
                            char ***value,
                            GError **error)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  JsonArray *array = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  *value = NULL;
  if (!find_list (self, name, presence, max_items, &array, error))
    return FALSE;
  if (array == NULL)
    return TRUE;

  builder = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (!holds_string (node))
      return refuse (name, "a list of strings", error);
    g_strv_builder_add (builder, json_node_get_string (node));
  }
  *value = g_strv_builder_end (builder);
  return TRUE;
}
