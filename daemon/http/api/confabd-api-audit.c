/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-audit"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-api-audit.h"

#define DEFAULT_LIMIT   50
#define MAX_LIMIT       100
#define MAX_ACTOR_BYTES 1020 /* 255 characters */

/*
 * /api/v1/admin/audit: who did what.
 */
struct _ConfabdApiAudit {
  GObject parent_instance;

  ConfabdAudit *audit; /* (owned) */
};

/* A request on its way through the store. */
typedef struct {
  ConfabdRequest *request; /* (owned) */
  guint limit;
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdApiAudit, confabd_api_audit, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->request);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

/* ---- what is asked for ---- */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, sentence);
  return FALSE;
}

static gboolean
read_limit (ConfabdRequest *request, guint *limit, GError **error)
{
  g_autofree char *text = confabd_request_dup_query (request, "limit");
  guint64 value = DEFAULT_LIMIT;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, MAX_LIMIT, &value, NULL))
    return refuse (error, "“limit” is not from 1 to 100");
  *limit = (guint) value;
  return TRUE;
}

static gboolean
read_cursor (ConfabdRequest *request, gint64 *before_seq, GError **error)
{
  g_autofree char *text = confabd_request_dup_query (request, "cursor");

  *before_seq = G_MAXINT64;
  return text == NULL || g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, before_seq, NULL) ||
         refuse (error, "“cursor” is none that a page ended with");
}

static gboolean
check_names (const char *actor, const char *action, GError **error)
{
  ConfabdAuditAction known;

  if (actor != NULL &&
      (*actor == '\0' || strlen (actor) > MAX_ACTOR_BYTES || !g_utf8_validate (actor, -1, NULL)))
    return refuse (error, "“actor” is neither an id nor a name");
  return action == NULL || confabd_audit_action_from_string (action, &known) ||
         refuse (error, "“action” is none that is written down");
}

/* ---- what is answered ---- */

static ConfabMessage *
make_item (const ConfabdAuditEntry *entry)
{
  g_autoptr (GDateTime) at = confab_time_from_unix_us (entry->at_us);
  ConfabMessage *item = confab_message_new (NULL);

  confab_message_set_integer (item, "seq", entry->seq);
  confab_message_set_time (item, "at", at);
  confab_message_set_string (item, "actor_id", entry->actor_id);
  confab_message_set_string (item, "actor", entry->actor);
  confab_message_set_string (item, "action", entry->action);
  confab_message_set_string (item, "target", entry->target);
  confab_message_set_string (item, "address", entry->address);
  confab_message_set_string (item, "result", entry->result);
  confab_message_set_string (item, "detail", entry->detail);
  confab_message_set_string (item, "hash", entry->hash);
  return item;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries =
      confabd_audit_list_finish (CONFABD_AUDIT (source), result, &error);
  g_autofree char *cursor = NULL;
  GPtrArray *items;

  if (entries == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  if (entries->len > pending->limit) {
    const ConfabdAuditEntry *last = entries->pdata[pending->limit - 1];

    cursor = g_strdup_printf ("%" G_GINT64_FORMAT, last->seq);
    g_ptr_array_set_size (entries, (gint) pending->limit);
  }
  items = g_ptr_array_new_full (entries->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (items, make_item (entries->pdata[i]));
  confab_message_take_list (body, "items", items);
  confab_message_set_string (body, "next_cursor", cursor);
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiAudit *self = CONFABD_API_AUDIT (api);
  g_autofree char *actor = confabd_request_dup_query (request, "actor");
  g_autofree char *action = confabd_request_dup_query (request, "action");
  ConfabdAuditFilter filter = { .actor = actor, .action = action };
  g_autoptr (GError) error = NULL;
  Pending *pending;
  guint limit = 0;

  if (!read_limit (request, &limit, &error) || !read_cursor (request, &filter.before_seq, &error) ||
      !check_names (actor, action, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->request = g_object_ref (request);
  pending->limit = limit;
  filter.limit = limit + 1; /* one more tells whether there is another page */
  confabd_audit_list_async (self->audit, &filter, NULL, on_listed, pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/api/v1/admin/audit", CONFAB_PERMISSION_READ_AUDIT, CONFABD_LIMIT_SIGNED_IN, handle_list },
};
/* clang-format on */

static void
confabd_api_audit_finalize (GObject *object)
{
  g_clear_object (&CONFABD_API_AUDIT (object)->audit);

  G_OBJECT_CLASS (confabd_api_audit_parent_class)->finalize (object);
}

static void
confabd_api_audit_class_init (ConfabdApiAuditClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_audit_finalize;
}

static void
confabd_api_audit_init (ConfabdApiAudit *self)
{
}

/**
 * confabd_api_audit_new:
 * @audit: who writes things down
 *
 * Returns: (transfer full): the group
 */
ConfabdApiAudit *
confabd_api_audit_new (ConfabdAudit *audit)
{
  ConfabdApiAudit *self = g_object_new (CONFABD_TYPE_API_AUDIT, NULL);

  self->audit = g_object_ref (audit);
  return self;
}

/**
 * confabd_api_audit_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_audit_add_routes (ConfabdApiAudit *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
