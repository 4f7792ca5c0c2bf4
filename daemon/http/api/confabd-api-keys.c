/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-keys"

#include "config.h"

#include "confabd-api-keys.h"

#define MAX_NAME_CHARS 256 /* before it is trimmed */
#define MAX_SCOPES     16

/*
 * /api/v1/api-keys: what programs show instead of a person.
 */
struct _ConfabdApiKeys {
  GObject parent_instance;

  ConfabdKeys *keys; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdApiKeys, confabd_api_keys, G_TYPE_OBJECT)

static ConfabMessage *
key_to_message (const ConfabdKey *key)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_set_string (message, "id", key->id);
  confab_message_set_string (message, "name", key->name);
  confab_message_set_string (message, "prefix", key->prefix);
  confab_message_set_strings (message, "scopes", (const char *const *) key->scopes);
  confab_message_set_time (message, "created_at", key->created_at);
  confab_message_set_time (message, "expires_at", key->expires_at);
  confab_message_set_time (message, "last_used_at", key->last_used_at);
  return message;
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdKey) key =
      confabd_keys_change_finish (CONFABD_KEYS (source), result, &secret, &error);

  if (key == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  confab_message_set_string (body, "key", secret);
  confab_message_take_object (body, "api_key", key_to_message (key));
  confabd_request_reply (request, SOUP_STATUS_CREATED, body);
}

static gboolean
read_create (ConfabMessage *body,
             ConfabdKeyRequest *wanted,
             char ***scopes,
             GDateTime **expires_at,
             GError **error)
{
  if (!confab_message_get_string (body, "name", CONFAB_FIELD_REQUIRED, MAX_NAME_CHARS,
                                  &wanted->name, error) ||
      !confab_message_get_strings (body, "scopes", CONFAB_FIELD_REQUIRED, MAX_SCOPES, scopes,
                                   error) ||
      !confab_message_get_time (body, "expires_at", CONFAB_FIELD_OPTIONAL, expires_at, error)) {
    return FALSE;
  }
  wanted->scopes = (const char *const *) *scopes;
  wanted->expires_at = *expires_at;
  return TRUE;
}

static void
handle_create (ConfabdRequest *request, gpointer api)
{
  ConfabdApiKeys *self = CONFABD_API_KEYS (api);
  g_autofree char *address = confabd_request_dup_address_key (request);
  g_autoptr (ConfabMessage) body = NULL;
  g_auto (GStrv) scopes = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdKeyRequest wanted = { NULL };

  body = confabd_request_read_body (request, &error);
  if (body == NULL || !read_create (body, &wanted, &scopes, &expires_at, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  confabd_keys_create_async (self->keys, confabd_request_get_principal (request), &wanted, address,
                             NULL, on_made, g_object_ref (request));
}

static void
handle_rotate (ConfabdRequest *request, gpointer api)
{
  ConfabdApiKeys *self = CONFABD_API_KEYS (api);
  g_autofree char *address = confabd_request_dup_address_key (request);

  confabd_keys_rotate_async (self->keys, confabd_request_get_principal (request),
                             confabd_request_get_argument (request, 0), address, NULL, on_made,
                             g_object_ref (request));
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdKey) key =
      confabd_keys_change_finish (CONFABD_KEYS (source), result, NULL, &error);

  if (key != NULL) {
    confabd_request_reply (request, SOUP_STATUS_NO_CONTENT, NULL);
  } else {
    confabd_request_fail (request, error);
  }
}

static void
handle_revoke (ConfabdRequest *request, gpointer api)
{
  ConfabdApiKeys *self = CONFABD_API_KEYS (api);
  g_autofree char *address = confabd_request_dup_address_key (request);

  confabd_keys_revoke_async (self->keys, confabd_request_get_principal (request),
                             confabd_request_get_argument (request, 0), address, NULL, on_revoked,
                             g_object_ref (request));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdRequest) request = CONFABD_REQUEST (user_data);
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = confabd_keys_list_finish (CONFABD_KEYS (source), result, &error);
  GPtrArray *items;

  if (keys == NULL) {
    confabd_request_fail (request, error);
    return;
  }
  items = g_ptr_array_new_full (keys->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < keys->len; i++) {
    g_ptr_array_add (items, key_to_message (keys->pdata[i]));
  }
  confab_message_take_list (body, "items", items);
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiKeys *self = CONFABD_API_KEYS (api);

  confabd_keys_list_async (self->keys, confab_user_get_id (confabd_request_get_user (request)),
                           NULL, on_listed, g_object_ref (request));
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET",    "/api/v1/api-keys",             CONFAB_PERMISSION_MANAGE_KEYS, CONFABD_LIMIT_SIGNED_IN, handle_list },
  { "POST",   "/api/v1/api-keys",             CONFAB_PERMISSION_MANAGE_KEYS, CONFABD_LIMIT_SIGNED_IN, handle_create },
  { "POST",   "/api/v1/api-keys/{id}/rotate", CONFAB_PERMISSION_MANAGE_KEYS, CONFABD_LIMIT_SIGNED_IN, handle_rotate },
  { "DELETE", "/api/v1/api-keys/{id}",        CONFAB_PERMISSION_MANAGE_KEYS, CONFABD_LIMIT_SIGNED_IN, handle_revoke },
};
/* clang-format on */

static void
confabd_api_keys_finalize (GObject *object)
{
  g_clear_object (&CONFABD_API_KEYS (object)->keys);

  G_OBJECT_CLASS (confabd_api_keys_parent_class)->finalize (object);
}

static void
confabd_api_keys_class_init (ConfabdApiKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_keys_finalize;
}

static void
confabd_api_keys_init (ConfabdApiKeys *self)
{
}

/**
 * confabd_api_keys_new:
 * @keys: the keys
 *
 * Returns: (transfer full): the group
 */
ConfabdApiKeys *
confabd_api_keys_new (ConfabdKeys *keys)
{
  ConfabdApiKeys *self = g_object_new (CONFABD_TYPE_API_KEYS, NULL);

  self->keys = g_object_ref (keys);
  return self;
}

/**
 * confabd_api_keys_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_keys_add_routes (ConfabdApiKeys *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
