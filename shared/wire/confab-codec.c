/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-codec"

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-json-guard-private.h"
#include "confab-json-numbers-private.h"
#include "confab-limits.h"
#include "confab-message-private.h"

static guint count_members (JsonNode *node);

static void
add_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  guint *n_members = user_data;

  *n_members += 1 + count_members (node);
}

static void
add_element (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  guint *n_members = user_data;

  *n_members += count_members (node);
}

/* The guard has limited the depth. */
static guint
count_members (JsonNode *node)
{
  guint n_members = 0;

  if (JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), add_member, &n_members);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    json_array_foreach_element (json_node_get_array (node), add_element, &n_members);
  return n_members;
}

static ConfabMessage *
decode (GBytes *bytes, gsize max_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  guint n_members = 0;
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size > max_bytes) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE,
                 "The message has more than %" G_GSIZE_FORMAT " bytes", max_bytes);
    return NULL;
  }
  if (!confab_json_guard_check (data, size, &n_members, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, (gssize) size, NULL)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "The message cannot be read as JSON");
    return NULL;
  }
  /* json-glib keeps the last of two members of one name, other parsers the first. */
  if (count_members (json_parser_get_root (parser)) != n_members) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "The message has two members of the same name");
    return NULL;
  }
  return confab_message_new_from_json (json_node_get_object (json_parser_get_root (parser)));
}

/**
 * confab_codec_decode:
 * @bytes: one whole text message: a JSON object with a string `type`, UTF-8, at most
 *   %CONFAB_LIMIT_MESSAGE_BYTES
 * @error: return location for a #GError
 *
 * Turns the bytes of one WebSocket message into a value. Any kind is fine: who receives it knows
 * which ones it knows.
 *
 * Keeps no reference to @bytes. Fails with %CONFAB_ERROR_TOO_LARGE for more bytes and with
 * %CONFAB_ERROR_BAD_MESSAGE for anything that a well-behaved peer would not send: other than
 * RFC 8259, more than %CONFAB_LIMIT_BRACKETS brackets, two members of one name, a NUL in a string.
 * Safe to call from any thread.
 * Source: data/api/asyncapi.yaml, “Envelope”; RFC 8259.
 *
 * Returns: (transfer full): the message
 * Since: 0.1
 */
ConfabMessage *
confab_codec_decode (GBytes *bytes, GError **error)
{
  g_autoptr (ConfabMessage) message = NULL;
  const char *type = NULL;

  g_return_val_if_fail (bytes != NULL, NULL);

  message = decode (bytes, CONFAB_LIMIT_MESSAGE_BYTES, error);
  if (message == NULL)
    return NULL;
  if (!confab_message_get_string (message, "type", CONFAB_FIELD_REQUIRED, 0, &type, error))
    return NULL;
  return g_steal_pointer (&message);
}

/**
 * confab_codec_decode_body:
 * @bytes: the whole body of a request or a reply: a JSON object, UTF-8
 * @max_bytes: how large it may be; %CONFAB_LIMIT_BODY_BYTES in most places
 * @error: return location for a #GError
 *
 * Turns a body of REST into a value. Fails as confab_codec_decode(), but needs no `type`.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): the body
 * Since: 0.1
 */
ConfabMessage *
confab_codec_decode_body (GBytes *bytes, gsize max_bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return decode (bytes, max_bytes, error);
}

/* What was decoded is written from its tree. */
static void
append_tree (JsonObject *object, GString *json)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *data = NULL;
  gsize size = 0;

  json_generator_set_root (generator, root);
  data = json_generator_to_data (generator, &size);
  g_string_append_len (json, data, (gssize) confab_json_numbers_shorten (data, size));
}

/* Appends the whole object. */
void
confab_message_append_to (ConfabMessage *self, GString *json)
{
  if (self->text == NULL) {
    append_tree (self->object, json);
    return;
  }
  g_string_append_len (json, self->text->str, (gssize) self->text->len);
  g_string_append_c (json, '}');
}

/**
 * confab_codec_encode:
 * @message: a message or a body
 *
 * Writes a value as JSON without white space, members in the order in which they were set,
 * fractions with no more digits than it takes to read the same number.
 *
 * Safe to call from any thread, once nobody sets members any more.
 *
 * Returns: (transfer full): UTF-8, without a NUL at the end
 * Since: 0.1
 */
GBytes *
confab_codec_encode (ConfabMessage *message)
{
  GString *json = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  json = g_string_sized_new (message->text != NULL ? message->text->len + sizeof "}" : 0);
  confab_message_append_to (message, json);
  return g_string_free_to_bytes (json);
}
